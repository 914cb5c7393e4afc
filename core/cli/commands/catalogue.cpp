// Commands of the configuration with style: catalogue, as `ai:sync-models`: an import of every provider that has credentials. All are asked
// at the same time; each then runs like any other import, one after the other, in the order of the configuration.
#include <algorithm>
#include <memory>

#include "cli/print/catalogue_lines.h"
#include "cli/runs.h"
#include "common/error.h"
#include "common/text.h"
#include "operations/ahead.h"
#include "operations/log_observer.h"
#include "operations/report_json.h"
#include "state/state.h"

namespace lockstep {
namespace {

using Turn = CatalogueTurn;

/// A sync that takes part.
struct Part {
  Sync* sync = nullptr;
  const SyncUse* use = nullptr;
  Micros last_sync = 0;
  bool fresh = false;
  std::unique_ptr<Ahead> ahead;
  std::string failure;  ///< the store cannot be read
};

class CatalogueRun {
 public:
  explicit CatalogueRun(Context& context)
      : context_(context), dry_run_(context.arguments.has("dry-run")), lines_(context, "models", dry_run_), options_(options()) {}

  int run() {
    const Micros started_at = context_.clock.now();
    options_.run = make_ulid(started_at);
    const std::vector<std::string> names = take_part();
    if (!context_.json) lines_.header();
    if (!context_.json) {
      for (const auto& [provider, why] : left_out_) lines_.skipped(provider, why);
      if (!left_out_.empty() && context_.verbosity > 0 && !lines_.silent()) context_.out.line("");
    }
    if (names.empty()) return nobody();
    prepare(names);
    std::vector<Turn> turns;
    for (Part& part : parts_) {
      if (context_.stop.stop_requested()) break;
      turns.push_back(take_turn(part));
      if (!context_.json) lines_.turn(turns.back());
    }
    const int code = exit_code_of(turns);
    if (context_.json) {
      print_json(turns, started_at, code);
    } else {
      lines_.end(turns);
    }
    return code;
  }

 private:
  RunOptions options() {
    RunOptions options = run_options_from(context_.arguments);
    // Freshness is all that --force ignores: a second run writes nothing that it need not.
    options.force = false;
    options.want_fields = context_.verbosity > 0;
    return options;
  }

  /// The syncs of the command whose providers can be used. A provider that was asked for by name and cannot is an error.
  std::vector<std::string> take_part() {
    const Configuration& configuration = context_.workspace->configuration();
    const std::vector<std::string> wanted = context_.arguments.list("provider");
    std::vector<std::string> known, names;
    for (const std::string& group : context_.configured->syncs) {
      for (const std::string& name : configuration.members(group)) {
        const SyncUse& use = *configuration.sync(name);
        known.push_back(use.provider);
        const bool asked = std::find(wanted.begin(), wanted.end(), use.provider) != wanted.end();
        if (!wanted.empty() && !asked) continue;
        if (const auto why = context_.workspace->unavailable(use.provider)) {
          if (asked) throw Error(ErrorKind::Credentials, *why);
          left_out_.emplace_back(use.provider, *why);
          continue;
        }
        names.push_back(name);
      }
    }
    context_.workspace->problems().raise();
    for (const std::string& name : wanted) {
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw Error(ErrorKind::Invalid, "unknown provider " + in_quotes(name) + did_you_mean(name, known),
                    "the providers of this command are " + join(known, ", "));
    }
    return names;
  }

  int nobody() {
    const std::string line = "No providers available for synchronization.";
    if (context_.json) {
      context_.print(error_json("credentials", line, "", 1));
    } else {
      if (!lines_.silent()) context_.out.line(line);
      if (context_.verbosity == 0 || lines_.silent()) {
        for (const auto& [provider, why] : left_out_) context_.diagnostics.line(printable(provider) + ": " + printable(why));
      }
    }
    return 1;
  }

