// history and rejected: the journal as the state tables hold it.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "cli/print/items_reporter.h"
#include "common/error.h"
#include "common/text.h"
#include "engine/decide/cases.h"
#include "format/json.h"
#include "operations/report_json.h"
#include "operations/since.h"
#include "operations/stores.h"

namespace lockstep {
namespace {

constexpr std::size_t kShownStored = 80;

/// Names of syncs for what was given: a sync, a group or a table. A sync that the configuration does not have any more has a past all the
/// same.
std::vector<std::string> chosen_names(const Context& context, const std::vector<std::string>& given) {
  const Configuration& configuration = context.workspace->configuration();
  std::vector<std::string> names;
  for (const std::string& name : given) {
    std::vector<std::string> members = configuration.members(name);
    for (const SyncUse& sync : configuration.syncs) {
      if (members.empty() && context.workspace->table_of(sync.name) == name) members.push_back(sync.name);
    }
    if (members.empty()) members.push_back(name);
    names.insert(names.end(), members.begin(), members.end());
  }
  return names;
}

HistoryFilter filter_of(const Context& context) {
  const Arguments& given = context.arguments;
  HistoryFilter filter;
  filter.run = given.text("run");
  filter.record = given.text("record");
  filter.field = given.text("field");
  filter.syncs = chosen_names(context, given.list("sync"));
  filter.since = since_of(given.text("since"), context.clock.now());
  const OptionValues limit(std::span<const Option>(), {{"limit", given.text("limit", "50")}});
  if (limit.integer("limit") < 0) throw Error(ErrorKind::Invalid, "--limit cannot be negative");
  filter.limit = static_cast<std::size_t>(limit.integer("limit"));
  return filter;
}

std::int64_t counter(const Json& report, std::string_view name) {
  const Json* found = report.find(name);
  return found != nullptr && found->integer() != nullptr ? *found->integer() : 0;
}

Json run_entry_json(const RunEntry& run) {
  Json out = Json::Object{{"run", run.run},
                          {"command", run.command},
                          {"mode", run.mode},
                          {"by", run.by},
                          {"started_at", time_json(run.started_at)},
                          {"finished_at", time_json(run.finished_at)},
                          {"exit", run.finished_at == 0 ? Json() : Json(run.exit)}};
  if (const Json::Object* report = run.report.object()) {
    for (const auto& [name, value] : *report) {
      if (out.find(name) == nullptr) out[name] = value;
    }
  }
  return out;
}

Json change_entry_json(const ChangeEntry& change, const std::string& table) {
  return Json::Object{{"run", change.run},
                      {"sync", change.sync},
                      {"record", change.local_key},
                      {"table", table.empty() ? Json() : Json(table)},
                      {"remote_id", change.remote_id},
                      {"label", change.label},
                      {"side", change.side},
                      {"action", change.action},
                      {"case", change.case_number},
                      {"why", std::string(why_changed(change.case_number))},
                      {"at", time_json(change.at)},
                      {"fields", change.fields.is_null() ? Json(Json::Object()) : change.fields}};
}

std::string outcome(const RunEntry& run) {
  if (run.finished_at == 0) return "not finished";
  return "exit " + std::to_string(run.exit) + ": " +
         std::to_string(counter(run.report, "created_local") + counter(run.report, "created_remote") +
                        counter(run.report, "recreated_remote")) +
         " created, " + std::to_string(counter(run.report, "updated_local") + counter(run.report, "updated_remote")) + " updated, " +
         std::to_string(counter(run.report, "failed") + counter(run.report, "rejected")) + " errors" +
         (counter(run.report, "skipped") == 0 ? "" : ", " + std::to_string(counter(run.report, "skipped")) + " skipped");
}

void print_runs(Context& context, const std::vector<RunEntry>& runs) {
  if (runs.empty()) {
    context.out.line("No runs.");
    return;
  }
  std::vector<std::vector<std::string>> rows{{"RUN", "STARTED", "SYNC", "COMMAND", "BY", "RESULT"}};
  for (const RunEntry& run : runs) {
    rows.push_back({run.run, shown_time(run.started_at), printable(run.report.text_at("sync")), printable(ellipsize(run.command, 40)),
                    printable(run.by), outcome(run)});
  }
  context.out.lines(align(rows));
}

void print_fields(Context& context, const Json& fields) {
  if (fields.object() == nullptr) return;
  for (const auto& [column, values] : *fields.object()) {
    const Json* before = values.find("before");
    const Json* after = values.find("after");
    const Json* stored = values.find("stored");
    context.out.line(show_field({column, before == nullptr ? Json() : *before, after == nullptr ? Json() : *after}, false, "    ") +
                     (stored == nullptr ? "" : " (kept there as " + show_value(*stored, kShownStored) + ")"));
  }
}

/// "… update in Vapi: assistant Front Desk (ID: …, row 3), edited here".
std::string change_line(const ChangeEntry& change, const Sync* sync) {
  std::string line = shown_time(change.at) + "  " + change.run + "  " + change.action;
  line += change.side == "local" ? " here" : " in " + (sync == nullptr ? "the remote" : sync->nouns.provider);
  line += ": " + (sync == nullptr ? printable(change.sync) : sync->nouns.one) + " " + printable(change.label);
  const std::string row = change.local_key.empty() ? "" : "row " + printable(change.local_key);
  const std::string id = change.remote_id.empty() ? "" : "ID: " + printable(change.remote_id) + (row.empty() ? "" : ", ");
  if (!id.empty() || !row.empty()) line += " (" + id + row + ")";
  return line + ", " + std::string(why_changed(change.case_number));
}

void print_changes(Context& context, const std::vector<ChangeEntry>& changes) {
  for (const ChangeEntry& change : changes) {
    const bool configured = context.workspace->configuration().sync(change.sync) != nullptr;
    context.out.line(change_line(change, configured ? context.workspace->load(change.sync) : nullptr));
    print_fields(context, change.fields);
  }
  if (changes.empty()) context.out.line("No changes.");
}

/// Adds the entries of another database, both newest first. By time between databases; within one the order stays, also where its clock was
/// set back.
template <class Entry, class Time>
void merge(std::vector<Entry>& entries, std::vector<Entry> more, Time time) {
  std::vector<Entry> out;
  out.reserve(entries.size() + more.size());
  auto one = entries.begin(), other = more.begin();
  while (one != entries.end() && other != more.end()) out.push_back(std::move(time(*one) >= time(*other) ? *one++ : *other++));
  std::move(one, entries.end(), std::back_inserter(out));
  std::move(other, more.end(), std::back_inserter(out));
  entries = std::move(out);
}

template <class Entry>
void shorten(std::vector<Entry>& entries, std::size_t limit) {
  if (limit > 0 && entries.size() > limit) entries.resize(limit);
}

/// Nothing in the journal has such a field: a name that no mapping has either is a mistake.
void check_field(Context& context, const std::string& field) {
  std::vector<std::string> columns;
  for (const SyncUse& entry : context.workspace->configuration().syncs) {
    const Sync* sync = context.workspace->load(entry.name);
    if (sync == nullptr) return;
    for (const Column& column : sync->mapping->table().columns) columns.push_back(column.name);
  }
  if (std::find(columns.begin(), columns.end(), field) != columns.end()) return;
  throw Error(ErrorKind::NotFound, "no mapping has a column " + in_quotes(field) + did_you_mean(field, columns));
}

/// A name that neither the configuration nor the journal knows is a mistake.
void check_syncs(Context& context, const std::vector<std::string>& given) {
  const Configuration& configuration = context.workspace->configuration();
  std::vector<std::string> known = configuration.sync_names();
  each_state(*context.workspace, [&](State& state) {
    for (const SyncEntry& entry : state.syncs()) known.push_back(entry.name);
    for (const RunEntry& run : state.runs({})) known.push_back(run.report.text_at("sync"));
  });
  for (const std::string& name : given) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw Error(ErrorKind::NotFound, "no sync " + in_quotes(name) + did_you_mean(name, known),
                "syncs are: " + join(configuration.sync_names(), ", "));
  }
}

void keep_only(Json& fields, const std::string& field) {
  if (fields.object() == nullptr) return;
  Json one{Json::Object{}};
  if (const Json* found = fields.find(field)) one[field] = *found;
  fields = std::move(one);
}

struct History {
  std::vector<RunEntry> runs;
  std::vector<ChangeEntry> changes;
};

History history_of(Context& context, const HistoryFilter& filter, bool with_changes) {
  History out;
  each_state(*context.workspace, [&](State& state) {
    const bool only_touched = !filter.record.empty() || !filter.field.empty();
    const std::size_t limit = only_touched ? 0 : filter.limit;
    std::vector<RunEntry> runs =
        state.runs({.run = filter.run, .record = {}, .field = {}, .since = filter.since, .syncs = filter.syncs, .limit = limit});
    if (with_changes) {
      std::vector<ChangeEntry> changes = state.changes(filter);
      if (only_touched) {
        std::set<std::string> touched;
        for (const ChangeEntry& change : changes) touched.insert(change.run);
        std::erase_if(runs, [&](const RunEntry& run) { return !touched.contains(run.run); });
      }
      merge(out.changes, std::move(changes), [](const ChangeEntry& change) { return change.at; });
    }
    merge(out.runs, std::move(runs), [](const RunEntry& run) { return run.started_at; });
  });
  shorten(out.runs, filter.limit);
  shorten(out.changes, filter.limit);
  if (!filter.field.empty()) {
    for (ChangeEntry& change : out.changes) keep_only(change.fields, filter.field);
  }
  return out;
}

Json history_json(Context& context, const History& history, bool with_changes) {
  Json out = Json::Object{{"runs", Json::Array()}};
  for (const RunEntry& run : history.runs) out["runs"].array()->push_back(run_entry_json(run));
  if (with_changes) out["changes"] = Json::Array();
  std::map<std::string, std::string> tables;
  for (const ChangeEntry& change : history.changes) {
    const auto [table, fresh] = tables.try_emplace(change.sync);
    if (fresh) table->second = context.workspace->table_of(change.sync);
    out["changes"].array()->push_back(change_entry_json(change, table->second));
  }
  return out;
}

}  // namespace

