// The shipped mapping of Vapi's assistants: what it covers, and that real assistants pass through it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"
#include "support/files.h"

namespace lockstep {
namespace {

using testing::IsEmpty;

const Mapping& shipped() {
  static const Mapping mapping = [] {
    yaml::Problems problems;
    const yaml::Node root =
        yaml::load_file(LOCKSTEP_SOURCE_DIR "/config/mappings/vapi-assistants.yaml", "vapi-assistants.yaml", {}, problems);
    Mapping made = Mapping::load(root, test::assistant(), {}, problems);
    EXPECT_THAT(problems.errors(), IsEmpty());
    EXPECT_THAT(problems.warnings(), IsEmpty());
    return made;
  }();
  return mapping;
}

std::string path_of(std::string_view column) {
  const auto ordinal = shipped().find(column);
  return ordinal ? shipped().fields()[*ordinal].from.text() : "none";
}

TEST(VapiAssistants, MapsFarMoreThan73Fields) { EXPECT_GE(shipped().fields().size(), 150U); }

TEST(VapiAssistants, EveryCurrentTopLevelFieldHasAColumn) {
  for (const char* key : {"id",
                          "orgId",
                          "createdAt",
                          "updatedAt",
                          "latestVersion",
                          "name",
                          "firstMessage",
                          "firstMessageMode",
                          "firstMessageInterruptionsEnabled",
                          "voicemailMessage",
                          "endCallMessage",
                          "endCallPhrases",
                          "maxDurationSeconds",
                          "backgroundSound",
                          "modelOutputInMessagesEnabled",
                          "clientMessages",
                          "serverMessages",
                          "metadata",
                          "credentialIds",
                          "credentials",
                          "hooks",
                          "transportConfigurations",
                          "model",
                          "voice",
                          "transcriber",
                          "server",
                          "voicemailDetection",
                          "startSpeakingPlan",
                          "stopSpeakingPlan",
                          "analysisPlan",
                          "artifactPlan",
                          "monitorPlan",
                          "compliancePlan",
                          "keypadInputPlan",
                          "backgroundSpeechDenoisingPlan",
                          "observabilityPlan"}) {
    const bool mapped =
        std::any_of(shipped().fields().begin(), shipped().fields().end(), [&](const Field& field) { return field.from.text() == key; });
    EXPECT_TRUE(mapped) << key;
  }
}

TEST(VapiAssistants, ColumnsBearTheirEstablishedNames) {
  EXPECT_EQ(path_of("vapi_assistant_id"), "id");
  EXPECT_EQ(path_of("type"), "metadata.type");
  EXPECT_EQ(path_of("phone_number"), "metadata.assistant_phone_number");
  EXPECT_EQ(path_of("webhook_url"), "metadata.webhook_url");
  EXPECT_EQ(path_of("model"), "model");
  EXPECT_EQ(path_of("voicemail_detection"), "voicemailDetection");
  EXPECT_EQ(path_of("keypad_input_plan"), "keypadInputPlan");
  EXPECT_EQ(path_of("legacy_server_url"), "serverUrl");
  EXPECT_EQ(path_of("server_url"), "server.url");
  EXPECT_EQ(shipped().fields()[shipped().label()].column, "name");
  EXPECT_EQ(shipped().owner()->from.text(), "metadata.user_email");
  EXPECT_EQ(shipped().owned().size(), 2U);
}

TEST(VapiAssistants, NoColumnHoldsTheWebhookSecret) {
  for (const Field& field : shipped().fields()) {
    EXPECT_FALSE(Path::parse("server.secret").contains(field.from)) << field.column;
    EXPECT_FALSE(Path::parse("serverUrlSecret").contains(field.from)) << field.column;
  }
}

TEST(VapiAssistants, PlacesWithSeveralJsonTypesTakeThemAll) {
  const auto mapped = test::map(
      shipped(),
      R"({"id":"a","voicemailDetection":"off","voice":{"style":"cheerful","language":{"x":1}},"startSpeakingPlan":{"smartEndpointingEnabled":true}})");
  EXPECT_THAT(mapped.problems, IsEmpty());
  EXPECT_THAT(mapped.mismatched, IsEmpty());
  EXPECT_EQ(mapped.cell(shipped(), "voicemail_detection"), "json \"off\"");
  EXPECT_EQ(mapped.cell(shipped(), "voice_style"), "json \"cheerful\"");
  EXPECT_EQ(mapped.cell(shipped(), "start_speaking_smart_endpointing_enabled"), "json true");
  EXPECT_EQ(mapped.cell(shipped(), "type"), "text demo");
}

TEST(VapiAssistants, ANameThatIsTooLongIsImportedAndNotSent) {
  const std::string name(41, 'x');
  const auto mapped = test::map(shipped(), std::string(R"({"id":"a","name":")").append(name).append("\"}"));
  EXPECT_THAT(mapped.problems, IsEmpty());
  const auto problems = validate(shipped(), mapped.row);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "name: 41 characters are more than 40");
}

/// Real answers, when the tester has some.
TEST(VapiAssistants, RecordedAssistantsMapWithoutProblemsAndComeBack) {
  const std::string recording = test::recorded("vapi-assistants.json");
  if (recording.empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED names no folder with vapi-assistants.json";
  const Json assistants = json::parse(recording);
  ASSERT_GE(assistants.array()->size(), 20U);
  for (const Json& assistant : *assistants.array()) {
    const auto mapped = test::map(shipped(), json::to_text(assistant));
    EXPECT_THAT(mapped.problems, IsEmpty()) << assistant.text_at("id");
    EXPECT_THAT(mapped.mismatched, IsEmpty()) << assistant.text_at("id");
    EXPECT_THAT(mapped.unmapped, IsEmpty()) << assistant.text_at("id");
    EXPECT_EQ(mapped.row[0].as_view(), assistant.text_at("id"));
    // Laid over the document it came from, a row changes nothing.
    Json same_again = assistant;
    for (std::size_t i = 1; i < mapped.row.size(); ++i) lay(shipped(), i, mapped.row[i], same_again);
    EXPECT_EQ(json::canonical(same_again), json::canonical(assistant));
  }
}

}  // namespace
}  // namespace lockstep
