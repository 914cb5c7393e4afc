#include "operations/check.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include "common/error.h"
#include "common/text.h"
#include "engine/passes/account_look.h"
#include "engine/passes/table_look.h"
#include "operations/session.h"
#include "operations/table_checks.h"
#include "operations/tables.h"
#include "sdk/call.h"
#include "state/state.h"

namespace lockstep::operations {
namespace {

using CheckState = CheckResult::State;

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Verdict verdict_of(const CheckOutcome& outcome, const std::stop_token& stop) {
  if (stop.stop_requested()) return Verdict::Interrupted;
  if (!outcome.mistakes.empty()) return Verdict::Failed;
  const std::vector<CheckResult>& results = outcome.results;
  const auto bad = std::count_if(results.begin(), results.end(), [](const CheckResult& result) { return result.state == CheckState::Bad; });
  if (bad == 0) return Verdict::Done;
  const auto connected = std::any_of(results.begin(), results.end(), [](const CheckResult& result) {
    return (result.what == "provider" || result.what == "store") && result.state == CheckState::Good;
  });
  return connected ? Verdict::Partly : Verdict::Failed;
}

std::string told_of(const Mapping& mapping) {
  return mapping.sends() ? "" : "; read-only: nothing is sent, and no item is created or made anew";
}

class Checker {
 public:
  Checker(const Workspace& workspace, const Clock& clock, std::stop_token stop)
      : workspace_(workspace), session_(workspace, stop), clock_(clock), stop_(std::move(stop)) {}

  /// Every part that the configuration names, used by a sync or not.
  void offline() {
    const Configuration& configuration = workspace_.configuration();
    for (const PluginUse& use : configuration.providers) workspace_.provider(use.name);
    for (const PluginUse& use : configuration.stores) workspace_.check_store(use.name);
    for (const SyncUse& entry : configuration.syncs) workspace_.load(entry.name);
    yaml::Problems found = workspace_.problems();
    found.add(workspace_.clashes_of(configuration.sync_names()));
    mistakes_ = found.errors();
    warnings_ = found.warnings();
    if (!mistakes_.empty()) return;
    good("configuration", configuration.file, counted(configuration.syncs.size(), "sync", "syncs"));
    for (const SyncUse& entry : configuration.syncs) {
      const Sync* sync = workspace_.load(entry.name);
      good("mapping", entry.mapping,
           counted(sync->mapping->fields().size(), "field", "fields") + " of table " + sync->mapping->table_name() +
               told_of(*sync->mapping));
      if (!entry.hooks.empty()) good("hooks", entry.hooks, "for " + entry.name);
    }
  }

  void online() {
    for (const PluginUse& use : workspace_.configuration().providers) {
      if (const auto why = left_out(use)) {
        results_.push_back({CheckState::Note, "provider", use.name, "left out: " + *why, {}});
      } else {
        attempt("provider", use.name, [&] { return check_provider(use); });
      }
    }
    for (const PluginUse& use : workspace_.configuration().stores) attempt("store", use.name, [&] { return check_store(use); });
    for (const SyncUse& entry : workspace_.configuration().syncs) check_list(entry);
    for (const SyncUse& entry : workspace_.configuration().syncs) check_account_of(entry);
    for (const SyncUse& entry : workspace_.configuration().syncs) check_tables(entry);
    for (const SyncUse& entry : workspace_.configuration().syncs) check_watching(entry);
    for (const PluginUse& use : workspace_.configuration().stores) check_state(use);
  }

  bool has_mistakes() const { return !mistakes_.empty(); }

  CheckOutcome outcome() && {
    CheckOutcome all{std::move(results_), std::move(mistakes_), std::move(warnings_), Verdict::Done};
    all.verdict = verdict_of(all, stop_);
    return all;
  }

 private:
  void good(std::string what, std::string name, std::string message) {
    results_.push_back({CheckState::Good, std::move(what), std::move(name), std::move(message), {}});
  }

  template <class Use>
  void attempt(const std::string& what, const std::string& name, Use use) {
    if (stop_.stop_requested()) return;
    try {
      good(what, name, use());
    } catch (const Error& failure) {
      results_.push_back({CheckState::Bad, what, name, failure.what(), std::string(to_string(failure.kind()))});
    }
  }

