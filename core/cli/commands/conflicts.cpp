// conflicts and resolve: what awaits a decision, and the decision carried out at once, for this one field of this one record.
// Creates of which nobody knows whether they took place, at an API that is not known to keep a marker, await one too.
#include <algorithm>
#include <optional>

#include "cli/print/items_reporter.h"
#include "cli/print/value_diff.h"
#include "cli/runs.h"
#include "common/error.h"
#include "common/text.h"
#include "engine/sides/apart.h"
#include "engine/sides/given_value.h"
#include "format/json.h"
#include "mapping/sets.h"
#include "operations/report_json.h"
#include "operations/stores.h"

namespace lockstep {
namespace {

/// One line of `lockstep conflicts`.
struct Awaiting {
  std::string id;
  ConflictEntry conflict;             ///< of a create: what there is to say about its row
  std::optional<IntentEntry> create;  ///< set for a create
};

/// The open creates of a sync that carry no marker, or whose API is not known to keep it.
void add_creates(State& state, const std::string& sync, std::vector<Awaiting>& all) {
  const std::optional<SyncEntry> entry = state.find_sync(sync);
  if (!entry) return;
  for (IntentEntry& intent : state.intents(entry->id)) {
    if (intent.action == "update" || (!intent.marker.empty() && entry->keeps_markers)) continue;
    Awaiting& one = all.emplace_back();
    one.id = "create-" + std::to_string(intent.id);
    one.conflict.sync = sync;
    one.conflict.local_key = intent.local_key;
    one.conflict.remote_id = intent.remote_id;
    one.conflict.label = "row " + intent.local_key;
    one.conflict.since = intent.opened_at;
    one.create = std::move(intent);
  }
}

/// Everything that awaits a decision, oldest first. An id that two stores use names its sync too: "assistants:3".
std::vector<Awaiting> all_awaiting(Context& context) {
  std::vector<Awaiting> all;
  each_state(*context.workspace, [&](State& state) {
    for (ConflictEntry& conflict : state.conflicts()) {
      Awaiting& one = all.emplace_back();
      one.id = std::to_string(conflict.id);
      one.conflict = std::move(conflict);
    }
    for (const SyncUse& sync : context.workspace->configuration().syncs) add_creates(state, sync.name, all);
  });
  std::stable_sort(all.begin(), all.end(), [](const Awaiting& a, const Awaiting& b) { return a.conflict.since < b.conflict.since; });
  std::vector<std::string> ids;
  for (const Awaiting& one : all) ids.push_back(one.id);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (std::count(ids.begin(), ids.end(), ids[i]) > 1) all[i].id = all[i].conflict.sync + ":" + ids[i];
  }
  return all;
}

Json awaiting_json(const Awaiting& one) {
  const ConflictEntry& entry = one.conflict;
  return Json::Object{{"id", one.id},
                      {"sync", entry.sync},
                      {"record", entry.local_key},
                      {"remote_id", entry.remote_id.empty() ? Json() : Json(entry.remote_id)},
                      {"label", entry.label},
                      {"field", one.create ? Json() : Json(entry.field)},
                      {"base", entry.base},
                      {"here", entry.here},
                      {"there", entry.there},
                      {"since", time_json(entry.since)}};
}

/// "Vapi"; of a sync that the configuration does not have any more nobody knows it.
std::string remote_name(Context& context, const std::string& sync) {
  const Sync* loaded = context.workspace->configuration().sync(sync) == nullptr ? nullptr : context.workspace->load(sync);
  return loaded == nullptr ? "the remote" : printable(loaded->nouns.provider);
}

/// Of a field whose order says nothing, only what is in one and not in the other is to be seen.
ConflictEntry sets_in_one_order(Context& context, ConflictEntry entry) {
  const Sync* sync = context.workspace->configuration().sync(entry.sync) == nullptr ? nullptr : context.workspace->load(entry.sync);
  const auto ordinal = sync == nullptr ? std::nullopt : sync->mapping->find(entry.field);
  if (!ordinal) return entry;
  const Field& field = sync->mapping->fields()[*ordinal];
  entry.here = in_order_of(field, entry.base, std::move(entry.here));
  entry.there = in_order_of(field, entry.base.is_null() ? entry.here : entry.base, std::move(entry.there));
  return entry;
}

void print_create(Context& context, const Awaiting& one) {
  context.out.line(one.id + "  " + printable(one.conflict.sync) + "  row " + printable(one.conflict.local_key) + "  since " +
                   shown_time(one.conflict.since));
  context.out.line("    was being created when the answer was lost; whether it exists is not known");
  context.out.line("    it does not: lockstep resolve " + one.id + " --take local; it does: lockstep resolve " + one.id +
                   " --take remote --value ID");
}

void print_conflict(Context& context, const Awaiting& one) {
  const ConflictEntry& entry = one.conflict;
  context.out.line(one.id + "  " + printable(entry.sync) + "  " + printable(entry.label) + " (ID: " + printable(entry.remote_id) +
                   ", row " + printable(entry.local_key) + ")  " + printable(entry.field) + "  since " + shown_time(entry.since));
  const Palette palette = Palette::of(context.color);
  const ConflictEntry shown = sets_in_one_order(context, entry);
  context.out.line("    last agreed on: " + (entry.base.is_null() ? std::string("nothing, or not known") : show_value(entry.base)));
  const auto side = [&](const std::string& name, const Json& value) {
    if (!reads_as_difference(entry.base, value)) return context.out.line("    " + name + ": " + show_value(value));
    for (const std::string& line : show_change({name, entry.base, value}, false, "    ", palette)) context.out.line(line);
  };
  side("in the database", shown.here);
  side("in " + remote_name(context, entry.sync), shown.there);
}

/// The one that is meant. A number alone is enough where it names one conflict.
Awaiting choose(const std::vector<Awaiting>& all, const std::string& id) {
  std::vector<std::string> known;
  for (const Awaiting& one : all) {
    if (one.id == id) return one;
    known.push_back(one.id);
  }
  throw Error(ErrorKind::NotFound, "no conflict " + in_quotes(id) + did_you_mean(id, known), "run: lockstep conflicts");
}

Resolution resolution_of(Context& context, const ConflictEntry& entry, const Sync& sync) {
  const Arguments& given = context.arguments;
  const std::optional<std::size_t> ordinal = sync.mapping->find(entry.field);
  Resolution resolution;
  resolution.column = entry.field;
  resolution.here = entry.here;
  resolution.there = entry.there;
  if (given.has("value")) {
    resolution.take = Resolution::Take::Value;
    const std::string text = given.text("value");
    resolution.value = ordinal ? value_given(sync.mapping->fields()[*ordinal], text) : Json(text);
  } else {
    resolution.take = given.text("take") == "local" ? Resolution::Take::Local : Resolution::Take::Remote;
  }
  return resolution;
}

void settle_field(Context& context, const Awaiting& chosen, const Sync& sync, RunOptions& options) {
  if (context.arguments.has("take") == context.arguments.has("value")) {
    throw Error(ErrorKind::Invalid, "say what both sides shall hold", "add --take local, --take remote or --value V");
  }
  options.mode = Mode::Full;
  options.existing_only = true;
  options.ids = {chosen.conflict.remote_id};
  options.resolution = resolution_of(context, chosen.conflict, sync);
}

/// Why the options say nothing that a create could be closed with.
void check_word_on_create(const Arguments& given, const std::string& id) {
  const bool again = given.text("take") == "local";
  if (!given.has("take")) {
    throw Error(ErrorKind::Invalid, "say whether it was created",
                "add --take local to create it again, or --take remote --value ID when it exists under that ID");
  }
  if (again && given.has("value")) {
    throw Error(ErrorKind::Invalid, "--value names the item that the create made, and --take local says that it made none",
                "leave --value out, or run: lockstep resolve " + id + " --take remote --value ID");
  }
  if (!again && trim(given.text("value")).empty()) {
    throw Error(ErrorKind::Invalid, "say which item the create made", "run: lockstep resolve " + id + " --take remote --value ID");
  }
}

void settle_create(Context& context, const Awaiting& chosen, RunOptions& options) {
  check_word_on_create(context.arguments, chosen.id);
  const bool again = context.arguments.text("take") == "local";
  options.mode = again ? Mode::Export : Mode::Full;
  options.open_create = OpenCreate{chosen.create->local_key, again};
  if (!again) options.ids = {context.arguments.text("value")};
  if (again && !chosen.create->remote_id.empty()) options.ids = {chosen.create->remote_id};
}

/// There was no pair any more, which a warning has told, and nothing was decided.
bool was_apart(const std::vector<SyncReport>& reports) {
  return std::any_of(reports[0].problems.begin(), reports[0].problems.end(),
                     [](const Problem& problem) { return problem.code == "conflict_closed"; });
}

/// No run comes to a conflict of a sync that the configuration has no longer.
int close_of_no_sync(Context& context, const Awaiting& chosen) {
  for (const PluginUse& entry : context.workspace->configuration().stores) {
    Store& store = context.workspace->store(entry.name);
    State state(store);
    if (!state.ready()) continue;
    const std::vector<ConflictEntry> open = state.conflicts();
    const bool has_it = std::any_of(open.begin(), open.end(), [&](const ConflictEntry& one) {
      return one.id == chosen.conflict.id && one.sync == chosen.conflict.sync;
    });
    if (has_it) close_unclaimed(store, chosen.conflict, context.clock);
  }
  if (context.json) {
    context.print(Json::Object{{"closed", chosen.id}, {"exit", 0}});
  } else if (!context.quiet) {
    context.out.line("Closed, for the configuration has no sync " + in_quotes(chosen.conflict.sync) + " any more: " +
                     printable(chosen.conflict.field) + " of " + printable(chosen.conflict.label) + "; nothing was written to either side");
  }
  return 0;
}

bool still_open(Context& context, const Awaiting& chosen) {
  const std::vector<Awaiting> all = all_awaiting(context);
  return std::any_of(all.begin(), all.end(), [&](const Awaiting& one) { return one.id == chosen.id; });
}

}  // namespace

