// What the engine lends hooks of the database costs time and memory that have an end.
#include "engine/sides/host.h"

#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

class HostTest : public testing::Test {
 protected:
  HostTest() {
    world_.sql("CREATE TABLE notes (id INTEGER PRIMARY KEY, tag TEXT, body TEXT)");
    world_.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001) "
        "INSERT INTO notes SELECT i, 'all', printf('%0200d', i) FROM n");
  }
  std::string told(Host& host, const std::string& column, const std::string& value, bool ignore_case = false) {
    try {
      return std::to_string(host.find("notes", Json(Json::Object{{column, value}}), ignore_case).size());
    } catch (const Error& error) {
      return error.what();
    }
  }

  TwoWayWorld world_;
};

TEST_F(HostTest, AQuestionThatTakesTooLongIsGivenUp) {
  Host host(world_.store(), system_clock(), {}, Millis(1));
  EXPECT_EQ(told(host, "body", "no such", true),
            "reading table \"notes\" takes longer than 1 ms; ask for fewer rows, by columns that have an index");
  Host patient(world_.store(), system_clock(), {});
  EXPECT_EQ(told(patient, "body", "no such", true), "0") << "the next one has its own time";
}

TEST_F(HostTest, AnAnswerHasAHundredThousandRowsAtMost) {
  Host host(world_.store(), system_clock(), {}, Millis(60'000));
  EXPECT_EQ(told(host, "tag", "all"), "find: more than 100000 rows of notes fit; name more columns in where");
  world_.sql("UPDATE notes SET tag = 'one' WHERE id = 7");
  EXPECT_EQ(told(host, "tag", "one"), "1");
}

TEST_F(HostTest, NamesThatAreNoneAskNothing) {
  Host host(world_.store(), system_clock(), {});
  for (const std::string& table :
       {std::string("notes\0", 6), std::string("notes\"; DROP TABLE notes; --"), std::string("nótes"), std::string()}) {
    EXPECT_THROW(host.find(table, Json(Json::Object{}), false), Error) << table;
  }
  for (const std::string& column : {std::string("tag\0", 4), std::string("tag\" = 1 OR \"tag"), std::string("1=1; --"), std::string()}) {
    EXPECT_THROW(host.find("notes", Json(Json::Object{{column, "all"}}), false), Error) << column;
  }
  for (const std::string& value : {std::string("all\0", 4), std::string("' OR '1'='1"), std::string("all\xff"), std::string("%")}) {
    EXPECT_EQ(told(host, "tag", value), "0") << value;
    EXPECT_EQ(told(host, "tag", value, true), "0") << value;
  }
  EXPECT_EQ(world_.rows("notes", {"id"}).size(), 100'001U);
}

}  // namespace
}  // namespace lockstep::test
