// A database user who may not do everything: `check` names what is lacking, table by table, before a run meets it.

#include <gtest/gtest.h>

#include "common/text.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

/// A kind of database, and how its server gets the user lockstep_clerk, who may make tables.
struct Server {
  const DatabaseKind* kind;
  const char* clerk;
};

const Server kPostgres = {&postgres_kind(),
                          "DO $$ BEGIN CREATE ROLE lockstep_clerk LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                          "GRANT CREATE ON SCHEMA public TO lockstep_clerk"};
const Server kMysql = {&mysql_kind(), "CREATE OR REPLACE USER lockstep_clerk; GRANT CREATE ON * TO lockstep_clerk"};

class RightsOfTheUser : public ::testing::TestWithParam<Server> {
 protected:
  void SetUp() override {
    const DatabaseKind& kind = *GetParam().kind;
    if (!kind.missing().empty()) GTEST_SKIP() << kind.missing();
    bench_.emplace(sandbox_, kind);
    ASSERT_EQ(bench_->run({"migrate"}).exit, 0);
    bench_->add_users();
    // Makes the tables of runs.
    ASSERT_EQ(bench_->run({"import", "assistants"}).exit, 0);
    sql(GetParam().clerk);
    for (const std::string& table : kind.tables(bench_->database())) sql("GRANT SELECT, INSERT, UPDATE ON " + table + " TO lockstep_clerk");
    bench_->environment()["LOCKSTEP_DB"] = replace_all(bench_->database(), "lockstep@", "lockstep_clerk@");
  }
  void sql(const std::string& statement) const { execute(bench_->database(), statement); }
  void expect_check(const std::vector<std::string>& lines) const {
    const Outcome checked = bench_->run({"check"});
    EXPECT_EQ(checked.exit, lines.empty() ? 0 : 2) << said(checked);
    for (const std::string& line : lines) EXPECT_TRUE(contains(checked, line)) << line << "\n" << said(checked);
    EXPECT_EQ(contains(checked, "may not"), !lines.empty()) << said(checked);
  }

  sandbox::Sandbox sandbox_{sandbox_options(1)};
  std::optional<Workbench> bench_;
};

TEST_P(RightsOfTheUser, ThatLackAreNamedByCheck) {
  expect_check({});
  EXPECT_EQ(bench_->run({"import", "assistants"}).exit, 0);
  sql("REVOKE INSERT, UPDATE ON assistants FROM lockstep_clerk; GRANT UPDATE (vapi_assistant_id) ON assistants TO lockstep_clerk;"
      "REVOKE UPDATE ON phone_numbers FROM lockstep_clerk; REVOKE SELECT ON tools FROM lockstep_clerk");
  const std::string may_not = ": the store's user may not ";
  expect_check({"table assistants" + may_not + "add rows with any value; grant it: INSERT", "table assistants" + may_not + "change name, ",
                "table phone_numbers" + may_not + "change its rows; grant it: UPDATE",
                "table tools" + may_not + "read its rows; grant it: SELECT on the table"});
  sql("GRANT INSERT, UPDATE ON assistants TO lockstep_clerk; GRANT UPDATE ON phone_numbers TO lockstep_clerk; GRANT SELECT ON tools TO "
      "lockstep_clerk");
  expect_check({});
}

INSTANTIATE_TEST_SUITE_P(Postgresql, RightsOfTheUser, ::testing::Values(kPostgres));
INSTANTIATE_TEST_SUITE_P(Mysql, RightsOfTheUser, ::testing::Values(kMysql));

}  // namespace
}  // namespace lockstep::test
