// RowScope: which rows of the table a run is about: those that meet `where` and that the hook's skip_when does not leave out.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/sides/target.h"
#include "hook/hook.h"

namespace lockstep {

class RowScope {
 public:
  enum class Place {
    Inside,
    Outside,  ///< nothing is concluded from it, nothing written to it, and its item is left alone
    Others,   ///< of another sync that shares the table: its ids say nothing here
  };
  struct Failure {
    std::string key, id, reason;
  };

  /// `hook` may be null. All must outlive the scope.
  RowScope(const Mapping& mapping, const Target& target, Hook* hook, std::string noun)
      : mapping_(mapping), target_(target), hook_(hook), noun_(std::move(noun)) {}

  /// True when the hook wants to see the rows whole.
  static bool asks_hook(const Hook* hook) { return hook != nullptr && hook->has(Hook::Stage::SkipWhen); }

  /// `row` is as wide as the target's shape. A row that the hook fails on is outside: it is told of in take_failures().
  Place of(Row row);
  bool holds(Row row) { return of(row) == Place::Inside; }
  /// Rows on which skip_when failed, each once.
  std::vector<Failure> take_failures() { return std::exchange(failures_, {}); }

 private:
  Place by_constants(Row row) const;
  bool skipped(Row row);

  const Mapping& mapping_;
  const Target& target_;
  Hook* hook_;
  std::string noun_;
  std::vector<Failure> failures_;
};

}  // namespace lockstep
