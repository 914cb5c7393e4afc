#include "decide_world.h"

#include <array>
#include <stdexcept>

#include "format/json.h"
#include "format/yaml.h"

namespace lockstep::test {
namespace {

constexpr std::string_view kMapping = R"(
table: items
key: {column: item_id, from: id}
label: name
fields:
  name: text
  note: text
  count: integer
  model: json
  model_temperature: {from: model.temperature, type: real}
  model_prompt: {from: model.prompt, type: text}
  model_mode: {from: model.mode, type: text, transform: [lower, empty_to_null]}
  model_size: {from: model.size, type: integer, derived: true}
  model_key: {from: model.key, type: text}
  model_format: {from: model.format, type: text, default: plain}
  model_tool: {from: model.toolId, type: text, references: tools.tool_key}
  model_old: {from: model.old, type: text}
  talk: json
  talk_prompt: {from: "talk[role=system].content", type: text}
  status: text
  enabled: {from: plan.enabled, type: boolean, derived: true}
  token: text
  seal: {from: seal, type: text, derived: true}
  pin: text
  old_voice: text
  agent_id: {from: agentId, type: text, references: agents.agent_key}
)";

Mapping load() {
  Resource resource;
  resource.name = "item";
  resource.read_only = {"id", "status"};
  resource.write_only = {"token", "seal", "model.key"};
  resource.secret = {"pin"};
  resource.legacy = {"oldVoice", "model.old"};
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(
      kMapping, "items.yaml", [](std::string_view) { return std::nullopt; }, problems);
  Mapping mapping = Mapping::load(root, resource, {}, problems);
  problems.raise();
  return mapping;
}

/// Appends a word to a list.
void add(std::string& list, std::string_view word) {
  if (!list.empty()) list += ' ';
  list += word;
}

std::string named(const std::vector<std::size_t>& ordinals) {
  std::string out;
  for (const std::size_t each : ordinals) add(out, item_mapping().fields()[each].column);
  return out;
}

std::string changes(const std::vector<FieldChange>& all) {
  std::string out;
  for (const FieldChange& change : all) {
    add(out, item_mapping().fields()[change.ordinal].column);
    out.append(":").append(to_display(change.before)).append(">").append(to_display(change.after));
  }
  return out;
}

std::string conflicts(const std::vector<FieldConflict>& all) {
  static constexpr std::array kWinners{"here", "there", "hook", "person", "nobody"};
  std::string out;
  for (const FieldConflict& conflict : all) {
    add(out, item_mapping().fields()[conflict.ordinal].column);
    out.append(":").append(to_display(conflict.base)).append("/").append(to_display(conflict.here)).append("/");
    out.append(to_display(conflict.there)).append("=").append(kWinners[static_cast<std::size_t>(conflict.winner)]);
    if (conflict.reported_only) out += '!';
  }
  return out;
}

std::string notes(const std::vector<Note>& all) {
  std::string out;
  for (const Note note : all) add(out, name_of(note));
  return out;
}

}  // namespace

const Mapping& item_mapping() {
  static const Mapping mapping = load();
  return mapping;
}

std::size_t ordinal(std::string_view column) {
  const std::optional<std::size_t> found = item_mapping().find(column);
  if (!found) throw std::out_of_range("no column " + std::string(column));
  return *found;
}

std::vector<Value> row(std::string_view columns, Arena& arena) {
  std::vector<Value> out(item_mapping().fields().size(), Value::null());
  const Json object = json::parse(columns);
  for (const Json::Member& member : *object.object()) {
    const std::size_t at = ordinal(member.first);
    out[at] = normalise(item_mapping().fields()[at], json::to_value(member.second, arena), arena);
  }
  return out;
}

const Facts& World::build() {
  here_ = here.empty() ? std::vector<Value>() : row(here, arena_);
  there_ = there.empty() ? std::vector<Value>() : row(there, arena_);
  base_.clear();
  if (!base.empty()) {
    for (const Value& value : row(base, arena_)) base_.push_back({value, value});
  }
  if (!base_here.empty()) {
    const Json held = json::parse(base_here);
    const std::vector<Value> values = row(base_here, arena_);
    for (const Json::Member& member : *held.object()) base_[ordinal(member.first)].here = values[ordinal(member.first)];
  }
  for (const std::string& column : unknown) base_[ordinal(column)] = {};
  for (const std::string& column : untouched) base_[ordinal(column)].untouched = true;
  for (const std::string& column : fresh) base_[ordinal(column)] = {.here = {}, .there = {}, .no_opinion = true, .alike = alike};
  const Value bad = Value::unreadable(Value::Storage::Text, "{bad");
  for (const std::string& column : bad_here) here_[ordinal(column)] = bad;
  for (const std::string& column : bad_then) base_[ordinal(column)].here = bad;
  for (const std::string& column : unread) there_[ordinal(column)] = Value();
  for (const std::string& column : moved) base_[ordinal(column)] = {.here = {}, .there = {}, .both_moved = true};
  for (const std::string& column : not_taken) base_[ordinal(column)].not_taken = true;
  facts.here = here_;
  facts.there = there_;
  facts.base = base_;
  return facts;
}

std::string text(const Decision& decision) {
  std::string out;
  const auto list = [&](std::string_view name, const std::string& inside) {
    add(out, name);
    out.append("(").append(inside).append(")");
  };
  const auto known = [&](std::string_view name, const std::string& inside) {
    if (!inside.empty()) list(name, inside);
  };
  if (decision.local != Action::None) list(std::string("local=").append(to_string(decision.local)), changes(decision.local_fields));
  if (decision.remote != Action::None) list(std::string("remote=").append(to_string(decision.remote)), changes(decision.remote_fields));
  known("conflicts", conflicts(decision.conflicts));
  known("pending_local", named(decision.pending_local));
  known("pending_remote", named(decision.pending_remote));
  known("replaced", named(decision.replaced));
  known("notes", notes(decision.notes));
  if (decision.take_base) add(out, "base");
  if (decision.needs_verdicts) add(out, "ask");
  if (decision.error) add(out, "error");
  return out;
}

std::string_view name_of(Note note) {
  static constexpr std::array<std::string_view, 22> kNames{
      "LocalOnly",        "RemoteOnly",     "PendingExport", "PendingImport",    "RuleChanged",    "LocalEditsReplaced",
      "MissingRemote",    "MissingLocal",   "Gone",          "IdRestored",       "IdChanged",      "RowsShareId",
      "CreateUnresolved", "OutcomeUnknown", "CreatePending", "NotKnownRemotely", "SeveralMatches", "TieToRemote",
      "DerivedEdited",    "Unknown",        "LeavesTaken",   "Unreadable"};
  return kNames.at(static_cast<std::size_t>(note));
}

}  // namespace lockstep::test
