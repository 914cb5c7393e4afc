// Recorded answers of the real API, when $LOCKSTEP_RECORDED names a folder that holds them: the sync gives the rows that the documents say.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "common/scratch_folder.h"
#include "format/json.h"
#include "sandbox/sandbox.h"
#include "scenarios/database.h"
#include "scenarios/program.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

/// Column → top-level key, and how a value of it stands in SQLite.
struct Expected {
  const char* column;
  const char* key;
};
constexpr Expected kPlain[] = {{"name", "name"},
                               {"first_message", "firstMessage"},
                               {"first_message_mode", "firstMessageMode"},
                               {"end_call_message", "endCallMessage"},
                               {"voicemail_message", "voicemailMessage"},
                               {"background_sound", "backgroundSound"},
                               {"org_id", "orgId"},
                               {"latest_version", "latestVersion"},
                               {"max_duration_seconds", "maxDurationSeconds"},
                               {"silence_timeout_seconds", "silenceTimeoutSeconds"},
                               {"is_server_url_secret_set", "isServerUrlSecretSet"},
                               {"background_denoising_enabled", "backgroundDenoisingEnabled"},
                               {"recording_enabled", "recordingEnabled"}};
constexpr Expected kJson[] = {{"model", "model"},
                              {"voice", "voice"},
                              {"transcriber", "transcriber"},
                              {"metadata", "metadata"},
                              {"analysis_plan", "analysisPlan"},
                              {"artifact_plan", "artifactPlan"},
                              {"start_speaking_plan", "startSpeakingPlan"},
                              {"stop_speaking_plan", "stopSpeakingPlan"},
                              {"client_messages", "clientMessages"},
                              {"server_messages", "serverMessages"},
                              {"end_call_phrases", "endCallPhrases"},
                              {"voicemail_detection", "voicemailDetection"},
                              {"compliance_plan", "compliancePlan"},
                              {"message_plan", "messagePlan"}};

std::string plain(const Json* value) {
  if (value == nullptr || value->is_null()) return "NULL";
  if (const bool* flag = value->boolean()) return *flag ? "1" : "0";
  // A column of numbers holds real ones.
  if (const std::int64_t* whole = value->integer()) return std::to_string(*whole) + ".0";
  if (const std::string* text = value->text()) return *text;
  return json::canonical(*value);
}

std::string cell(const std::string& database, const char* column, const std::string& id) {
  const auto rows = query(database, std::string("SELECT \"") + column + "\" FROM assistants WHERE vapi_assistant_id = '" + id + "'");
  return rows.size() == 1 ? rows[0][0] : std::to_string(rows.size()) + " rows";
}

TEST(Recorded, TheSyncGivesTheRowsThatTheDocumentsSay) {
  const std::string recording = recorded("vapi-assistants.json");
  if (recording.empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED names no folder with vapi-assistants.json";
  const Json documents = json::parse(recording);
  ASSERT_NE(documents.array(), nullptr);
  sandbox::Options options;
  options.state = documents;
  sandbox::Sandbox sandbox(options);
  const ScratchFolder folder("recorded");
  const std::string directory = folder.path().string();
  const std::string database = directory + "/test.db";
  const std::map<std::string, std::string> environment = {{"LOCKSTEP_DB", database},
                                                          {"VAPI_API_KEY", sandbox.key()},
                                                          {"VAPI_BASE_URL", sandbox.url()},
                                                          {"LOCKSTEP_CONFIG", std::string(LOCKSTEP_SOURCE_DIR) + "/config/lockstep.yaml"}};
  ASSERT_EQ(run_program({LOCKSTEP_PROGRAM, "migrate"}, environment, directory).exit, 0);
  execute(database, "INSERT INTO users (name, email, role) VALUES ('Root', 'root@example.com', 'admin')");
  const Outcome outcome = run_program({LOCKSTEP_PROGRAM, "assistants:sync"}, environment, directory);
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_EQ(query(database, "SELECT count(*) FROM assistants")[0][0], std::to_string(documents.array()->size()));
  for (const Json& document : *documents.array()) {
    const std::string id = document.text_at("id");
    for (const Expected& one : kPlain) EXPECT_EQ(cell(database, one.column, id), plain(document.find(one.key))) << id << ' ' << one.column;
    for (const Expected& one : kJson) {
      const Json* value = document.find(one.key);
      EXPECT_EQ(cell(database, one.column, id), value == nullptr ? "NULL" : json::canonical(*value)) << id << ' ' << one.column;
    }
    const Json* model = document.find("model");
    EXPECT_EQ(cell(database, "model_name", id), plain(model->find("model"))) << id;
    EXPECT_EQ(cell(database, "voice_provider", id), plain(document.find("voice")->find("provider"))) << id;
    std::string prompt = "NULL";
    if (const Json* messages = model->find("messages"); messages != nullptr && messages->array() != nullptr) {
      for (const Json& message : *messages->array()) {
        if (prompt == "NULL" && message.text_at("role") == "system") prompt = plain(message.find("content"));
      }
    }
    EXPECT_EQ(cell(database, "model_system_prompt", id), prompt) << id;
    EXPECT_EQ(cell(database, "user_id", id), "1") << id;
  }
  EXPECT_NE(run_program({LOCKSTEP_PROGRAM, "assistants:sync"}, environment, directory).out.find("(0 created, 0 updated), 0 errors"),
            std::string::npos);
}

}  // namespace
}  // namespace lockstep::test
