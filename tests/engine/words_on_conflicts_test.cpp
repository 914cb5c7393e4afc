// A person's word on a conflict, where a cell or a value is none that can simply be compared and sent.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

class WordOnConflict : public testing::Test {
 protected:
  WordOnConflict() { world_.on_conflict = OnConflict::Manual; }

  void meet(const std::string& fields, const std::string& before, const std::string& here, const std::string& there) {
    world_.fields = fields;
    world_.put("a", before);
    world_.run(Mode::Full);
    world_.sql("UPDATE things SET " + here);
    world_.put("a", there);
    world_.run(Mode::Full);
  }
  SyncReport say(Resolution::Take take, const std::string& value = {}) {
    State state(world_.store());
    const std::vector<ConflictEntry> open = state.conflicts();
    if (open.size() != 1) {
      ADD_FAILURE() << open.size() << " conflicts";
      return {};
    }
    return world_.run(Mode::Full, [&](RunOptions& options) {
      options.ids = {"a"};
      options.existing_only = true;
      options.task = Resolution{open[0].field, take, value, open[0].here, open[0].there};
    });
  }
  std::string row(const std::string& column) { return world_.rows("things", {column}).front(); }
  std::string item(const std::string& member) { return json::to_text(world_.items.items["a"][member]); }

  TwoWayWorld world_;
};

constexpr const char* kHeaders = "  name: text\n  headers: {from: server.headers, type: json}\n";
std::string with_key(const std::string& key) { return R"("name":"A","server":{"headers":{"X-Key":")" + key + R"("}})"; }

TEST_F(WordOnConflict, ASecretObjectIsTakenFromTheRow) {
  world_.items.resource().secret = {"server.headers"};
  meet(kHeaders, with_key("first"), R"(headers = '{"X-Key":"ours"}')", with_key("theirs"));
  EXPECT_EQ(say(Resolution::Take::Local).exit_code(), 0);
  EXPECT_EQ(item("server"), R"({"headers":{"X-Key":"ours"}})");
  EXPECT_EQ(row("headers"), R"({"X-Key":"ours"})");
}

TEST_F(WordOnConflict, ASecretObjectIsTakenFromTheItem) {
  world_.items.resource().secret = {"server.headers"};
  meet(kHeaders, with_key("first"), R"(headers = '{"X-Key":"ours"}')", with_key("theirs"));
  EXPECT_EQ(say(Resolution::Take::Remote).exit_code(), 0);
  EXPECT_EQ(row("headers"), R"({"X-Key":"theirs"})");
}

TEST_F(WordOnConflict, ASecretObjectThatWasEditedSinceIsNotOverwritten) {
  world_.items.resource().secret = {"server.headers"};
  meet(kHeaders, with_key("first"), R"(headers = '{"X-Key":"ours"}')", with_key("theirs"));
  world_.put("a", with_key("again"));
  const SyncReport report = say(Resolution::Take::Local);
  EXPECT_NE(report.exit_code(), 0);
  EXPECT_EQ(item("server"), R"({"headers":{"X-Key":"again"}})");
}

TEST_F(WordOnConflict, AValueReplacesACellThatCannotBeRead) {
  meet("  name: text\n  list: json\n", R"("name":"A","list":["first"])", "list = '[bad'", R"("name":"A","list":["theirs"])");
  EXPECT_EQ(say(Resolution::Take::Value, R"(["given"])").exit_code(), 0);
  EXPECT_EQ(item("list"), R"(["given"])");
  EXPECT_EQ(row("list"), R"(["given"])");
}

TEST_F(WordOnConflict, AValueReplacesBytesThatAreNoText) {
  meet("  name: text\n", R"("name":"A")", "name = x'c328'", R"("name":"theirs")");
  EXPECT_EQ(say(Resolution::Take::Value, "given").exit_code(), 0);
  EXPECT_EQ(item("name"), R"("given")");
  EXPECT_EQ(row("name"), "given");
}

TEST_F(WordOnConflict, AnotherCellThatCannotBeReadIsNoTroubleOfIt) {
  meet("  name: text\n  size: integer\n", R"("name":"A","size":1)", "name = 'ours', size = 'hot'", R"("name":"theirs","size":1)");
  EXPECT_EQ(say(Resolution::Take::Value, "given").exit_code(), 0);
  EXPECT_EQ(row("size"), "hot");
  EXPECT_EQ(world_.run(Mode::Full).rejected, 1U);
}

TEST_F(WordOnConflict, AValueThatTheRulesRefuseIsRefused) {
  meet("  name: {type: text, max_length: 6}\n", R"("name":"A")", "name = x'c328'", R"("name":"theirs")");
  EXPECT_NE(say(Resolution::Take::Value, "much too long").exit_code(), 0);
  EXPECT_EQ(item("name"), R"("theirs")");
}

TEST_F(WordOnConflict, WhatAColumnCannotHoldIsShownAsItStands) {
  meet("  name: text\n", R"("name":"A")", "name = 'ours'", R"("name":["B",1.1])");
  State state(world_.store());
  ASSERT_EQ(state.conflicts().size(), 1U);
  EXPECT_EQ(json::to_text(state.conflicts()[0].there), R"(["B",1.1])");
  EXPECT_EQ(say(Resolution::Take::Local).exit_code(), 0);
  EXPECT_EQ(item("name"), R"("ours")");
}

TEST_F(WordOnConflict, WhatAColumnCannotHoldAndWasEditedSinceIsNotOverwritten) {
  meet("  name: text\n", R"("name":"A")", "name = 'ours'", R"("name":["B",1.1])");
  world_.put("a", R"("name":["C"])");
  EXPECT_NE(say(Resolution::Take::Local).exit_code(), 0);
  EXPECT_EQ(item("name"), R"(["C"])");
}

TEST_F(WordOnConflict, ASecretThatAColumnCannotHoldIsShownMasked) {
  world_.items.resource().secret = {"pin"};
  meet("  name: text\n  pin: integer\n", R"("name":"A","pin":1)", "pin = 2", R"("name":"A","pin":"not a number")");
  State state(world_.store());
  ASSERT_EQ(state.conflicts().size(), 1U);
  EXPECT_EQ(json::to_text(state.conflicts()[0].there).find("not a number"), std::string::npos);
  EXPECT_NE(json::to_text(state.conflicts()[0].there).find("[secret"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::test
