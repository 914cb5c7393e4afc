// Recorded phone numbers of the real API, when $LOCKSTEP_RECORDED names a folder that holds them: they become the rows that they say, and
// a second run writes nothing.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "format/json.h"
#include "scenarios/database.h"
#include "scenarios/workbench.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

std::string text_or_null(const Json& document, std::string_view key) {
  const Json* value = document.find(key);
  return value == nullptr || value->text() == nullptr ? "NULL" : *value->text();
}

TEST(RecordedNumbers, BecomeTheRowsThatTheySay) {
  const std::string recording = recorded("vapi-phone-numbers.json");
  if (recording.empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED names no folder with vapi-phone-numbers.json";
  const Json numbers = json::parse(recording);
  sandbox::Options options = sandbox_options();
  options.state = Json(Json::Object{{"assistants", Json(Json::Array{})}, {"phone_numbers", numbers}});
  sandbox::Sandbox sandbox(options);
  const Workbench bench(sandbox);
  ASSERT_EQ(bench.run({"migrate"}).exit, 0);
  const Outcome outcome = bench.run({"import", "phone-numbers"});
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  for (const Json& number : *numbers.array()) {
    const auto rows =
        query(bench.database(), "SELECT number, name, vapi_assistant_id, assistant_id FROM phone_numbers WHERE vapi_phone_id = '" +
                                    number.text_at("id") + "'");
    const Cells expected{text_or_null(number, "number"), text_or_null(number, "name"), text_or_null(number, "assistantId"), "NULL"};
    EXPECT_EQ(rows, std::vector<Cells>{expected});
  }
  const std::string again = bench.run({"import", "phone-numbers"}).out;
  EXPECT_NE(again.find("(0 created, 0 updated), 0 errors"), std::string::npos) << again;
  EXPECT_EQ(sandbox.count("POST") + sandbox.count("PATCH"), 0U);
}

}  // namespace
}  // namespace lockstep::test
