#include "cli/print/items_reporter.h"

#include <array>
#include <utility>

#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// Verb in the past and after "Would", by action of RecordChange.
struct Verb {
  std::string_view action, past, base;
};
constexpr std::array<Verb, 5> kVerbs{{{"create", "Created", "create"},
                                      {"update", "Updated", "update"},
                                      {"link", "Linked", "link"},
                                      {"recreate", "Recreated", "recreate"},
                                      {"adopt", "Adopted", "adopt"}}};

std::string start_line(const Sync& sync, const RunOptions& options) {
  const std::string user = options.owner ? " of user " + printable(*options.owner) : "";
  if (options.ids.size() == 1) return "Syncing " + sync.nouns.one + " " + printable(options.ids.front()) + user + "...";
  if (!options.ids.empty()) return "Syncing " + counted(options.ids.size(), sync.nouns.one, sync.nouns.many) + user + "...";
  if (options.owner) return "Syncing " + sync.nouns.many + user + "...";
  return "Syncing all " + sync.nouns.many + "...";
}

}  // namespace

std::string show_value(const Json& value, std::size_t most) {
  if (json::is_unreadable(value)) {
    Arena arena;
    return "unreadable " + in_quotes(ellipsize(to_display(json::from_kept(value, arena)), most));
  }
  return ellipsize(printable(json::to_text(value)), most);
}

std::string show_field(const FieldDelta& field, bool created, std::string_view indent) {
  std::string line = std::string(indent) + printable(field.column) + ": ";
  if (!created) line += show_value(field.before) + " → ";
  return line + show_value(field.after);
}

std::string verb_of(const RecordChange& change, bool dry_run) {
  for (const Verb& verb : kVerbs) {
    if (verb.action == change.action) return dry_run ? "Would " + std::string(verb.base) : std::string(verb.past);
  }
  return (dry_run ? "Would " : "Did ") + change.action;
}

/// "Emma (ID: b1)", of a row that has no item yet "Emma (row 4)".
std::string ItemsReporter::named(std::string_view label, std::string_view id, std::string_view row) const {
  const std::string name = label.empty() ? "(no name)" : printable(label);
  if (id.empty() && !row.empty()) return name + " (row " + printable(row) + ")";
  return id.empty() ? name : name + " (ID: " + printable(id) + ")";
}

void ItemsReporter::started(const Sync& sync, const RunOptions& options) {
  nouns_ = sync.nouns;
  dry_run_ = options.dry_run;
  if (settings_.quiet || settings_.silent) return;
  out_.line("Starting " + nouns_.one + " synchronization...");
  out_.line(start_line(sync, options));
  out_.flush();
}

void ItemsReporter::found_remote(std::uint64_t count, bool complete) {
  // Of a list that broke off nobody knows how many it holds.
  if (complete) remote_ = count;
  if (remote_ && local_) release();
}

void ItemsReporter::found_local(std::uint64_t count) {
  local_ = count;
  if (remote_ && local_) release();
}

void ItemsReporter::show_numbers() {
  if (numbers_shown_ || settings_.quiet) return;
  if (remote_) out_.line("Found " + counted(*remote_, nouns_.one, nouns_.many) + " in " + nouns_.provider);
  if (local_) out_.line("Found " + counted(*local_, nouns_.one, nouns_.many) + " in local database");
  numbers_shown_ = remote_ && local_;
}

void ItemsReporter::release() {
  if (settings_.silent) return;
  if (!released_ || remote_) show_numbers();
  released_ = true;
  out_.lines(std::exchange(waiting_, {}));
}

void ItemsReporter::item(std::string_view text) {
  if (!settings_.quiet) error_item(text);
}

void ItemsReporter::error_item(std::string_view text) {
  if (settings_.silent) return;
  if (released_) {
    out_.line(text);
    return;
  }
  waiting_.append(text).push_back('\n');
  if (waiting_.size() < settings_.waiting_bytes) return;
  // Too many to wait for: the numbers come behind the items.
  released_ = true;
  out_.lines(std::exchange(waiting_, {}));
}

