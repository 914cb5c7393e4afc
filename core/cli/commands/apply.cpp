// apply: carries out a saved plan. Every sync of it is looked at once more while its lease is held; only when nothing has moved does the
// first write take place, and each record is written only as it was planned.
#include <algorithm>
#include <memory>

#include "cli/runs.h"
#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/plan_file.h"
#include "operations/plan_key.h"
#include "operations/report_json.h"
#include "operations/stores.h"

namespace lockstep {
namespace {

constexpr std::size_t kNamedAtMost = 10;

struct MovedRecord {
  const Sync* sync;
  Moved moved;
};

/// A plan made under other rules, or for another database, is no plan for this one.
void check_target(const std::string& file, const PlannedSync& planned, const Sync& sync) {
  const Json target = target_json(sync);
  for (const auto& [name, value] : *target.object()) {
    const Json* then = planned.target.find(name);
    if (then != nullptr && *then == value) continue;
    throw Error(ErrorKind::Conflict,
                "the plan " + file + " was made for another " + name + ": " + printable(planned.target.text_at(name, "unknown")) +
                    ", and sync " + sync.name + " has " + printable(*value.text()),
                "make a new one: lockstep plan --out FILE");
  }
  if (planned.rules == rules_fingerprint(sync)) return;
  throw Error(ErrorKind::Conflict, "the plan " + file + " is stale: mapping or hooks of sync " + sync.name + " have changed since",
              "make a new one: lockstep plan --out FILE");
}

std::string where_moved(const Sync& sync, const Moved& moved) {
  if (moved.here && moved.there) return "on both sides";
  if (moved.here) return "in the database";
  if (moved.there) return "in " + sync.nouns.provider;
  return "in what decides about it";
}

std::string line_of(const MovedRecord& record) {
  const Moved& moved = record.moved;
  const std::string& one = record.sync->nouns.one;
  if (moved.remote_id.empty() && moved.local_key.empty()) return record.sync->nouns.many + " that were up to date have been synced anew";
  const std::string id =
      moved.remote_id.empty() ? " (row " + printable(moved.local_key) + ")" : " (ID: " + printable(moved.remote_id) + ")";
  return one + " " + printable(moved.label) + id + " has changed " + where_moved(*record.sync, moved);
}

Json moved_json(const std::vector<MovedRecord>& moved) {
  Json::Array out;
  for (const MovedRecord& record : moved) {
    const Moved& one = record.moved;
    const std::string_view side = one.here && one.there ? "both" : one.here ? "local" : one.there ? "remote" : "rules";
    out.push_back(Json::Object{{"sync", record.sync->name},
                               {"id", one.remote_id.empty() ? Json() : Json(one.remote_id)},
                               {"record", one.local_key.empty() ? Json() : Json(one.local_key)},
                               {"label", one.label},
                               {"side", side}});
  }
  return Json(std::move(out));
}

/// "; run 01J9… carried it out already", when one did.
std::string earlier_run(Context& context, const std::string& plan) {
  std::string said;
  each_state(*context.workspace, [&](State& state) {
    for (const RunEntry& run : state.runs({})) {
      if (said.empty() && run.report.text_at("plan") == plan) {
        said = "; run " + run.run + " of " + shown_time(run.started_at) + " carried it out already";
      }
    }
  });
  return said;
}

int refuse_stale(Context& context, const std::string& file, const SavedPlan& plan, const std::vector<MovedRecord>& moved) {
  const std::string message = "the plan " + file + " is stale, nothing was written" + earlier_run(context, plan.id);
  const std::string hint = "make a new one: lockstep plan --out FILE";
  if (context.json) {
    Json out = error_json("stale", message, hint, 1);
    out["moved"] = moved_json(moved);
    context.print(out);
    return 1;
  }
  context.out.flush();
  context.diagnostics.line("Error: " + printable(message));
  for (std::size_t i = 0; i < moved.size() && i < kNamedAtMost; ++i) context.diagnostics.line("  " + line_of(moved[i]));
  if (moved.size() > kNamedAtMost) context.diagnostics.line("  and " + std::to_string(moved.size() - kNamedAtMost) + " more");
  context.diagnostics.line("  " + hint);
  return 1;
}

/// Syncs, leases and expectations of a plan, in its order.
struct Undertaking {
  std::vector<Sync*> syncs;
  std::vector<std::unique_ptr<Lease>> leases;
  std::vector<std::shared_ptr<const Expectation>> expected;

  std::vector<RunTask> tasks(const SavedPlan& plan) const {
    std::vector<RunTask> tasks;
    for (std::size_t i = 0; i < plan.syncs.size(); ++i) {
      tasks.push_back({plan.syncs[i].name, {}, [this, &planned = plan.syncs[i], i](RunOptions& options) {
                         options.on_conflict = planned.on_conflict;
                         options.local_edits = planned.local_edits;
                         options.expected = expected[i];
                         options.lease = leases[i].get();
                         for (const Sync* held : syncs) options.syncs_held.insert(held->name);
                       }});
    }
    return tasks;
  }
};

Undertaking prepare(Context& context, const std::string& file, const SavedPlan& plan) {
  Undertaking undertaking;
  std::vector<std::string> names;
  for (const PlannedSync& planned : plan.syncs) names.push_back(planned.name);
  undertaking.syncs = context.workspace->load_all(names);
  for (std::size_t i = 0; i < plan.syncs.size(); ++i) {
    Sync& sync = *undertaking.syncs[i];
    context.workspace->open(sync);
    check_target(file, plan.syncs[i], sync);
  }
  check_seal(plan, find_plan_key(undertaking.syncs), file);
  for (std::size_t i = 0; i < plan.syncs.size(); ++i) {
    undertaking.leases.push_back(take_lease(*undertaking.syncs[i]));
    undertaking.expected.push_back(std::make_shared<const Expectation>(plan.syncs[i].sightings.records));
  }
  return undertaking;
}

RunOptions options_of(Context& context, const SavedPlan& plan) {
  RunOptions options = plan.options;
  options.command = typed_command(context.arguments);
  options.want_fields = context.verbosity > 0;
  options.plan = plan.id;
  return options;
}

}  // namespace

int apply_command(Context& context) {
  const std::string file = context.arguments.positionals.at(0);
  const SavedPlan plan = read_plan(file);
  const Undertaking undertaking = prepare(context, printable(file), plan);
  RunOptions options = options_of(context, plan);

  RunOptions look = options;
  look.dry_run = true;
  look.want_sightings = true;
  const std::vector<SyncReport> looked = run_syncs(context, look, undertaking.tasks(plan), Voice::Silent);
  if (context.stop.stop_requested()) return 130;
  std::vector<MovedRecord> moved;
  for (std::size_t i = 0; i < looked.size(); ++i) {
    if (looked[i].failure) {
      throw Error(ErrorKind::Unreachable,
                  "the plan " + printable(file) + " could not be held against both sides, nothing was written: " + *looked[i].failure,
                  looked[i].failure_hint);
    }
    for (Moved& one : find_moved(plan.syncs[i].sightings, looked[i].sightings)) moved.push_back({undertaking.syncs[i], std::move(one)});
  }
  if (!moved.empty()) return refuse_stale(context, printable(file), plan, moved);

  const Micros started_at = context.clock.now();
  options.run = make_ulid(started_at);
  const std::vector<SyncReport> reports = run_syncs(context, options, undertaking.tasks(plan), context.json ? Voice::Log : Voice::Lines);
  return conclude(context, options, reports, started_at);
}

}  // namespace lockstep