int conflicts_command(Context& context) {
  const std::vector<Awaiting> all = all_awaiting(context);
  if (context.json) {
    Json::Array conflicts;
    for (const Awaiting& one : all) conflicts.push_back(awaiting_json(one));
    context.print(Json::Object{{"conflicts", std::move(conflicts)}});
    return 0;
  }
  if (context.quiet) return 0;
  for (const Awaiting& one : all) one.create ? print_create(context, one) : print_conflict(context, one);
  if (all.empty()) context.out.line("Nothing awaits a decision.");
  return 0;
}

int resolve_command(Context& context) {
  const Awaiting chosen = choose(all_awaiting(context), context.arguments.positionals.at(0));
  const std::string& name = chosen.conflict.sync;
  if (context.workspace->configuration().sync(name) == nullptr) return close_of_no_sync(context, chosen);
  const std::vector<Sync*> syncs = context.workspace->load_all(std::vector<std::string>{name});
  RunOptions options = run_options_from(context.arguments);
  if (chosen.create) {
    settle_create(context, chosen, options);
  } else {
    settle_field(context, chosen, *syncs.front(), options);
  }
  options.want_fields = context.verbosity > 0;
  const Micros started_at = context.clock.now();
  options.run = make_ulid(started_at);
  std::vector<SyncReport> reports = run_syncs(context, options, {{name}}, context.json ? Voice::Log : Voice::Lines);
  if (reports.size() == 1 && reports[0].exit_code() == 0 && still_open(context, chosen)) {
    reports[0].awaiting = 1;
    if (!context.json) context.out.line("The conflict is still open: lockstep conflicts");
  } else if (!context.json && !context.quiet && exit_code(reports) == 0 && !was_apart(reports)) {
    context.out.line("Resolved: " + (chosen.create ? "the create" : printable(chosen.conflict.field)) + " of " +
                     printable(chosen.conflict.label));
  }
  return conclude(context, options, reports, started_at);
}

}  // namespace lockstep
