#include "engine/decide/cases.h"

#include <array>
#include <cstddef>

namespace lockstep {
namespace {

constexpr std::array<std::string_view, 26> kCases{{
    "restored by a rollback",
    "on neither side",
    "only in the database",
    "only there",
    "linked and equal",
    "linked; a field was empty on one side",
    "linked; the sides differed and had no common past",
    "nothing changed",
    "edited here",
    "edited there",
    "edited on both sides, in different fields",
    "edited on both sides to the same value",
    "the same field was edited on both sides",
    "deleted there",
    "deleted in the database",
    "deleted on both sides",
    "an interrupted run had created it",
    "an interrupted run had not created it yet",
    "the application had emptied its ID",
    "the application had given it another ID",
    "two rows carry its ID",
    "found by its number",
    "its number was not found once",
    "not known there any more",
    "assigned in the database alone",
    "a rule changed, a column is new, or what it referred to is gone",
}};

}  // namespace

std::string_view why_changed(int case_number) {
  const auto index = static_cast<std::size_t>(case_number);
  return case_number >= 0 && index < kCases.size() ? kCases[index] : "unknown";
}

}  // namespace lockstep
