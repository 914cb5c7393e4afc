// Ledger: the oracle of the troubled histories. It knows what people wrote and what both sides last agreed on, field by field, and holds
// each run against what safe mode promises.
//
// A value may leave a side by a run's hand only if it is in the journal as it was, and only if
//   - that side had not edited the field since the last agreement, or
//   - both sides had edited it, so that a policy (or a hook) picked the winner, or
//   - an import was told to replace local edits, or a person resolved the conflict, or
//   - a rollback took back what its run had written, and nobody has written there since, or
//   - nothing is agreed on (no base, a column that is new): then the table's rows 4 to 6 hold.
// All else is a loss.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/sandbox.h"
#include "scenarios/database.h"
#include "scenarios/remote_side.h"

namespace lockstep::test {

/// A column that people edit, its place in the document and what it holds; or a member of an object's column that has none of its own.
struct Watched {
  enum class Kind { Text, Json, Real };
  std::string column, path;
  Kind kind;
  std::string member{};

  const std::string& name() const { return member.empty() ? column : path; }
};
const std::vector<Watched>& watched();

/// The rows of `assistants`, and the items.
struct Shot {
  struct RowShot {
    std::string remote_id, name;
    std::map<std::string, Stored> cells;  ///< of the watched columns, and of `model`
  };
  std::map<std::string, RowShot> rows;  ///< by key
  World items;
};

/// What a run was told, as far as it matters for what it may do.
struct Told {
  bool replaces = false;  ///< an import that takes the remote's value for local edits
  bool by_hand = false;   ///< a person decides a conflict
  int undoes = -1;        ///< the step of the run that is rolled back
};

class Ledger {
 public:
  /// Row, item and column → what both held when they last agreed, comparable.
  using Agreements = std::map<std::pair<std::string, std::string>, std::map<std::string, std::string>>;

  Ledger(const sandbox::Sandbox& sandbox, const std::string& file) : sandbox_(sandbox), file_(file) {}

  Shot look() const;
  /// A person, or a run, does the next thing.
  int step() const { return step_; }
  void next_step() { ++step_; }
  /// A person writes this text, and each is another one. All lower case.
  void wrote(const std::string& text);
  /// A person has acted: what stands nowhere any more is no loss of the program's.
  void forget_what_is_gone();
  /// A person has made one more row or item of this name.
  void has_made(const std::string& name) { ++made_[name]; }
  /// Nothing is agreed on in this column any more.
  void forget_column(const std::string& column);

  const Agreements& agreements() const { return agreed_; }
  void restore(Agreements agreements) { agreed_ = std::move(agreements); }

  /// Holds a run against the promises, and takes what both sides agree on now.
  void check(const Shot& before, const Told& told, const std::string& said);
  /// What is left different between both sides.
  struct Difference {
    std::string what;
    std::vector<std::string> words;  ///< one of which a run that tells of it says; none: it must be remembered with the link
  };
  std::vector<Difference> differences() const;

 private:
  struct Change;
  void expect_journaled(const Shot& before, const Shot& after, const std::string& said) const;
  void expect_edits_kept(const Shot& before, const Shot& after, const Told& told, const std::string& said);
  void expect_no_twins(const Shot& before, const Shot& after, const std::string& said) const;
  void expect_nothing_lost(const std::string& said) const;
  void forget_blank_columns();
  void agree(const Shot& after);
  void weigh(const Change& change, const Told& told, const std::string& said);
  std::string journal_text() const;
  std::string everywhere() const;

  const sandbox::Sandbox& sandbox_;
  const std::string& file_;
  int step_ = 0;
  std::map<std::string, int> written_;  ///< text → when a person wrote it; those that must be somewhere
  std::map<std::string, int> since_;    ///< the same of all that were ever written
  std::map<std::string, int> made_;
  Agreements agreed_;
};

}  // namespace lockstep::test
