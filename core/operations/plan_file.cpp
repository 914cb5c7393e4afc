#include "operations/plan_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "common/trust.h"
#include "common/whole_file.h"
#include "engine/decide/policy.h"
#include "engine/sides/keyed_hash.h"
#include "format/json.h"
#include "format/secret_names.h"

namespace lockstep {
namespace {

constexpr const char* kFormat = "lockstep plan";
constexpr std::int64_t kVersion = 1;
constexpr const char* kRemedy = "make a new one: lockstep plan --out FILE";

std::string seal_of(const Json& json) { return hash128(json::canonical(json)).hex(); }

/// Of everything in it but `left_out`.
std::string seal_without(Json json, std::string_view left_out) {
  json.erase(left_out);
  return seal_of(json);
}

std::string hash_text(const Hash128& hash) { return hash ? hash.hex() : ""; }

/// Members of a plan, with the place where one is not what it should be.
class PlanReader {
 public:
  explicit PlanReader(std::string file) : file_(std::move(file)) {}

  [[noreturn]] void refuse(const std::string& place, const std::string& what) const {
    throw Error(ErrorKind::Corrupt, file_ + ": " + (place.empty() ? "" : place + ": ") + what, kRemedy);
  }
  const Json& member(const Json& json, std::string_view name, const std::string& place) const {
    const Json* found = json.find(name);
    if (found == nullptr) refuse(place, "no \"" + std::string(name) + "\"");
    return *found;
  }
  std::string text(const Json& json, std::string_view name, const std::string& place) const {
    const std::string* found = member(json, name, place).text();
    if (found == nullptr) refuse(place, "\"" + std::string(name) + "\" is no text");
    return *found;
  }
  const Json::Array& array(const Json& json, std::string_view name, const std::string& place) const {
    const Json::Array* found = member(json, name, place).array();
    if (found == nullptr) refuse(place, "\"" + std::string(name) + "\" is no list");
    return *found;
  }
  Hash128 hash(const Json& json, std::string_view name, const std::string& place) const {
    const std::string digits = text(json, name, place);
    if (digits.empty()) return {};
    const auto found = Hash128::from_hex(digits);
    if (!found) refuse(place, "\"" + std::string(name) + "\" is no fingerprint");
    return *found;
  }
  bool flag(const Json& json, std::string_view name, const std::string& place) const {
    const bool* found = member(json, name, place).boolean();
    if (found == nullptr) refuse(place, "\"" + std::string(name) + "\" is neither true nor false");
    return *found;
  }
  template <class Choice>
  Choice word(const Words<Choice>& words, const Json& json, std::string_view name, const std::string& place) const {
    const std::string given = text(json, name, place);
    const std::optional<Choice> found = words.find(given);
    if (!found) refuse(place, "\"" + std::string(name) + "\" cannot be " + in_quotes(given));
    return *found;
  }

