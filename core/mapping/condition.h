// Conditions: which rows of the table a sync is about (`where`). A row that does not meet them all lies outside: nothing is concluded from
// it, nothing written to it, and its item is left alone.
//
//   where:
//     provider: openai                  # this text; new rows get it
//     deleted_at: null                  # nothing
//     region: [us, eu, null]            # one of these
//     status: {not: [gone, hidden]}     # none of these; {not: null} is anything
//     price: {from: 1, to: 100}         # both included; dates too
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/json.h"
#include "data/value.h"

namespace lockstep {

/// A column that holds the same text in every row of a sync.
struct Constant {
  std::string column;
  std::string value;
};

/// What `where` says of a column that is not simply constant. All parts that are given hold together.
struct RowCondition {
  std::string column;
  std::vector<Json> among;      ///< one of these scalars, null among them; empty: not asked
  std::vector<Json> not_among;  ///< none of these
  std::optional<Json> from, to;

  /// Numbers and times are compared as such, everything else as text. Nothing lies in no range.
  bool holds(const Value& cell) const;
  /// "region is one of us, eu".
  std::string text() const;
};

}  // namespace lockstep
