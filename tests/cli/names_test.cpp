// How an API spells its members, from outside: what is read, what is sent under which name, and rules that find nothing.
#include <gmock/gmock.h>

#include "cli/support.h"
#include "format/json.h"

namespace lockstep {
namespace {

using test::execute;
using test::ProgramTest;
using test::run;
using test::shelf;
using testing::HasSubstr;
using testing::Not;

class NamesTest : public ProgramTest {
 protected:
  void map(const std::string& fields, const std::string& rest = "") {
    const std::string path = "config/books.yaml";
    ASSERT_TRUE(directory_.has(path));
    directory_.write(path, "table: books\nkey: {column: library_id, from: id}\nfields: {" + fields + "}\n" + rest);
    shelf()->takes_writes = true;
  }
  static Json item(const std::string& id) { return json::parse(shelf()->items.at(id)); }
};

TEST_F(NamesTest, ASnakeCaseApiIsReadAndWrittenUnderItsOwnNames) {
  map("full_title: text, first_page: text, title: text");
  shelf()->items = {{"b1", R"({"id":"b1","full_title":"Emma, a novel","title":"Emma"})"}};
  ASSERT_EQ(run({"import"}).code, 0);
  execute("UPDATE books SET full_title = 'Emma!', first_page = 'one'");
  execute("INSERT INTO books (full_title) VALUES ('Persuasion')");
  ASSERT_EQ(run({"export"}).code, 0);
  EXPECT_EQ(item("b1").text_at("full_title"), "Emma!");
  EXPECT_EQ(item("b1").text_at("first_page"), "one");
  EXPECT_EQ(item("b1").find("fullTitle"), nullptr);
  EXPECT_EQ(item("n2").text_at("full_title"), "Persuasion");
  EXPECT_EQ(item("n2").find("fullTitle"), nullptr);
}

TEST_F(NamesTest, TheFirstItemOfAnEmptyListBearsTheNamesThatTheMappingSays) {
  map("full_title: text", "names: snake\n");
  ASSERT_EQ(run({"import"}).code, 0);
  execute("INSERT INTO books (full_title) VALUES ('Emma')");
  ASSERT_EQ(run({"export"}).code, 0);
  EXPECT_EQ(item("n1").text_at("full_title"), "Emma");
}

TEST_F(NamesTest, ARuleThatFindsNothingInAWholeListIsTold) {
  map("full_title: {from: fullTitle, type: text}, subtitle: text, language: {type: text, default: en}");
  shelf()->items = {{"b1", R"({"id":"b1","full_title":"Emma","subtitle":null})"}, {"b2", R"({"id":"b2","full_title":"Persuasion"})"}};
  const test::Outcome first = run({"import"});
  EXPECT_THAT(first.out, HasSubstr("Warning: no book has \"fullTitle\" (full_title); did you mean \"full_title\"?"));
  EXPECT_THAT(first.out, Not(HasSubstr("subtitle")));
  EXPECT_THAT(first.out, Not(HasSubstr("language")));
  EXPECT_THAT(run({"import"}).out, Not(HasSubstr("no book has"))) << "a list that the rules have not looked at says nothing";
}

}  // namespace
}  // namespace lockstep