 private:
  std::string file_;
};

const char* const kEdited = "was changed after the plan was saved; a plan cannot be edited";

/// Which change was edited; else that something else of the sync was.
void check_sync(const PlanReader& reader, const Json& entry, const std::string& place) {
  const Json& fingerprints = reader.member(entry, "fingerprints", place);
  const Json::Array& changes = reader.array(entry, "changes", place);
  const Json::Array& seals = reader.array(fingerprints, "changes", place + ".fingerprints");
  for (std::size_t i = 0; i < changes.size() && i < seals.size(); ++i) {
    if (seals[i] == Json(seal_of(changes[i]))) continue;
    reader.refuse(place + ".changes[" + std::to_string(i) + "] (" + printable(changes[i].text_at("label", "no name")) + ")", kEdited);
  }
  if (changes.size() != seals.size()) reader.refuse(place + ".changes", kEdited);
  Json rest = entry;
  const std::string seal = reader.text(fingerprints, "sync", place + ".fingerprints");
  rest["fingerprints"].erase("sync");
  if (seal_of(rest) != seal) reader.refuse(place + " (" + printable(entry.text_at("name", "no name")) + ")", kEdited);
}

Sighting read_record(const PlanReader& reader, const Json& json, const std::string& place) {
  Sighting record;
  record.remote_id = reader.text(json, "id", place);
  record.local_key = reader.text(json, "record", place);
  record.label = reader.text(json, "label", place);
  record.here = reader.hash(json, "here", place);
  record.there = reader.hash(json, "there", place);
  record.base = reader.hash(json, "base", place);
  record.decision = reader.hash(json, "decision", place);
  record.acts = bool(record.decision);
  if (json.find("refused") != nullptr) record.refused = reader.text(json, "refused", place);
  return record;
}

PlannedSync read_sync(const PlanReader& reader, const Json& entry, const std::string& place) {
  PlannedSync sync;
  sync.name = reader.text(entry, "name", place);
  sync.target = reader.member(entry, "target", place);
  const Json& policy = reader.member(entry, "policy", place);
  const OnConflict on_conflict = reader.word(on_conflict_words(), policy, "on_conflict", place + ".policy");
  if (reader.flag(policy, "given", place + ".policy")) sync.on_conflict = on_conflict;
  sync.local_edits = reader.word(local_edits_words(), policy, "local_edits", place + ".policy");
  const Json& fingerprints = reader.member(entry, "fingerprints", place);
  sync.rules = reader.text(fingerprints, "rules", place + ".fingerprints");
  sync.sightings.unchanged = reader.hash(fingerprints, "unchanged", place + ".fingerprints");
  const Json::Array& records = reader.array(fingerprints, "records", place + ".fingerprints");
  for (std::size_t i = 0; i < records.size(); ++i) {
    sync.sightings.records.push_back(read_record(reader, records[i], place + ".fingerprints.records[" + std::to_string(i) + "]"));
  }
  return sync;
}

RunOptions read_options(const PlanReader& reader, const Json& plan) {
  RunOptions options;
  const auto mode = mode_words().find(reader.text(plan, "mode", ""));
  if (!mode) reader.refuse("", "\"mode\" is none of import, export and full");
  options.mode = *mode;
  const Json& given = reader.member(plan, "options", "");
  options.existing_only = reader.flag(given, "existing_only", "options");
  options.allow_mass_change = reader.flag(given, "allow_mass_change", "options");
  options.allow_account_change = reader.flag(given, "allow_account_change", "options");
  for (const Json& id : reader.array(given, "ids", "options")) {
    if (id.text() == nullptr) reader.refuse("options.ids", "an id that is no text");
    options.ids.push_back(*id.text());
  }
  if (!reader.member(given, "owner", "options").is_null()) options.owner = reader.text(given, "owner", "options");
  return options;
}

/// "12:5" for a byte of a text.
std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return std::to_string(std::count(before.begin(), before.end(), '\n') + 1) + ":" + std::to_string(before.size() - line_start + 1);
}

/// "… at byte 17": messages of the reader end so.
std::string place_of(const std::string& message, std::string_view text) {
  const std::size_t found = message.rfind("byte ");
  if (found == std::string::npos) return "";
  std::size_t offset = 0;
  for (std::size_t i = found + 5; i < message.size() && message[i] >= '0' && message[i] <= '9'; ++i) {
    offset = offset * 10 + static_cast<std::size_t>(message[i] - '0');
  }
  return ":" + line_and_column(text, offset);
}

Json read_text(std::string_view text, const std::string& file) {
  try {
    return json::parse(text);
  } catch (const Error& broken) {
    throw Error(ErrorKind::Corrupt, file + place_of(broken.message(), text) + ": not a plan: " + broken.message(), kRemedy);
  }
}

/// A plan holds values: it is its owner's alone, unless a person has let a group read the one that it replaces.
mode_t mode_for(const std::string& file) {
  constexpr mode_t own = S_IRUSR | S_IWUSR;
  struct stat status {};
  const bool kept =
      lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() && !distrust_of(status, file);
  return kept ? (status.st_mode & 0777U) | own : own;
}

std::string rules_fingerprint(const Sync& sync) {
  Hasher hasher;
  hasher.text(sync.mapping->fingerprint().hex()).text(sync.hook ? sync.hook->fingerprint().hex() : "");
  for (const std::string& path : sync.resource->read_only) hasher.text(path);
  for (const std::string& pattern : secret_patterns_of(*sync.resource)) hasher.text(pattern);
  return hasher.digest().hex();
}

}  // namespace

PlanSubject subject_of(const Sync& sync) {
  return {sync.nouns,       sync.resource->name, sync.store == nullptr ? "" : sync.store->describe(),
          sync.on_conflict, sync.local_edits,    rules_fingerprint(sync)};
}

Json target_json(const PlanSubject& subject) {
  return Json::Object{{"provider", subject.nouns.provider}, {"resource", subject.resource}, {"store", redact(subject.store)}};
}

