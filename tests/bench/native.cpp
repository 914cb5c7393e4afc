// bench_native: the yardstick. The least that a program can do to import a list: pages over HTTP, slices by simdjson, an XXH3 of each
// slice, the columns by one prepared statement, a table of id and hash. No mapping, hooks, journal, retries or checks.
// Usage: bench_native assistants|phone-numbers|models PORT KEY DATABASE
#include <sqlite3.h>
#include <xxhash.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <simdjson.h>

namespace {

namespace ondemand = simdjson::ondemand;

constexpr int kPageSize = 500;

/// Column and its path: a top-level member, or a leaf of one.
struct Column {
  std::string_view name;
  std::string_view member;
  std::string_view leaf;
};

constexpr std::array<Column, 44> kAssistantColumns{{{"vapi_assistant_id", "id", ""},
                                                    {"org_id", "orgId", ""},
                                                    {"name", "name", ""},
                                                    {"vapi_created_at", "createdAt", ""},
                                                    {"vapi_updated_at", "updatedAt", ""},
                                                    {"latest_version", "latestVersion", ""},
                                                    {"first_message", "firstMessage", ""},
                                                    {"first_message_mode", "firstMessageMode", ""},
                                                    {"first_message_interruptions_enabled", "firstMessageInterruptionsEnabled", ""},
                                                    {"voicemail_message", "voicemailMessage", ""},
                                                    {"end_call_message", "endCallMessage", ""},
                                                    {"end_call_phrases", "endCallPhrases", ""},
                                                    {"client_messages", "clientMessages", ""},
                                                    {"server_messages", "serverMessages", ""},
                                                    {"max_duration_seconds", "maxDurationSeconds", ""},
                                                    {"silence_timeout_seconds", "silenceTimeoutSeconds", ""},
                                                    {"background_sound", "backgroundSound", ""},
                                                    {"model_output_in_messages_enabled", "modelOutputInMessagesEnabled", ""},
                                                    {"background_denoising_enabled", "backgroundDenoisingEnabled", ""},
                                                    {"analysis_plan", "analysisPlan", ""},
                                                    {"artifact_plan", "artifactPlan", ""},
                                                    {"start_speaking_plan", "startSpeakingPlan", ""},
                                                    {"stop_speaking_plan", "stopSpeakingPlan", ""},
                                                    {"monitor_plan", "monitorPlan", ""},
                                                    {"compliance_plan", "compliancePlan", ""},
                                                    {"keypad_input_plan", "keypadInputPlan", ""},
                                                    {"background_speech_denoising_plan", "backgroundSpeechDenoisingPlan", ""},
                                                    {"message_plan", "messagePlan", ""},
                                                    {"server", "server", ""},
                                                    {"metadata", "metadata", ""},
                                                    {"is_server_url_secret_set", "isServerUrlSecretSet", ""},
                                                    {"model", "model", ""},
                                                    {"model_provider", "model", "provider"},
                                                    {"model_name", "model", "model"},
                                                    {"model_temperature", "model", "temperature"},
                                                    {"model_max_tokens", "model", "maxTokens"},
                                                    {"voice", "voice", ""},
                                                    {"voice_provider", "voice", "provider"},
                                                    {"voice_id", "voice", "voiceId"},
                                                    {"voice_model", "voice", "model"},
                                                    {"transcriber", "transcriber", ""},
                                                    {"transcriber_provider", "transcriber", "provider"},
                                                    {"transcriber_model", "transcriber", "model"},
                                                    {"transcriber_language", "transcriber", "language"}}};

constexpr std::array<Column, 16> kNumberColumns{{{"vapi_phone_id", "id", ""},
                                                 {"org_id", "orgId", ""},
                                                 {"number", "number", ""},
                                                 {"vapi_created_at", "createdAt", ""},
                                                 {"vapi_updated_at", "updatedAt", ""},
                                                 {"name", "name", ""},
                                                 {"provider", "provider", ""},
                                                 {"status", "status", ""},
                                                 {"sms_enabled", "smsEnabled", ""},
                                                 {"squad_id", "squadId", ""},
                                                 {"credential_id", "credentialId", ""},
                                                 {"twilio_account_sid", "twilioAccountSid", ""},
                                                 {"server", "server", ""},
                                                 {"server_url", "server", "url"},
                                                 {"fallback_destination", "fallbackDestination", ""},
                                                 {"hooks", "hooks", ""}}};

constexpr std::array<Column, 4> kModelColumns{
    {{"remote_id", "id", ""}, {"owned_by", "owned_by", ""}, {"released_at", "created", ""}, {"shutdown_date", "shutdown_date", ""}}};

/// A list of an API, and the table that it becomes.
struct List {
  std::string_view name, path, table;
  std::string_view member;  ///< that holds the items; empty: the answer is the list
  bool is_paged;
  std::span<const Column> columns;
};

constexpr std::array<List, 3> kLists{{{"assistants", "/assistant", "assistants", "", true, kAssistantColumns},
                                      {"phone-numbers", "/phone-number", "phone_numbers", "", true, kNumberColumns},
                                      {"models", "/openai/v1/models", "ai_models", "data", false, kModelColumns}}};

const List& list_of(std::string_view name) {
  for (const List& list : kLists) {
    if (list.name == name) return list;
  }
  throw std::runtime_error("no list is named " + std::string(name));
}

class Database {
 public:
  Database(const char* path, const List& list) {
    check(sqlite3_open(path, &handle_));
    run("CREATE TABLE IF NOT EXISTS links (id TEXT PRIMARY KEY, hash BLOB NOT NULL) WITHOUT ROWID");
    std::string create = "CREATE TABLE IF NOT EXISTS " + std::string(list.table) + " (row INTEGER PRIMARY KEY";
    for (const auto& column : list.columns) create += ", " + std::string(column.name);
    run((create + ")").c_str());
  }
  ~Database() { sqlite3_close(handle_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void check(int result) const {
    if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW) throw std::runtime_error(sqlite3_errmsg(handle_));
  }
  void run(const char* sql) const { check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const std::string& sql) const {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr));
    return statement;
  }

