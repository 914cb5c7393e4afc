// The shipped mapping of Vapi's phone numbers: what it covers, what it keeps out, and that real numbers pass through it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"
#include "support/files.h"

namespace lockstep {
namespace {

using testing::IsEmpty;

Resource phone_number() {
  Resource resource;
  resource.name = "phone_number";
  resource.modified = "updatedAt";
  resource.can_update = true;
  resource.read_only = {"id", "orgId", "createdAt", "updatedAt", "status", "isServerUrlSecretSet"};
  resource.write_only = {"server.secret", "serverUrlSecret", "twilioAuthToken", "twilioApiSecret"};
  resource.secret = {"server.headers", "twilioApiKey", "authentication.password", "credentialIds", "providerResourceId"};
  return resource;
}

const Mapping& shipped() {
  static const Mapping mapping = [] {
    yaml::Problems problems;
    const yaml::Node root =
        yaml::load_file(LOCKSTEP_SOURCE_DIR "/config/mappings/vapi-phone-numbers.yaml", "vapi-phone-numbers.yaml", {}, problems);
    Mapping made = Mapping::load(root, phone_number(), {}, problems);
    EXPECT_THAT(problems.errors(), IsEmpty());
    EXPECT_THAT(problems.warnings(), IsEmpty());
    return made;
  }();
  return mapping;
}

const Field& field(std::string_view column) { return shipped().fields().at(shipped().find(column).value()); }

TEST(VapiPhoneNumbers, ColumnsAndIndexesBearTheirEstablishedNames) {
  EXPECT_EQ(shipped().table_name(), "phone_numbers");
  EXPECT_EQ(shipped().key().column, "vapi_phone_id");
  EXPECT_EQ(field("vapi_assistant_id").from.text(), "assistantId");
  EXPECT_EQ(field("assistant_id").lookup->table, "assistants");
  const Table table = shipped().table();
  const auto index = std::find_if(table.indexes.begin(), table.indexes.end(),
                                  [](const Index& one) { return one.name == "idx_phone_numbers_vapi_phone_id"; });
  ASSERT_NE(index, table.indexes.end());
  EXPECT_EQ(index->columns, std::vector<std::string>{"vapi_phone_id"});
  EXPECT_TRUE(index->unique);
  EXPECT_EQ(std::count_if(table.indexes.begin(), table.indexes.end(), [](const Index& one) { return one.unique; }), 1);
}

TEST(VapiPhoneNumbers, EveryPublishedTopLevelFieldThatIsNoSecretHasAColumn) {
  for (const char* key : {"id",           "orgId",      "createdAt", "updatedAt",           "status",
                          "provider",     "number",     "name",      "assistantId",         "squadId",
                          "workflowId",   "server",     "hooks",     "fallbackDestination", "numberE164CheckEnabled",
                          "credentialId", "smsEnabled", "sipUri",    "twilioAccountSid",    "numberDesiredAreaCode"}) {
    const auto mapped = [&](const Field& one) { return one.from.text() == key; };
    EXPECT_TRUE(std::any_of(shipped().fields().begin(), shipped().fields().end(), mapped)) << key;
  }
}

TEST(VapiPhoneNumbers, NoColumnHoldsASecret) {
  for (const char* path :
       {"server.secret", "serverUrlSecret", "twilioAuthToken", "twilioApiKey", "twilioApiSecret", "authentication.password"}) {
    for (const Field& one : shipped().fields()) {
      const bool is_its_object = std::string_view(path) == "server.secret" && one.column == "server";
      EXPECT_TRUE(is_its_object || !one.from.contains(Path::parse(path))) << one.column;
      EXPECT_FALSE(Path::parse(path).contains(one.from)) << one.column;
    }
  }
}

TEST(VapiPhoneNumbers, TheNumberAndItsProviderAreNeverSent) {
  EXPECT_TRUE(field("number").derived);
  EXPECT_TRUE(field("provider").derived);
  EXPECT_FALSE(field("vapi_assistant_id").remote_owned());
  EXPECT_FALSE(field("assistant_id").remote_owned());
  EXPECT_EQ(field("assistant_id").twins, std::vector<std::size_t>{shipped().find("vapi_assistant_id").value()});
}

TEST(VapiPhoneNumbers, AnAssignmentIsLaidAndTakenBack) {
  Json document = json::parse(R"({"id":"p","number":"+15550100102"})");
  lay(shipped(), shipped().find("assistant_id").value(), Value::text("a1"), document);
  EXPECT_EQ(document.text_at("assistantId"), "a1");
  lay(shipped(), shipped().find("vapi_assistant_id").value(), Value::null(), document);
  EXPECT_TRUE(document.find("assistantId")->is_null()) << "null detaches";
}

/// Real answers, when the tester has some.
TEST(VapiPhoneNumbers, RecordedNumbersMapWithoutProblemsAndComeBack) {
  const std::string recording = test::recorded("vapi-phone-numbers.json");
  if (recording.empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED names no folder with vapi-phone-numbers.json";
  const Json numbers = json::parse(recording);
  ASSERT_GE(numbers.array()->size(), 5U);
  for (const Json& number : *numbers.array()) {
    const auto mapped = test::map(shipped(), json::to_text(number));
    EXPECT_THAT(mapped.problems, IsEmpty()) << number.text_at("id");
    EXPECT_THAT(mapped.mismatched, IsEmpty()) << number.text_at("id");
    EXPECT_EQ(mapped.cell(shipped(), "number"), "text " + number.text_at("number"));
    const Json* provider = number.find("provider");
    EXPECT_EQ(mapped.cell(shipped(), "provider"), provider == nullptr ? "null" : "text " + number.text_at("provider"));
    Json same_again = number;
    for (std::size_t i = 1; i < mapped.row.size(); ++i) lay(shipped(), i, mapped.row[i], same_again);
    EXPECT_EQ(json::canonical(same_again), json::canonical(number));
  }
}

}  // namespace
}  // namespace lockstep
