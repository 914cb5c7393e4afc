// In which order several syncs run.
#include "operations/sync_order.h"

#include <gtest/gtest.h>

#include "mapping/support.h"

namespace lockstep {
namespace {

Mapping of_table(const std::string& table, const std::string& fields) {
  return test::load("table: " + table + "\nkey: {column: remote_id, from: id}\nfields:\n  name: text\n" + fields).mapping;
}

TEST(SyncOrder, ASyncComesAfterTheTablesThatItRefersTo) {
  const Mapping numbers = of_table("phone_numbers", "  agent_id: {from: assistantId, references: Agents.remote_id}\n");
  const Mapping agents = of_table("agents", "  team: {references: teams.remote_id}\n");
  const Mapping teams = of_table("teams", "");
  EXPECT_EQ(run_order({{"main", &numbers}, {"main", &agents}, {"main", &teams}}), (std::vector<std::size_t>{2, 1, 0}));
  EXPECT_EQ(run_order({{"main", &teams}, {"main", &agents}, {"main", &numbers}}), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(run_order({{"main", &numbers}, {"other", &agents}}), (std::vector<std::size_t>{0, 1})) << "another database";
}

TEST(SyncOrder, OwnedReferencesCountAndACircleBeginsWithTheFirst) {
  const Mapping notes = of_table("notes", "owned: {team: {type: integer, references: teams.id}}\n");
  const Mapping teams = of_table("teams", "  lead: {references: people.remote_id}\n");
  const Mapping people = of_table("people", "  team: {references: teams.remote_id}\n  boss: {references: people.remote_id}\n");
  EXPECT_EQ(run_order({{"main", &notes}, {"main", &people}, {"main", &teams}}), (std::vector<std::size_t>{1, 2, 0}));
}

}  // namespace
}  // namespace lockstep
