#include "scenarios/people.h"

#include "common/text.h"
#include "format/json.h"
#include "support/files.h"

namespace lockstep::test {

namespace fs = std::filesystem;
using Kind = Watched::Kind;

namespace {

constexpr const char* kMappingFile = "config/mappings/vapi-assistants.yaml";
constexpr const char* kHooksFile = "scripts/assistants.lua";
constexpr const char* kPlainRule = "  first_message: text\n";
constexpr const char* kOtherRule = "  first_message: {type: text, transform: upper}\n";

/// The mapping as it is shipped.
const std::string& shipped_mapping() {
  static const std::string text = file_text(fs::path(LOCKSTEP_SOURCE_DIR) / kMappingFile);
  return text;
}

bool is_object(const std::string& text) {
  try {
    return json::parse(text).object() != nullptr;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

People::People(std::uint64_t seed, TwoSidedStage& stage) : TwoSidedHistory(seed, stage), ledger_(stage.sandbox, stage.bench.database()) {
  secrets_ = {kKey};
  mend();
}

std::string People::fresh(const std::string& side) {
  const std::string text = side + "-" + std::to_string(++texts_) + ".";
  ledger_.wrote(text);
  return text;
}

/// As JSON.
std::string People::a_value(const Watched& field, const std::string& side) {
  switch (field.kind) {
    case Kind::Text: return json::quote(fresh(side));
    case Kind::Json: return "[" + json::quote(fresh(side)) + "]";
    case Kind::Real: break;
  }
  return "0." + std::to_string(1000 + ++numbers_);
}

std::optional<std::string> People::some_row() {
  const std::vector<Cells> rows = query(database(), "SELECT id FROM assistants ORDER BY id");
  if (rows.empty()) return std::nullopt;
  return one_of(rows)[0];
}

void People::act() {
  const int kind = number(1, 40);
  const std::optional<std::string> row = some_row();
  if (kind <= 10) {
    edit_remotely();
  } else if (kind <= 12) {
    make_remotely();
  } else if (kind == 13) {
    remove_remotely();
  } else if (kind == 14) {
    rotate_a_secret();
  } else if (kind <= 16 || !row) {
    make_locally();
  } else if (kind == 17) {
    sql("DELETE FROM assistants WHERE id = " + *row);
  } else if (kind == 18) {
    sql("UPDATE assistants SET vapi_assistant_id = NULL WHERE id = " + *row);
  } else if (kind <= 22) {
    spoil_a_cell(*row);
  } else if (kind == 23) {
    use_key_again(*row);
  } else if (kind == 24) {
    copy_row(*row);
  } else if (kind <= 26) {
    change_rules();
  } else if (kind == 27) {
    restore();
  } else {
    edit_locally(*row);
  }
  have_edited();
}

// The remote side

void People::edit_remotely() {
  const std::vector<std::string> ids = sandbox().ids();
  if (ids.empty()) return;
  const std::string id = one_of(ids);
  const Watched field = one_of(watched());
  // A model has a provider and a name.
  if (field.path.starts_with("model.") && value_in(*sandbox().item(id), "model.provider") == nullptr) return;
  // A member that is null is another than one that is not there.
  const bool empties = field.column != "model_name" && field.member.empty() && chance_.once_in(10);
  const std::string value = empties ? "null" : a_value(field, "there");
  note("remote: " + field.path + " of " + id + " := " + value);
  sandbox().edit(id, field.path, json::parse(value));
}

void People::make_remotely() {
  const std::string name = "R" + std::to_string(++names_), text = fresh("there"), secret = "secret-" + std::to_string(names_) + "-of-it";
  ledger_.has_made(name);
  secrets_.push_back(secret);
  note("remote: new " + name + " " + text);
  sandbox().put(json::parse(R"({"name": ")" + name + R"(", "orgId": ")" + sandbox::kOrganisation + R"(", "firstMessage": ")" + text +
                            R"(", "model": {"provider": "openai", "model": "gpt-4o", "maxTokens": 200},
      "server": {"url": "https://example.test/hook", "headers": {"X-Key": ")" +
                            secret + R"("}}})"));
}

void People::remove_remotely() {
  const std::vector<std::string> ids = sandbox().ids();
  if (ids.size() < 2) return;
  const std::string id = one_of(ids);
  note("remote: " + id + " removed");
  sandbox().remove(id);
}

void People::rotate_a_secret() {
  const std::vector<std::string> ids = sandbox().ids();
  if (ids.empty()) return;
  const std::string id = one_of(ids), secret = "secret-" + std::to_string(++texts_) + "-rotated";
  if (value_in(*sandbox().item(id), "server.headers") == nullptr) return;
  secrets_.push_back(secret);
  note("remote: a new secret of " + id);
  sandbox().edit(id, "server.headers.X-Key", Json(secret));
}

void People::with_another_account(const std::function<void()>& run) {
  const Json ours = json::parse(sandbox().state());
  note("remote: another organisation's items");
  Json::Array theirs;
  for (const char* name : {"Theirs", "Theirs too"})
    theirs.push_back(json::parse(R"({"name": ")" + std::string(name) + R"(", "orgId": "theirs", "firstMessage": "not ours"})"));
  sandbox().load(Json(std::move(theirs)));
  run();
  note("remote: our items again");
  sandbox().load(ours);
}

// The local side

void People::make_locally() {
  const std::string name = "L" + std::to_string(++names_);
  ledger_.has_made(name);
  const std::string model = chance_.once_in(2) ? R"('{"provider":"openai","model":"gpt-4o"}')" : "NULL";
  sql("INSERT INTO assistants (name, first_message, model, user_id, created_by) VALUES ('" + name + "', '" + fresh("here") + "', " + model +
      ", 1, 1)");
}

void People::edit_locally(const std::string& key) {
  const Watched field = one_of(watched());
  if (!field.member.empty()) return edit_member_locally(key, field);
  const bool empties = field.column != "model_name" && chance_.once_in(10);
  std::string value = empties ? "NULL" : a_value(field, "here");
  if (!empties && field.kind == Kind::Json) value = "'" + value + "'";
  if (!empties && field.kind == Kind::Text) value = "'" + *json::parse(value).text() + "'";
  // A model needs its provider at the API.
  const bool needs_model =
      field.path.starts_with("model.") && !is_object(query(database(), "SELECT model FROM assistants WHERE id = " + key)[0][0]);
  sql("UPDATE assistants SET " + field.column + " = " + value + (needs_model ? ", model = '{\"provider\":\"openai\"}'" : "") +
      " WHERE id = " + key);
}

/// The object's cell is written as a whole.
void People::edit_member_locally(const std::string& key, const Watched& field) {
  const std::string cell = query(database(), "SELECT " + field.column + " FROM assistants WHERE id = " + key)[0][0];
  Json object = json::parse(is_object(cell) ? cell : R"({"provider":"openai"})");
  if (chance_.once_in(10))
    object.erase(field.member);
  else
    object[field.member] = json::parse(a_value(field, "here"));
  sql("UPDATE assistants SET " + field.column + " = '" + replace_all(json::to_text(object), "'", "''") + "' WHERE id = " + key);
}

/// A cell that is not what its column says, as far as the database takes such.
void People::spoil_a_cell(const std::string& key) {
  struct Way {
    const char* column;
    ColumnType type;
    std::size_t which;
  };
  using enum ColumnType;
  const Way ways[] = {{"model", Json, 0},
                      {"model", Json, 1},
                      {"end_call_phrases", Json, 0},
                      {"end_call_phrases", Json, 1},
                      {"end_call_phrases", Json, 2},
                      {"first_message", Text, 0},
                      {"voicemail_message", Text, 1},
                      {"end_call_message", Text, 0},
                      {"model_temperature", Real, 0},
                      {"model_temperature", Real, 1},
                      {"model_name", Text, 1}};
  const std::string text = "spoilt-" + std::to_string(++texts_);
  std::vector<std::pair<std::string, std::string>> cells;
  for (const Way& way : ways) {
    const Cells values = kind().spoilt(way.type, text);
    if (way.which < values.size()) cells.emplace_back(way.column, values[way.which]);
  }
  if (cells.empty()) return;
  const auto [column, value] = one_of(cells);
  sql("UPDATE assistants SET " + column + " = " + value + " WHERE id = " + key);
}

/// The row goes, and its key comes back as another row.
void People::use_key_again(const std::string& key) {
  const std::string name = "L" + std::to_string(++names_);
  ledger_.has_made(name);
  sql("DELETE FROM assistants WHERE id = " + key);
  sql("INSERT INTO assistants (id, name, first_message, user_id, created_by) VALUES (" + key + ", '" + name + "', '" + fresh("here") +
      "', 1, 1)");
}

void People::copy_row(const std::string& key) {
  const bool with_id = chance_.once_in(2);
  // An application's own table has no index that forbids it.
  for (const Index& index : kind().indexes(database(), "assistants")) {
    if (index.unique && index.columns == Cells{"vapi_assistant_id"}) kind().drop_index(database(), "assistants", index.name);
  }
  Cells names = kind().columns(database(), "assistants");
  std::erase_if(names, [&](const std::string& name) { return name == "id" || (name == "vapi_assistant_id" && !with_id); });
  const std::string columns = quoted_list(names);
  ledger_.has_made(query(database(), "SELECT name FROM assistants WHERE id = " + key)[0][0]);
  note(with_id ? "local: a copy of row " + key + " with its id" : "local: a copy of row " + key);
  execute(database(), "INSERT INTO assistants (" + columns + ") SELECT " + columns + " FROM assistants WHERE id = " + key);
}

void People::lose_a_column() {
  const std::string column = one_of<std::string>({"voicemail_message", "end_call_message"});
  const Cells rows = query(database(), "SELECT count(*), count(DISTINCT vapi_assistant_id) = count(vapi_assistant_id) FROM assistants")[0];
  const bool few = rows[0].size() == 1, unique = rows[1] == "1";
  if (few && !unique) return;
  sql("ALTER TABLE assistants DROP COLUMN " + column);
  if (few || (unique && chance_.once_in(2))) {
    // Of a few rows nobody can tell that each was emptied; migrate remembers which columns it has made.
    carry_out({"migrate"});
  } else {
    sql("ALTER TABLE assistants ADD COLUMN " + column + " TEXT");
  }
  ledger_.forget_column(column);
  have_edited();
}

// Rules and backups

void People::change_rules() {
  if (chance_.once_in(2)) {
    note("rules: a comment more in the hooks");
    stage_.bench.write(kHooksFile, file_text(stage_.bench.directory() / kHooksFile) + "\n-- " + std::to_string(texts_) + "\n");
    return;
  }
  const std::string now = file_text(stage_.bench.directory() / kMappingFile);
  const bool other = now.find(kOtherRule) != std::string::npos;
  note(other ? "rules: the first message as it is" : "rules: the first message in capitals");
  stage_.bench.write(kMappingFile, other ? shipped_mapping() : replace_all(shipped_mapping(), kPlainRule, kOtherRule));
}

void People::back_up() {
  const std::string name = "backup-" + std::to_string(backups_.size());
  kind().back_up(database(), name);
  backups_.push_back({name, ledger_.agreements()});
}

/// The whole database, or the table alone beside a state that goes on.
void People::restore() {
  if (backups_.empty()) return;
  const Backup backup = backups_[static_cast<std::size_t>(number(0, static_cast<int>(backups_.size()) - 1))];
  if (chance_.once_in(2)) {
    note("local: restored " + backup.name);
    kind().restore(database(), backup.name);
    ledger_.restore(backup.agreements);
    return;
  }
  note("local: restored the table of " + backup.name);
  kind().restore_table(database(), backup.name, "assistants");
}

void People::mend() {
  stage_.bench.write(kMappingFile, shipped_mapping());
  stage_.bench.write(kHooksFile, kStageHooks);
  const std::string copies =
      "FROM assistants WHERE vapi_assistant_id IS NOT NULL AND id NOT IN (SELECT min(id) FROM assistants GROUP BY vapi_assistant_id)";
  if (query(database(), "SELECT count(*) " + copies)[0][0] != "0")
    sql("UPDATE assistants SET vapi_assistant_id = NULL WHERE id IN (SELECT id " + copies + ")");
  have_edited();
}

}  // namespace lockstep::test
