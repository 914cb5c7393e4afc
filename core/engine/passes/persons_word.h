// PersonsWord: what a person has decided about one field of one record: checked against what they saw, and against the rules.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class Columns;

class PersonsWord : private Pass {
 public:
  PersonsWord(RunContext& run, Chunk& chunk, Columns& columns);

  /// A resolution is about a field of a pair; where there is none, nothing is to be decided.
  bool may_resolve(const Facts& facts) const;
  /// The verdict, until the next record. Throws Error{Conflict} when what they saw was edited since, Error{Invalid} for a value that cannot
  /// be.
  const Verdict* settled_by_person(const Item& item);

 private:
  std::string resolved_column() const;
  void check_seen(const Item& item, std::size_t ordinal, const Resolution& resolution) const;
  std::string refused_by_rules(const Item& item, std::size_t ordinal) const;

  Chunk& chunk_;
  Columns& columns_;
  Verdict person_{};  ///< of options_.resolution(), for the record at hand
};

}  // namespace lockstep