 private:
  sqlite3* handle_ = nullptr;
};

using Hash = std::array<char, 16>;

Hash hash_of(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  Hash hash;
  std::memcpy(hash.data(), &canonical, hash.size());
  return hash;
}

/// One page into `body`; its end is padded for simdjson.
class Client {
 public:
  Client(unsigned short port, std::string key) : session_("127.0.0.1", port), key_(std::move(key)) { session_.setKeepAlive(true); }

  std::string_view get(const std::string& path) {
    Poco::Net::HTTPRequest request("GET", path, Poco::Net::HTTPMessage::HTTP_1_1);
    request.setKeepAlive(true);
    request.set("User-Agent", "bench-native");
    request.set("Authorization", "Bearer " + key_);
    session_.sendRequest(request);
    Poco::Net::HTTPResponse response;
    std::istream& stream = session_.receiveResponse(response);
    const auto length = response.getContentLength();
    if (response.getStatus() != 200 || length < 0) throw std::runtime_error("unexpected answer");
    const auto needed = static_cast<std::size_t>(length) + simdjson::SIMDJSON_PADDING;
    if (body_.size() < needed) body_.resize(needed);
    stream.read(body_.data(), length);
    if (stream.gcount() != length) throw std::runtime_error("short body");
    return {body_.data(), static_cast<std::size_t>(length)};
  }
  std::size_t capacity() const { return body_.size(); }

 private:
  Poco::Net::HTTPClientSession session_;
  std::string key_;
  std::string body_;
};

class Import {
 public:
  Import(Client& client, Database& database, const List& list) : client_(client), database_(database), list_(list) {
    std::string sql = "INSERT INTO " + std::string(list.table) + " VALUES (NULL";
    for (std::size_t i = 0; i < list.columns.size(); ++i) {
      sql += ",?";
      if (list.columns[i].leaf.empty()) positions_.emplace(list.columns[i].member, static_cast<int>(i) + 1);
    }
    insert_ = database.prepare(sql + ")");
    link_ = database.prepare("INSERT INTO links VALUES (?, ?)");
    known_.reserve(16384);
    sqlite3_stmt* all = database.prepare("SELECT id, hash FROM links");
    while (sqlite3_step(all) == SQLITE_ROW) {
      Hash hash;
      std::memcpy(hash.data(), sqlite3_column_blob(all, 1), hash.size());
      known_.emplace(reinterpret_cast<const char*>(sqlite3_column_text(all, 0)), hash);
    }
    sqlite3_finalize(all);
  }
  ~Import() {
    sqlite3_finalize(insert_);
    sqlite3_finalize(link_);
  }
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;