  /// A provider without a key that only optional syncs use, or one that is for another environment.
  std::optional<std::string> left_out(const PluginUse& use) {
    if (auto why = workspace_.out_of_place(use.name)) return why;
    const std::vector<SyncUse>& syncs = workspace_.configuration().syncs;
    const auto needs = [&](const SyncUse& sync) { return sync.provider == use.name && !sync.optional; };
    const bool used = std::any_of(syncs.begin(), syncs.end(), [&](const SyncUse& sync) { return sync.provider == use.name; });
    if (!used || std::any_of(syncs.begin(), syncs.end(), needs)) return std::nullopt;
    return workspace_.unavailable(use.name);
  }

  std::string check_provider(const PluginUse& use) {
    Provider* provider = workspace_.provider(use.name);
    const Credentials credentials = provider->credentials();
    if (!credentials.present) throw Error(ErrorKind::Credentials, use.label + " API key not configured", "set " + credentials.missing);
    Call call = session_.call();
    provider->check(call);
    return "reachable, the key is accepted";
  }

  std::string check_store(const PluginUse& use) {
    Store& store = session_.store(use.name);
    std::string place = store.check();
    store.inspect("lockstep_sync");
    return place;
  }

  /// Links that no sync goes on with: its name and what it pairs have changed at once, or it was taken out.
  void check_state(const PluginUse& use) {
    if (!is_good("store", use.name)) return;
    Store& store = session_.store(use.name);
    State state(store);
    if (!state.ready()) return;
    const std::vector<SyncEntry> known = state.syncs();
    std::set<std::size_t> claimed;
    for (const SyncUse& entry : workspace_.configuration().syncs) {
      if (entry.store != use.name) continue;
      const auto mine = match_sync(known, identity_of(*workspace_.load(entry.name)),
                                   [&](const std::string& table) { return store.inspect(table).has_value(); });
      if (mine) claimed.insert(*mine);
    }
    for (std::size_t i = 0; i < known.size(); ++i) {
      const std::size_t links = claimed.contains(i) ? 0 : state.load_links(known[i].id).size();
      if (links == 0) continue;
      results_.push_back({CheckState::Note,
                          "state",
                          known[i].name,
                          counted(links, "link", "links") + (known[i].table.empty() ? "" : " of table " + known[i].table) +
                              " that no sync of the configuration claims; a sync of that name, resource and table goes on with them",
                          {}});
    }
  }

  bool is_good(std::string_view what, const std::string& name) const {
    return std::any_of(results_.begin(), results_.end(), [&](const CheckResult& result) {
      return result.what == what && result.name == name && result.state == CheckState::Good;
    });
  }

  /// One page shows whether the rules for reading a list fit.
  void check_list(const SyncUse& entry) {
    const std::pair asked{entry.provider, entry.resource};
    if (!is_good("provider", entry.provider) || lists_.contains(asked)) return;
    lists_[asked] = nullptr;
    attempt("list", entry.name, [&] {
      const Sync& sync = *workspace_.load(entry.name);
      Call call = session_.call();
      auto page = sync.provider->list(*sync.resource, {sync.page_size}, call)->next(call);
      if (page && !page->problems.empty()) throw Error(ErrorKind::Corrupt, join(page->problems, "; "));
      if (!page) return std::string("empty");
      const std::size_t count = page->records.size();
      lists_[asked] = std::make_unique<Page>(std::move(*page));
      return counted(count, "record", "records") + " on the first page";
    });
  }

  /// A run would stop where the list is another account's than the rows.
  void check_account_of(const SyncUse& entry) {
    const auto list = lists_.find({entry.provider, entry.resource});
    if (list == lists_.end() || list->second == nullptr || !is_good("store", entry.store)) return;
    Sync sync = *session_.load(entry.name);
    sync.store = &session_.store(entry.store);
    try {
      check_account(sync, *list->second);
    } catch (const Error& failure) {
      results_.push_back({CheckState::Bad, "account", entry.name, failure.what(), std::string(to_string(failure.kind()))});
    }
  }