void ItemsReporter::fields_of(const RecordChange& change) {
  if (settings_.verbosity < 1) return;
  for (const FieldDelta& field : change.fields) item(show_field(field, change.action == "create", "    "));
}

void ItemsReporter::changed(const RecordChange& change) {
  if (change.action == "adopt") return unchanged(change.remote_id, change.label);
  const std::string place = change.side == Side::Remote ? " in " + nouns_.provider : "";
  item(verb_of(change, dry_run_) + " " + nouns_.one + place + ": " + named(change.label, change.remote_id, change.local_key));
  fields_of(change);
}

void ItemsReporter::unchanged(std::string_view remote_id, std::string_view label) {
  item(capitalised(nouns_.one) + " " + named(label, remote_id) + " is up to date");
}

void ItemsReporter::problem(const Problem& problem) {
  const std::string message = printable(problem.message);
  if (problem.severity == Problem::Severity::Warning) {
    item(std::string(palette_.warn) + "Warning:" + std::string(palette_.reset) + " " + message);
    return;
  }
  const std::string subject = problem.label.empty() && problem.id.empty() ? "" : ": " + named(problem.label, problem.id, problem.local_key);
  error_item(std::string(palette_.bad) + "Failed" + std::string(palette_.reset) + " to sync " + nouns_.one + subject + ": " + message);
}

/// "2 fields await a decision".
std::string awaiting_text(const SyncReport& report) {
  return counted(report.awaiting_fields, "field awaits", "fields await") + " a decision";
}

void ItemsReporter::hints(const SyncReport& report) {
  const auto note = [&](std::uint64_t count, std::string_view text) {
    if (count > 0 && !settings_.quiet) out_.line("Note: " + counted(count, nouns_.one, nouns_.many) + std::string(text));
  };
  const std::string there = " in " + nouns_.provider;
  const std::string to_come = "an export would create " + std::string(report.only_local == 1 ? "it" : "them") + there;
  note(report.only_local,
       " only in local database; " + (report.sends ? to_come : "the mapping is read-only, and nothing is created" + there));
  note(report.pending_export, " with local edits that were kept; an export would send them");
  note(report.only_remote, " only" + there + "; not created by this run");
  note(report.pending_import, " with changes" + there + " that this run did not take");
  if (report.rule_changed > 0 && !settings_.quiet)
    out_.line("Note: rule changed: " + counted(report.rule_changed, "row follows", "rows follow"));
}

void ItemsReporter::totals(const SyncReport& report) {
  if (settings_.quiet) return;
  const std::uint64_t created = report.created_local + report.created_remote + report.recreated_remote;
  out_.line("Sync completed: " + std::to_string(report.synced()) + " synced (" + std::to_string(created) + " created, " +
            std::to_string(report.updated_local + report.updated_remote - report.both_sides) + " updated), " +
            std::to_string(report.failed + report.rejected) + " errors");
  if (dry_run_) out_.line("Dry run: nothing was written");
}

void ItemsReporter::verdict(const SyncReport& report) {
  const std::string subject = capitalised(nouns_.one) + " synchronization ";
  if (report.interrupted) {
    out_.line(subject + "interrupted: what was written stays, the next run goes on from there");
  } else if (report.failure) {
    out_.line(subject + std::string(palette_.bad) + "failed" + std::string(palette_.reset) + ": " + printable(report.failure_text()));
  } else if (report.exit_code() != 0 && report.failed + report.rejected == 0 && report.awaiting_fields > 0) {
    out_.line(subject + "completed; " + awaiting_text(report) + ": lockstep conflicts");
  } else if (report.exit_code() != 0) {
    out_.line(subject + "completed with errors!");
  } else if (!settings_.quiet) {
    out_.line(subject + "completed successfully!");
  }
}

void ItemsReporter::finished(const SyncReport& report) {
  if (settings_.silent) return;
  release();
  if (!report.failure && !report.interrupted) {
    hints(report);
    totals(report);
  }
  verdict(report);
  out_.flush();
}

}  // namespace lockstep
