// A key of this program that somebody put where anybody sees it: state tables have it nowhere.
#include "common/log.h"
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

TEST(SecretLabels, AKeyOfThisProgramStandsInNoStateTable) {
  const std::string key = "sk-somewhere-odd-2b7f90";
  register_secret(key);
  TwoWayWorld world;
  world.put("a", R"("name":")" + key + R"(","slot":1)");
  world.put("b", R"("name":"Bob","slot":2)");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  EXPECT_EQ(world.things().front(), "a|" + key + "|1") << "what is mapped is data";
  // A change, a conflict, a rejection and a cell that is no number.
  world.sql("UPDATE things SET slot = '" + key + " too' WHERE remote_id = 'b'");
  world.sql("UPDATE things SET name = 'x " + key + "', slot = 5 WHERE remote_id = 'a'");
  world.put("a", R"("name":"y )" + key + R"(","slot":6)");
  world.put("b", R"("name":"Bob","slot":3)");
  world.run(Mode::Full, [](RunOptions& options) { options.on_conflict = OnConflict::Manual; });
  world.items.bent = [](const Json&) -> std::string { throw Error(ErrorKind::Rejected, "not today"); };
  world.run(Mode::Full, [](RunOptions& options) { options.on_conflict = OnConflict::Local; });
  for (const auto& [table, columns] :
       std::map<std::string, std::vector<std::string>>{{"lockstep_change", {"label", "fields"}},
                                                       {"lockstep_conflict", {"label", "base", "here", "there"}},
                                                       {"lockstep_rejected", {"label", "reason"}},
                                                       {"lockstep_link", {"remote_id", "local_key"}}}) {
    const std::vector<std::string> lines = world.rows(table, columns);
    EXPECT_FALSE(lines.empty()) << table;
    for (const std::string& line : lines) EXPECT_EQ(line.find(key), std::string::npos) << table << ": " << line;
  }
}

}  // namespace
}  // namespace lockstep::test