  /// A missing table is made by the first run; what stops one, or costs it records, is named by table, row and column.
  void check_tables(const SyncUse& entry) {
    if (!is_good("store", entry.store)) return;
    Sync sync = *session_.load(entry.name);
    sync.store = &session_.store(entry.store);
    for (CheckResult& result : check_table(sync, clock_, stop_)) add_once(std::move(result));
    const std::string script = entry.hooks.empty() ? "" : text_of(entry.hooks);
    for (CheckResult& result : check_named_tables(sync, script, made_by_migrate(entry.store))) add_once(std::move(result));
  }

  /// Without what tells of a change, `lockstep serve` has to look at the rows themselves.
  void check_watching(const SyncUse& entry) {
    if (!entry.watch || !is_good("store", entry.store)) return;
    const Table& table = workspace_.load(entry.name)->mapping->table();
    Store& store = session_.store(entry.store);
    try {
      if (store.mark(table)) return;
      if (!store.watch(table, true).empty()) {
        add_once({CheckState::Note,
                  "watch",
                  table.name,
                  "the database does not tell of changed rows, so `lockstep serve` looks at them every 5 seconds; `lockstep migrate "
                  "--watch` makes "
                  "the triggers that do",
                  {}});
      }
    } catch (const Error& failure) {
      add_once({CheckState::Note,
                "watch",
                table.name,
                "`lockstep serve` looks at the rows every 5 seconds, for the triggers that tell of changed ones cannot be made: " +
                    std::string(failure.what()),
                {}});
    }
  }

  std::set<std::string> made_by_migrate(const std::string& store) {
    std::set<std::string> made;
    for (const SyncUse& entry : workspace_.configuration().syncs) {
      if (entry.store != store) continue;
      const Mapping& mapping = *workspace_.load(entry.name)->mapping;
      made.insert(mapping.table_name());
      if (mapping.events()) made.insert(mapping.events()->table.name);
      for (const Table& table : referenced_tables(mapping)) made.insert(table.name);
    }
    return made;
  }

  /// Syncs that share a table meet the same things there.
  void add_once(CheckResult result) {
    const bool known = std::any_of(results_.begin(), results_.end(), [&](const CheckResult& other) {
      return other.what == result.what && other.name == result.name && other.message == result.message;
    });
    if (!known) results_.push_back(std::move(result));
  }

  const Workspace& workspace_;
  Session session_;
  const Clock& clock_;
  std::stop_token stop_;
  std::vector<std::string> mistakes_, warnings_;
  std::vector<CheckResult> results_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Page>> lists_;  ///< first pages, by provider and resource
};

}  // namespace

CheckOutcome check(const Workspace& workspace, const CheckRequest& request, const Clock& clock, std::stop_token stop) {
  Checker checker(workspace, clock, std::move(stop));
  checker.offline();
  if (!checker.has_mistakes() && !request.offline) checker.online();
  return std::move(checker).outcome();
}

Json to_json(const CheckOutcome& outcome) {
  Json::Array checks, wrong, warned;
  for (const CheckResult& result : outcome.results) {
    checks.push_back(Json::Object{{"what", result.what},
                                  {"name", result.name},
                                  {"ok", result.state != CheckState::Bad},
                                  {"message", result.message},
                                  {"code", result.code.empty() ? Json() : Json(result.code)}});
  }
  for (const std::string& line : outcome.mistakes) wrong.emplace_back(line);
  for (const std::string& line : outcome.warnings) warned.emplace_back(line);
  Json::Object out;
  if (outcome.verdict == Verdict::Failed && !outcome.mistakes.empty()) {
    out.emplace_back("error", Json::Object{{"code", "invalid"}, {"message", join(outcome.mistakes, "\n")}, {"hint", ""}});
  }
  out.emplace_back("ok", outcome.verdict == Verdict::Done);
  out.emplace_back("checks", std::move(checks));
  out.emplace_back("mistakes", std::move(wrong));
  out.emplace_back("warnings", std::move(warned));
  out.emplace_back("exit", number_of(outcome.verdict));
  return out;
}

}  // namespace lockstep::operations
