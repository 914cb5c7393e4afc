#include "rules/rule_trial.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "rules/rule_world.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownCharacters = 200;

/// The hooks' time stands still where the case says so. Nothing waits.
class TrialClock : public Clock {
 public:
  explicit TrialClock(std::optional<Micros> now) : now_(now) {}
  Micros now() const override { return now_.value_or(system_clock().now()); }
  SteadyTime steady() const override { return system_clock().steady(); }
  bool sleep(Millis, std::stop_token stop) const override { return !stop.stop_requested(); }

 private:
  std::optional<Micros> now_;
};

class Listener : public Observer {
 public:
  void problem(const Problem& problem) override {
    (problem.severity == Problem::Severity::Error ? errors : warnings).push_back(problem.message);
  }
  std::vector<std::string> errors, warnings;
};

/// In memory where the system has such a place: these databases live for milliseconds, and a disk would be waited for at each commit.
fs::path scratch_root() {
  const fs::path memory = "/dev/shm";
  return access(memory.c_str(), W_OK | X_OK) == 0 ? memory : fs::temp_directory_path();
}

std::string shown(const Json& value) { return ellipsize(json::canonical(value), kShownCharacters); }

bool equal(const Field* field, const Json& expected, const Json& actual) {
  if (json::canonical(expected) == json::canonical(actual)) return true;
  if (field == nullptr || field->type == FieldType::Json) return false;
  Arena arena;
  return same(*field, cell_of(*field, expected, arena), cell_of(*field, actual, arena));
}

bool holds(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

std::string quoted(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) out.push_back("\"" + text + "\"");
  return out.empty() ? "none" : join(out, ", ");
}

/// One case, from its two sides to what is wrong with the outcome.
class Case {
 public:
  Case(const Sync& sync, Store& store, const Clock& clock, std::stop_token stop, const RuleTest& test)
      : mapping_(*sync.mapping),
        test_(test),
        sync_(sync),
        clock_(clock),
        stop_(std::move(stop)),
        remote_(*sync.resource),
        local_(store, mapping_) {
    sync_.provider = &remote_;
    sync_.store = &store;
  }

  std::vector<std::string> run() {
    try {
      prepare();
    } catch (const Error& failure) {
      return {std::string("the case cannot be set up: ") + failure.what()};
    }
    if (!problems_.empty()) return std::move(problems_);
    remote_.hold(test_.record ? test_.record : test_.base);
    const SyncReport report = go(test_.mode, listener_);
    if (report.failure) wrong("the run failed: " + *report.failure);
    compare_rejection();
    compare_warnings();
    if (test_.expect.row) compare_row();
    if (test_.expect.body) compare_body();
    compare_conflicts(report);
    return std::move(problems_);
  }

 private:
  void wrong(std::string problem) { problems_.push_back(std::move(problem)); }

  SyncReport go(Mode mode, Listener& listener) {
    RunOptions options;
    options.mode = mode;
    options.command = "test";
    options.allow_mass_change = true;
    options.want_fields = true;
    options.tell_unmet = false;
    options.on_conflict = test_.on_conflict;
    options.local_edits = test_.local_edits;
    return Engine(clock_, stop_).run(sync_, options, listener);
  }

  void prepare() {
    local_.fill(test_.tables);
    if (test_.base) {
      remote_.hold(test_.base);
      Listener listener;
      const SyncReport report = go(Mode::Import, listener);
      if (report.failure) listener.errors.push_back(*report.failure);
      if (!listener.errors.empty()) return wrong("the base cannot be imported: " + join(listener.errors, "; "));
      if (test_.row && !local_.edit(remote_.id(), *test_.row)) wrong("the row of the base cannot be edited");
    } else if (test_.row) {
      local_.insert(*test_.row);
    }
  }

  void compare_rejection() {
    const auto& expected = test_.expect.rejected;
    if (!expected && !listener_.errors.empty()) wrong("rejected: " + join(listener_.errors, "; "));
    if (expected && listener_.errors.empty()) wrong("rejected: expected \"" + *expected + "\", but it was not rejected");
    if (expected && !listener_.errors.empty() && !holds(listener_.errors, *expected))
      wrong("rejected: expected \"" + *expected + "\", got " + quoted(listener_.errors));
  }

  void compare_warnings() {
    const auto& expected = test_.expect.warnings;
    if (!expected) return;
    if (expected->empty() && !listener_.warnings.empty()) wrong("warns: expected none, got " + quoted(listener_.warnings));
    for (const std::string& part : *expected)
      if (!holds(listener_.warnings, part)) wrong("warns: expected \"" + part + "\", got " + quoted(listener_.warnings));
  }

