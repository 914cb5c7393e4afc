// Secrets that are sent and never answered, of an API that shows something in their place: what it shows is not sent back over them.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

TEST(EchoedSecrets, WhatStandsInTheirPlaceIsNotSentOverThem) {
  for (const std::string shown : {"****cret", ""}) {
    TwoWayWorld world{"  p: {from: extra.p, type: integer}\n"};
    world.items.resource().write_only = {"extra.token"};
    world.put("a", R"("name":"Ada","slot":1,"extra":{"p":1,"token":")" + shown + "\"}");
    ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.edit("a", "p", Value::integer(2));
    const SyncReport report = world.run(Mode::Full);
    EXPECT_EQ(report.exit_code(), 2) << shown;
    ASSERT_FALSE(report.problems.empty());
    EXPECT_NE(report.problems.front().message.find("would erase extra.token"), std::string::npos) << report.problems.front().message;
    EXPECT_EQ(world.items.updates, 0) << shown;
    EXPECT_EQ(world.rows("things", {"p"}), std::vector<std::string>{"2"}) << "the edit stays";
  }
}

}  // namespace
}  // namespace lockstep::test