int history_command(Context& context) {
  const HistoryFilter filter = filter_of(context);
  const bool with_changes = !filter.run.empty() || !filter.record.empty() || !filter.field.empty() || filter.since != 0;
  const History history = history_of(context, filter, with_changes);
  if (!filter.run.empty() && history.runs.empty()) entries_of_run(*context.workspace, filter.run);
  if (history.runs.empty()) check_syncs(context, filter.syncs);
  if (!filter.field.empty() && history.changes.empty()) check_field(context, filter.field);
  if (context.json) {
    context.print(history_json(context, history, with_changes));
  } else if (!context.quiet) {
    print_runs(context, history.runs);
    if (with_changes) print_changes(context, history.changes);
  }
  return 0;
}

int rejected_command(Context& context) {
  const std::vector<RejectedEntry> all = all_rejected(*context.workspace);
  if (context.json) {
    Json::Array rejected;
    for (const RejectedEntry& entry : all) {
      rejected.push_back(Json::Object{{"id", std::to_string(entry.id)},
                                      {"sync", entry.sync},
                                      {"remote_id", entry.remote_id},
                                      {"record", entry.local_key.empty() ? Json() : Json(entry.local_key)},
                                      {"label", entry.label},
                                      {"reason", entry.reason},
                                      {"since", time_json(entry.since)}});
    }
    context.print(Json::Object{{"rejected", std::move(rejected)}});
    return 0;
  }
  if (context.quiet) return 0;
  for (const RejectedEntry& entry : all) {
    const std::string place = entry.remote_id.empty() ? "row " + entry.local_key : "ID: " + entry.remote_id;
    context.out.line(std::to_string(entry.id) + "  " + printable(entry.sync) + "  " + printable(entry.label) + " (" + printable(place) +
                     ")  since " + shown_time(entry.since));
    context.out.line("    " + printable(entry.reason));
  }
  if (all.empty()) context.out.line("Nothing is rejected.");
  return 0;
}

}  // namespace lockstep