void add_fingerprints(Json& entry, const PlanSubject& subject, const RunOptions& options, const SyncReport& report) {
  entry["target"] = target_json(subject);
  Json& policy = entry["policy"];
  policy["on_conflict"] = Json(to_string(options.on_conflict.value_or(subject.on_conflict)));
  policy["given"] = Json(options.on_conflict.has_value());
  policy["local_edits"] = Json(local_edits_words().word(options.local_edits.value_or(subject.local_edits)));
  Json::Array records;
  for (const Sighting& record : report.sightings.records) {
    records.push_back(Json::Object{{"id", record.remote_id},
                                   {"record", record.local_key},
                                   {"label", record.label},
                                   {"here", hash_text(record.here)},
                                   {"there", hash_text(record.there)},
                                   {"base", hash_text(record.base)},
                                   {"decision", hash_text(record.decision)}});
    if (!record.refused.empty()) records.back()["refused"] = Json(redact(record.refused));
  }
  entry["fingerprints"] =
      Json::Object{{"rules", subject.rules}, {"unchanged", hash_text(report.sightings.unchanged)}, {"records", std::move(records)}};
}

std::string plan_text(const Json& plan, const RunOptions& options, std::string_view key) {
  Json::Array ids;
  for (const std::string& id : options.ids) ids.emplace_back(id);
  Json whole = Json::Object{{"format", kFormat}, {"version", kVersion}, {"mode", to_string(options.mode)}};
  whole["options"] = Json::Object{{"existing_only", options.existing_only},
                                  {"allow_mass_change", options.allow_mass_change},
                                  {"allow_account_change", options.allow_account_change},
                                  {"ids", std::move(ids)},
                                  {"owner", options.owner ? Json(*options.owner) : Json()}};
  for (const auto& [name, value] : *plan.object()) {
    if (whole.find(name) == nullptr) whole[name] = value;
  }
  // Sealed as it will stand in the file.
  whole = json::parse(redact(json::to_text(whole)));
  for (Json& entry : *whole["syncs"].array()) {
    Json::Array seals;
    for (const Json& change : *entry["changes"].array()) seals.emplace_back(seal_of(change));
    entry["fingerprints"]["changes"] = Json(std::move(seals));
    const std::string seal = seal_of(entry);
    entry["fingerprints"]["sync"] = Json(seal);
  }
  const std::string checksum = seal_of(whole);
  whole["checksum"] = Json(checksum);
  const std::string seal = keyed_hash(key, json::canonical(whole));
  whole["seal"] = Json(seal);
  return json::to_pretty(whole) + "\n";
}

void save_plan(const std::string& file, const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorKind::Storage, "the plan cannot be written to " + file + ": " + why);
  };
  std::error_code failure;
  const std::filesystem::file_status there = std::filesystem::status(file, failure);
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there)) refuse("it is no regular file");
  if (const auto why = write_whole(file, text, mode_for(file))) refuse(*why);
}

SavedPlan parse_plan(std::string_view text, const std::string& file) {
  const PlanReader reader(file);
  const Json json = read_text(text, file);
  if (json.text_at("format") != kFormat) reader.refuse("", "not a plan of Lockstep: it lacks \"format\": \"lockstep plan\"");
  if (!(reader.member(json, "version", "") == Json(kVersion))) reader.refuse("version", "another Lockstep saved this plan");
  const Json::Array& syncs = reader.array(json, "syncs", "");
  SavedPlan plan;
  plan.id = reader.text(json, "checksum", "");
  for (std::size_t i = 0; i < syncs.size(); ++i) check_sync(reader, syncs[i], "syncs[" + std::to_string(i) + "]");
  plan.seal = reader.text(json, "seal", "");
  Json sealed = json;
  sealed.erase("seal");
  plan.sealed = json::canonical(sealed);
  if (seal_without(std::move(sealed), "checksum") != plan.id) reader.refuse("", std::string("something outside its syncs ") + kEdited);
  plan.made_at = json.text_at("started_at");
  plan.options = read_options(reader, json);
  for (std::size_t i = 0; i < syncs.size(); ++i) plan.syncs.push_back(read_sync(reader, syncs[i], "syncs[" + std::to_string(i) + "]"));
  return plan;
}

void check_seal(const SavedPlan& plan, const std::optional<std::string>& key, const std::string& file) {
  if (key && keyed_hash(*key, plan.sealed) == plan.seal) return;
  throw Error(ErrorKind::Corrupt,
              file + ": its seal is not of this database: the plan was made for another one, or edited and sealed anew by somebody else",
              kRemedy);
}

SavedPlan read_plan(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || in.bad()) {
    throw Error(ErrorKind::NotFound, "the plan " + file + " cannot be read: " + std::strerror(errno), "make one: lockstep plan --out FILE");
  }
  return parse_plan(text.str(), file);
}

}  // namespace lockstep
