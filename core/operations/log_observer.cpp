#include "operations/log_observer.h"

#include <charconv>
#include <vector>

#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

using Fields = std::vector<log::Field>;

/// A number where the text is one, so that a JSON log holds the key as the database does.
log::Field key_field(std::string_view name, const std::string& text) {
  std::int64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size()) return {name, number};
  return {name, text};
}

log::Field owned_field(const std::string& name, const Json& value) {
  if (const std::int64_t* number = value.integer()) return {name, *number};
  if (const std::string* text = value.text()) return {name, *text};
  return {name, json::to_text(value)};
}

log::Field count_field(std::string_view name, std::uint64_t count) { return {name, static_cast<std::int64_t>(count)}; }

std::string participle(const std::string& action) {
  if (action == "recreate") return "recreated";
  return action.ends_with('e') ? action + "d" : action + "ed";
}

}  // namespace

void LogObserver::started(const Sync& sync, const RunOptions& options) {
  nouns_ = sync.nouns;
  sync_ = sync.name;
  command_ = options.command;
  dry_run_ = options.dry_run;
  id_column_ = sync.mapping ? sync.mapping->key().column : "remote_id";
  key_name_ = replace_all(nouns_.one, " ", "_") + "_id";
  // A mapping may call its own id column the same; the local key must not be hidden by it.
  if (key_name_ == id_column_) key_name_ = "local_id";
  log::info("Run started", {{"run", options.run},
                            {"sync", sync_},
                            {"command", command_},
                            {"mode", options.undone() ? "rollback" : std::string(to_string(options.mode))},
                            {"dry_run", std::string(dry_run_ ? "true" : "false")}});
  next_.started(sync, options);
}

void LogObserver::log_change(const RecordChange& change) const {
  const std::string place = change.side == Side::Remote ? " in " + nouns_.provider + " by sync" : " from " + nouns_.provider + " sync";
  Fields fields;
  if (!change.local_key.empty()) fields.push_back(key_field(key_name_, change.local_key));
  fields.push_back({id_column_, change.remote_id});
  fields.push_back({"name", change.label});
  for (const auto& [column, value] : change.owned) fields.push_back(owned_field(column, value));
  const bool created = change.action == "create" || change.action == "recreate";
  fields.push_back(
      {created ? "created_fields" : "updated_fields", std::vector<std::string_view>(change.columns.begin(), change.columns.end())});
  log::write(log::Level::Info, capitalised(nouns_.one) + " " + participle(change.action) + place, fields);
}

void LogObserver::changed(const RecordChange& change) {
  if (!dry_run_ && settings_.problems && log::enabled(log::Level::Info)) log_change(change);
  if (log::enabled(log::Level::Trace)) {
    for (const FieldDelta& field : change.fields) {
      log::write(log::Level::Trace, "Field",
                 {{id_column_, change.remote_id},
                  {"field", field.column},
                  {"before", json::to_text(field.before)},
                  {"after", json::to_text(field.after)}});
    }
  }
  next_.changed(change);
}

void LogObserver::problem(const Problem& problem) {
  if (settings_.problems) {
    Fields fields{{"sync", sync_}, {"code", problem.code}};
    if (!problem.id.empty()) fields.push_back({id_column_, problem.id});
    if (!problem.label.empty()) fields.push_back({"name", problem.label});
    log::write(problem.severity == Problem::Severity::Error ? log::Level::Error : log::Level::Warning, problem.message, fields);
  }
  next_.problem(problem);
}

void LogObserver::finished(const SyncReport& report) {
  next_.finished(report);
  Fields fields{{"run", report.run}, {"sync", report.name}, {"exit", std::int64_t{report.exit_code()}}};
  if (report.remote) fields.push_back(count_field("remote", *report.remote));
  if (report.local) fields.push_back(count_field("local", *report.local));
  fields.push_back(count_field("created", report.created_local + report.created_remote + report.recreated_remote));
  fields.push_back(count_field("updated", report.updated_local + report.updated_remote));
  fields.push_back(count_field("unchanged", report.unchanged));
  fields.push_back(count_field("rejected", report.rejected));
  fields.push_back(count_field("failed", report.failed));
  fields.push_back({"duration_ms", std::int64_t{report.duration.count()}});
  if (report.interrupted) return log::write(log::Level::Warning, "Run interrupted", fields);
  if (!report.failure) return log::write(log::Level::Info, "Run finished", fields);
  fields.push_back({"code", report.failure_code});
  fields.push_back({"reason", report.failure_text()});
  log::write(settings_.problems ? log::Level::Error : log::Level::Info, "Run failed", fields);
}

}  // namespace lockstep
