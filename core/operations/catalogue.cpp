#include "operations/catalogue.h"

#include <algorithm>
#include <memory>

#include "common/error.h"
#include "common/text.h"
#include "operations/ahead.h"
#include "operations/chosen_syncs.h"
#include "operations/log_observer.h"
#include "operations/report_json.h"
#include "state/state.h"

namespace lockstep::operations {
namespace {

using Turn = CatalogueTurn;

/// A sync that takes part.
struct Part {
  Sync* sync = nullptr;
  const SyncUse* use = nullptr;
  Micros last_sync = 0;
  bool fresh = false;
  std::unique_ptr<Ahead> ahead;
};

bool among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The syncs of the command whose providers can be used.
std::vector<std::string> take_part(const Workspace& workspace, const CatalogueRequest& request, std::vector<LeftOut>& left_out) {
  const std::vector<std::string>& wanted = request.providers;
  std::vector<std::string> known, asked, taking_part;
  for (const std::string& group : request.syncs) {
    for (const std::string& name : workspace.configuration().members(group)) {
      const SyncUse& use = *workspace.configuration().sync(name);
      known.push_back(use.provider);
      const bool named = among(wanted, use.provider);
      if (!wanted.empty() && !named) continue;
      asked.push_back(name);
      if (const auto why = workspace.unavailable(use.provider)) {
        if (named) throw Error(ErrorKind::Credentials, *why);
        left_out.push_back({use.provider, *why});
        continue;
      }
      taking_part.push_back(name);
    }
  }
  workspace.problems_of(asked).raise();
  for (const std::string& name : wanted) {
    if (!among(known, name))
      throw Error(ErrorKind::Invalid, "unknown provider " + in_quotes(name) + did_you_mean(name, known),
                  "the providers of this command are " + join(known, ", "));
  }
  return taking_part;
}

class CatalogueRun {
 public:
  CatalogueRun(const Workspace& workspace, const CatalogueRequest& request, RunOptions options, const Clock& clock, std::stop_token stop)
      : session_(workspace, stop), request_(request), options_(std::move(options)), clock_(clock), stop_(std::move(stop)) {}

  /// Loads all, sees which are fresh, and asks every other provider.
  void prepare(const std::vector<std::string>& syncs) {
    for (Sync* sync : session_.load_to_run(syncs)) look_at(*sync);
    for (Part& part : parts_) {
      if (!part.fresh)
        part.ahead = std::make_unique<Ahead>(*part.sync->provider, *part.sync->resource, ListQuery{part.sync->page_size}, stop_,
                                             part.sync->mapping->secrets());
    }
  }

  void take_turns(CatalogueOutcome& outcome, CatalogueObserver& observer) {
    for (Part& part : parts_) {
      if (stop_.stop_requested()) break;
      outcome.turns.push_back(take_turn(part));
      observer.finished(outcome.turns.back());
    }
  }

  Verdict verdict_of(const std::vector<Turn>& turns) const {
    std::vector<SyncReport> ran;
    for (const Turn& turn : turns) {
      if (turn.state != Turn::State::Fresh) ran.push_back(turn.report);
    }
    const Verdict verdict = operations::verdict_of(ran, stop_);
    // What is fresh is in order: not everything has failed.
    if (verdict == Verdict::Failed && ran.size() < turns.size()) return Verdict::Partly;
    const bool pending = options_.dry_run && request_.check && (due_ || anything_pending(ran, true));
    return verdict == Verdict::Done && pending ? Verdict::Pending : verdict;
  }

 private:
  void look_at(Sync& sync) {
    Part& part = parts_.emplace_back();
    part.sync = &sync;
    part.use = session_.configuration().sync(sync.name);
    session_.open(sync);
    State state(*sync.store);
    if (state.ready()) {
      if (const auto entry = state.find_sync(identity_of(sync))) part.last_sync = entry->checked_at;
    }
    const Micros age = clock_.now() - part.last_sync;
    const bool due = part.last_sync == 0 || age < 0 || age >= Micros{part.use->fresh_for.count()} * 1000;
    due_ = due_ || due;
    part.fresh = !due && !options_.dry_run && !request_.also_fresh;
  }

