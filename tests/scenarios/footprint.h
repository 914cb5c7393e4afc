// Footprint: all that a run of `assistants` leaves in a database, in a form that two databases can be compared by: without the numbers and
// times that differ from run to run.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenarios/database.h"

namespace lockstep::test {

struct Footprint {
  std::map<std::string, Cells> rows;                  ///< remote id → columns of its row but the key
  std::map<std::string, Cells> links;                 ///< remote id → hashes, rules, base, and which row it leads to
  std::map<std::string, std::vector<Cells>> changes;  ///< remote id → journal entries, sorted
  std::vector<Cells> rest;                            ///< users, counts of both sides, open rejections
  bool operator==(const Footprint&) const = default;
};

/// Of a file whose state tables may be missing. Adds a failure when two rows, or two links, have one remote id.
Footprint footprint_of(const std::string& file);
/// How they differ, for people; empty when they do not.
std::string difference(const Footprint& is, const Footprint& expected);

/// Whatever happened to a run between `before` and `after`: each value is the old or the correct new one, nothing vanished, nothing came
/// twice, and the journal tells exactly of the rows that are new.
void expect_old_or_new(const Footprint& is, const Footprint& before, const Footprint& after);
/// Rows that were there are as they were.
void expect_nothing_overwritten(const Footprint& is, const Footprint& before);

}  // namespace lockstep::test
