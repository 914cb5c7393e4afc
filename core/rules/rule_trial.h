// Rule trial: one case of a rule test as a run of the real engine, over a database of its own and a provider that holds one item.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/scratch_folder.h"
#include "operations/session.h"
#include "rules/rule_tests.h"
#include "rules/rule_witness.h"

namespace lockstep {

/// What came of a case: the mistakes found, none when it passed.
struct RuleVerdict {
  std::vector<std::string> problems;
  bool passed() const { return problems.empty(); }
};

/// The cases of one sync. Not thread-safe.
class RuleTrial {
 public:
  /// `session` and its `sync` are borrowed; the store of `sync` is not used. Scratch databases are made in a directory of the trial's own,
  /// which goes with it.
  RuleTrial(const Session& session, const Sync& sync);
  ~RuleTrial();
  RuleTrial(const RuleTrial&) = delete;
  RuleTrial& operator=(const RuleTrial&) = delete;

  /// Columns that the cases name and the table does not have go to `problems`, as mistakes of the file.
  void check_columns(const RuleTestFile& file, yaml::Problems& problems) const;
  RuleVerdict run(const RuleTest& test, std::optional<Micros> now);
  /// Columns of fields that no case gave a value to, and hooks that no case called ("assign_owner", "transform.cents").
  std::vector<std::string> silent_fields() const;
  std::vector<std::string> silent_hooks() const;
  std::size_t fields() const { return mapping_.fields().size() - 1; }

 private:
  void witness(const RuleTest& test);

  const Session& session_;
  const Sync& sync_;
  const Mapping& mapping_;
  std::shared_ptr<HookWitness> hook_;
  ScratchFolder folder_;
  std::size_t made_ = 0;
  std::set<std::size_t> seen_fields_;
};

}  // namespace lockstep