  /// Loads all, sees which are fresh, and asks every other provider.
  void prepare(const std::vector<std::string>& names) {
    for (Sync* sync : context_.workspace->load_to_run(names)) {
      Part& part = parts_.emplace_back();
      part.sync = sync;
      part.use = context_.workspace->configuration().sync(sync->name);
      context_.workspace->open(*sync);
      State state(*sync->store);
      if (state.ready()) {
        if (const auto entry = state.find_sync(identity_of(*sync))) part.last_sync = entry->checked_at;
      }
      const Micros age = context_.clock.now() - part.last_sync;
      const bool due = part.last_sync == 0 || age < 0 || age >= Micros{part.use->fresh_for.count()} * 1000;
      due_ = due_ || due;
      part.fresh = !due && !dry_run_ && !context_.arguments.has("force");
    }
    for (Part& part : parts_) {
      if (!part.fresh)
        part.ahead = std::make_unique<Ahead>(*part.sync->provider, *part.sync->resource, ListQuery{part.sync->page_size}, context_.stop,
                                             part.sync->mapping->secrets());
    }
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
    Sync sync = *part.sync;
    sync.provider = part.ahead.get();
    RunOptions options = options_;
    options.summarise = [&](Store&) { return statistics_json(read_catalogue(*part.sync, turn.provider).statistics()); };
    Observer nobody;
    LogObserver log(nobody, {.problems = context_.problems_logged});
    turn.report = Engine(context_.clock, context_.stop).run(sync, options, log);
    log.finished(turn.report);
    turn.ids = part.ahead->ids();
    std::sort(turn.ids.begin(), turn.ids.end());
    if (turn.report.failure) turn.state = Turn::State::Failed;
    if (turn.state == Turn::State::Synced && !dry_run_) turn.statistics = read_catalogue(*part.sync, turn.provider).statistics();
    return turn;
  }

  int exit_code_of(const std::vector<Turn>& turns) const {
    if (context_.stop.stop_requested()) return 130;
    std::vector<SyncReport> ran;
    for (const Turn& turn : turns) {
      if (turn.state != Turn::State::Fresh) ran.push_back(turn.report);
    }
    int code = exit_code(ran);
    // What is fresh is in order: not everything has failed.
    if (code == 1 && ran.size() < turns.size()) code = 2;
    const bool check = context_.arguments.has("check") || (dry_run_ && context_.quiet);
    if (code == 0 && check && dry_run_ && (due_ || anything_pending(ran, true))) return 3;
    return code;
  }

  void print_json(const std::vector<Turn>& turns, Micros started_at, int code) const {
    std::vector<SyncReport> reports;
    for (const Turn& turn : turns) reports.push_back(turn.report);
    const RunSummary summary{options_.run, context_.arguments.command, dry_run_, code, started_at, duration_of(reports)};
    Json out = run_json(summary, reports, options_.want_fields);
    for (std::size_t i = 0; i < turns.size(); ++i) {
      Json& sync = (*out["syncs"].array())[i];
      const Turn& turn = turns[i];
      sync["provider"] = Json(turn.provider);
      sync["status"] = Json(turn.state == Turn::State::Fresh    ? "skipped"
                            : turn.state == Turn::State::Failed ? "error"
                            : dry_run_                          ? "dry_run"
                                                                : "success");
      if (turn.state == Turn::State::Fresh) sync["reason"] = Json("cache_valid");
      sync["last_sync"] = time_json(turn.last_sync);
      sync["no_longer_listed"] = Json(static_cast<std::int64_t>(turn.newly_missing()));
      if (!turn.statistics.empty()) sync["statistics"] = statistics_json(turn.statistics);
    }
    Json::Array skipped;
    for (const auto& [provider, why] : left_out_) skipped.push_back(Json::Object{{"provider", provider}, {"reason", why}});
    out["not_available"] = Json(std::move(skipped));
    context_.print(out);
  }

  Context& context_;
  bool dry_run_;
  CatalogueLines lines_;
  RunOptions options_;
  std::vector<std::pair<std::string, std::string>> left_out_;  ///< provider, why
  std::vector<Part> parts_;
  bool due_ = false;  ///< at least one is not fresh any more
};

}  // namespace

int catalogue_command(Context& context) { return CatalogueRun(context).run(); }

}  // namespace lockstep