  void run() {
    database_.run("BEGIN");
    std::string oldest;
    while (page(oldest)) {
    }
    database_.run("COMMIT");
    std::printf("%zu new, %zu unchanged, %zu changed\n", new_, unchanged_, changed_);
  }

 private:
  /// True when another page must be asked for.
  bool page(std::string& oldest) {
    std::string path(list_.path);
    if (list_.is_paged) path += "?limit=" + std::to_string(kPageSize);
    if (!oldest.empty()) path += "&createdAtLe=" + oldest;
    const auto body = client_.get(path);
    std::size_t count = 0;
    ondemand::document document = parser_.iterate(body.data(), body.size(), client_.capacity());
    ondemand::array records = list_.member.empty() ? document.get_array().value() : document[list_.member].get_array().value();
    for (ondemand::object record : records) {
      ++count;
      take(record, oldest);
    }
    return list_.is_paged && count == kPageSize;
  }

  void take(ondemand::object& record, std::string& oldest) {
    const std::string_view raw = record.raw_json();
    record.reset();
    const std::string_view id = record["id"];
    if (list_.is_paged) oldest.assign(std::string_view(record["createdAt"]));
    const Hash hash = hash_of(raw);
    const auto [entry, added] = known_.try_emplace(std::string(id), hash);
    if (!added) {
      ++(entry->second == hash ? unchanged_ : changed_);
      return;
    }
    ++new_;
    record.reset();
    insert(record);
    database_.check(sqlite3_bind_text(link_, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC));
    database_.check(sqlite3_bind_blob(link_, 2, hash.data(), static_cast<int>(hash.size()), SQLITE_STATIC));
    database_.check(sqlite3_step(link_));
    sqlite3_reset(link_);
  }

  void insert(ondemand::object& record) {
    sqlite3_clear_bindings(insert_);
    for (auto field : record) {
      const auto position = positions_.find(field.unescaped_key());
      if (position != positions_.end()) bind(field.value(), position->second);
    }
    database_.check(sqlite3_step(insert_));
    sqlite3_reset(insert_);
  }

  void bind_text(int position, std::string_view text) {
    database_.check(sqlite3_bind_text(insert_, position, text.data(), static_cast<int>(text.size()), SQLITE_STATIC));
  }

  void bind(ondemand::value value, int position) {
    switch (value.type()) {
      case ondemand::json_type::string: return bind_text(position, value.get_string());
      case ondemand::json_type::number: return database_.check(sqlite3_bind_double(insert_, position, value.get_double()));
      case ondemand::json_type::boolean: return database_.check(sqlite3_bind_int(insert_, position, value.get_bool() ? 1 : 0));
      case ondemand::json_type::array: {
        ondemand::array array = value.get_array();
        return bind_text(position, array.raw_json());
      }
      case ondemand::json_type::null: return;
      case ondemand::json_type::object: break;
    }
    ondemand::object object = value.get_object();
    bind_text(position, object.raw_json());
    // Leaves stand right behind the column of their parent.
    for (auto i = static_cast<std::size_t>(position); i < list_.columns.size() && !list_.columns[i].leaf.empty(); ++i) {
      object.reset();
      ondemand::value leaf;
      if (object.find_field_unordered(list_.columns[i].leaf).get(leaf) == simdjson::SUCCESS) bind(leaf, static_cast<int>(i) + 1);
    }
  }

  Client& client_;
  Database& database_;
  const List& list_;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* link_ = nullptr;
  ondemand::parser parser_;
  std::unordered_map<std::string_view, int> positions_;  ///< member → parameter
  std::unordered_map<std::string, Hash> known_;
  std::size_t new_ = 0;
  std::size_t unchanged_ = 0;
  std::size_t changed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: bench_native assistants|phone-numbers|models PORT KEY DATABASE\n", stderr);
    return EXIT_FAILURE;
  }
  try {
    const List& list = list_of(argv[1]);
    Client client(static_cast<unsigned short>(std::atoi(argv[2])), argv[3]);
    Database database(argv[4], list);
    Import(client, database, list).run();
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_native: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