  Turn take_turn(Part& part) {
    Turn turn;
    turn.provider = part.use->provider;
    turn.last_sync = part.last_sync;
    turn.report.name = part.sync->name;
    if (part.fresh) {
      turn.state = Turn::State::Fresh;
      return turn;
    }
    turn.report = run_part(part, turn.provider);
    turn.ids = part.ahead->ids();
    std::sort(turn.ids.begin(), turn.ids.end());
    if (turn.report.failure) turn.state = Turn::State::Failed;
    if (turn.state == Turn::State::Synced && !options_.dry_run) turn.statistics = read_catalogue(*part.sync, turn.provider).statistics();
    return turn;
  }

  SyncReport run_part(Part& part, const std::string& provider) {
    Sync sync = *part.sync;
    sync.provider = part.ahead.get();
    RunOptions options = options_;
    options.summarise = [&](Store&) { return statistics_json(read_catalogue(*part.sync, provider).statistics()); };
    Observer nobody;
    LogObserver log(nobody, {.problems = request_.problems_logged});
    SyncReport report = Engine(clock_, stop_).run(sync, options, log);
    log.finished(report);
    return report;
  }

  Session session_;
  const CatalogueRequest& request_;
  RunOptions options_;
  const Clock& clock_;
  std::stop_token stop_;
  std::vector<Part> parts_;
  bool due_ = false;  ///< at least one is not fresh any more
};

std::string_view status_of(const Turn& turn, bool dry_run) {
  switch (turn.state) {
    case Turn::State::Fresh: return "skipped";
    case Turn::State::Failed: return "error";
    case Turn::State::Synced: break;
  }
  return dry_run ? "dry_run" : "success";
}

void add_turn(Json& sync, const Turn& turn, bool dry_run) {
  sync["provider"] = Json(turn.provider);
  sync["status"] = Json(status_of(turn, dry_run));
  if (turn.state == Turn::State::Fresh) sync["reason"] = Json("cache_valid");
  sync["last_sync"] = time_json(turn.last_sync);
  sync["no_longer_listed"] = Json(static_cast<std::int64_t>(turn.newly_missing()));
  if (!turn.statistics.empty()) sync["statistics"] = statistics_json(turn.statistics);
}

}  // namespace

std::uint64_t CatalogueTurn::newly_missing() const {
  return static_cast<std::uint64_t>(std::count_if(report.problems.begin(), report.problems.end(),
                                                  [](const Problem& problem) { return problem.code == "missing_remote"; }));
}

CatalogueOutcome catalogue(const Workspace& workspace, const CatalogueRequest& request, CatalogueObserver& observer, const Clock& clock,
                           std::stop_token stop) {
  CatalogueOutcome outcome;
  outcome.run.started_at = clock.now();
  RunOptions options = request.options;
  // Freshness is all that can be ignored: a second run writes nothing that it need not.
  options.force = false;
  outcome.run.run = options.run = make_ulid(outcome.run.started_at);
  outcome.run.command = request.command;
  outcome.run.dry_run = options.dry_run;
  outcome.run.with_changes = options.want_fields;
  const std::vector<std::string> syncs = take_part(workspace, request, outcome.left_out);
  observer.begun(outcome.left_out);
  if (syncs.empty()) {
    outcome.nobody = true;
    outcome.verdict = Verdict::Failed;
    return outcome;
  }
  CatalogueRun run(workspace, request, std::move(options), clock, stop);
  run.prepare(syncs);
  run.take_turns(outcome, observer);
  outcome.verdict = outcome.run.verdict = run.verdict_of(outcome.turns);
  for (const Turn& turn : outcome.turns) outcome.run.reports.push_back(turn.report);
  return outcome;
}

Json to_json(const CatalogueOutcome& outcome) {
  if (outcome.nobody) return error_json("credentials", kNobodyAvailable, "", number_of(outcome.verdict));
  Json out = to_json(outcome.run);
  for (std::size_t i = 0; i < outcome.turns.size(); ++i) add_turn((*out["syncs"].array())[i], outcome.turns[i], outcome.run.dry_run);
  Json::Array skipped;
  for (const LeftOut& each : outcome.left_out) skipped.push_back(Json::Object{{"provider", each.provider}, {"reason", each.why}});
  out["not_available"] = Json(std::move(skipped));
  return out;
}

}  // namespace lockstep::operations