  /// The row that carries the item's identity, else the only one there is.
  const Json* row_of(const std::vector<Json>& rows) const {
    const std::string id = remote_.id();
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Json& row) { return row.text_at(mapping_.key().column) == id; });
    if (found != rows.end() && !id.empty()) return &*found;
    return rows.size() == 1 ? &rows.front() : nullptr;
  }

  const Field* field_of(const std::string& column) const {
    const auto ordinal = mapping_.find(column);
    return ordinal ? &mapping_.fields()[*ordinal] : nullptr;
  }

  void compare_row() {
    const std::vector<Json> rows = local_.rows();
    const Json* row = row_of(rows);
    if (row == nullptr) return wrong("row: there is none");
    for (const Json::Member& cell : *test_.expect.row->object()) {
      const Json* actual = row->find(cell.first);
      if (actual != nullptr && !equal(field_of(cell.first), cell.second, *actual))
        wrong("row." + cell.first + ": expected " + shown(cell.second) + ", got " + shown(*actual));
    }
  }

  void compare_body() {
    const Json& expected = *test_.expect.body;
    if (remote_.sent().empty()) {
      if (!expected.object()->empty()) wrong("body: nothing was sent");
      return;
    }
    const Json& sent = remote_.sent().back();
    if (expected.object()->empty()) return wrong("body: expected that nothing is sent, got " + shown(sent));
    for (const Json::Member& member : *expected.object()) {
      const Json* actual = sent.find(member.first);
      if (actual == nullptr) wrong("body." + member.first + ": expected " + shown(member.second) + ", and it was not sent");
      if (actual != nullptr && json::canonical(*actual) != json::canonical(member.second))
        wrong("body." + member.first + ": expected " + shown(member.second) + ", got " + shown(*actual));
    }
    for (const Json::Member& member : *sent.object())
      if (expected.find(member.first) == nullptr) wrong("body." + member.first + ": not expected, got " + shown(member.second));
  }

  void compare_conflicts(const SyncReport& report) {
    std::map<std::string, FieldConflict::Winner> winners;
    for (const RecordConflict& conflict : report.conflicting) winners[conflict.column] = conflict.winner;
    for (const auto& [column, winner] : test_.expect.conflicts) {
      const auto found = winners.find(column);
      const std::string expected = "conflicts." + column + ": expected " + std::string(to_string(winner));
      if (found == winners.end()) wrong(expected + ", and there was no conflict");
      if (found != winners.end() && found->second != winner) wrong(expected + ", got " + std::string(to_string(found->second)));
    }
  }

  const Mapping& mapping_;
  const RuleTest& test_;
  Sync sync_;
  const Clock& clock_;
  std::stop_token stop_;
  OneItem remote_;
  ScratchTables local_;
  Listener listener_;
  std::vector<std::string> problems_;
};

}  // namespace

RuleTrial::RuleTrial(const Session& session, const Sync& sync)
    : session_(session), sync_(sync), mapping_(*sync.mapping), folder_("test", scratch_root()) {
  if (sync.hook) hook_ = std::make_shared<HookWitness>(sync.hook);
}

RuleTrial::~RuleTrial() = default;

void RuleTrial::check_columns(const RuleTestFile& file, yaml::Problems& problems) const {
  const Table table = mapping_.table();
  std::vector<std::string> known;
  for (const Column& column : table.columns) known.push_back(column.name);
  const auto check = [&](const std::string& column, const yaml::Place& place) {
    if (table.find(column) == nullptr)
      problems.add(place, "table " + table.name + " has no column " + in_quotes(column) + did_you_mean(column, known));
  };
  for (const RuleTest& test : file.cases) {
    if (test.row)
      for (const Json::Member& cell : *test.row->object()) check(cell.first, test.row_place);
    if (test.expect.row)
      for (const Json::Member& cell : *test.expect.row->object()) check(cell.first, test.expect.row_place);
    for (const auto& [column, winner] : test.expect.conflicts) check(column, test.place);
  }
}

/// A field has been tried when a document of the case holds something at its path, or its row in the column.
void RuleTrial::witness(const RuleTest& test) {
  for (std::size_t i = 1; i < mapping_.fields().size(); ++i) {
    const Field& field = mapping_.fields()[i];
    for (const std::optional<Json>& document : {test.base, test.record}) {
      const Json* value = document ? mapping_.place_in(i, *document).find(*document) : nullptr;
      if (value != nullptr && !value->is_null()) seen_fields_.insert(i);
    }
    const Json* cell = test.row ? test.row->find(field.column) : nullptr;
    if (cell != nullptr && !cell->is_null()) seen_fields_.insert(i);
  }
}

RuleVerdict RuleTrial::run(const RuleTest& test, std::optional<Micros> now) {
  witness(test);
  const fs::path file = folder_.path() / (std::to_string(++made_) + ".db");
  const std::unique_ptr<Store> store = session_.workspace().scratch_store(file.string(), session_.stop());
  Sync sync = sync_;
  sync.hook = hook_;
  const TrialClock clock(now);
  return {Case(sync, *store, clock, session_.stop(), test).run()};
}

std::vector<std::string> RuleTrial::silent_fields() const {
  std::vector<std::string> out;
  for (std::size_t i = 1; i < mapping_.fields().size(); ++i)
    if (!seen_fields_.contains(i) && !(hook_ && hook_->filled(mapping_.fields()[i].column))) out.push_back(mapping_.fields()[i].column);
  return out;
}

std::vector<std::string> RuleTrial::silent_hooks() const { return hook_ ? hook_->silent() : std::vector<std::string>(); }

}  // namespace lockstep
