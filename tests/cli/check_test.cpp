// check: what a run will meet is said before, with table, row and column.
#include "cli/support.h"
#include "common/error.h"
#include "common/text.h"
#include "operations/table_checks.h"

namespace lockstep {
namespace {

using test::execute;
using test::Outcome;
using test::ProgramTest;
using test::run;
using test::shelf;

class CheckTest : public ProgramTest {
 protected:
  void add_rule(const std::string& text) { directory_.write("config/books.yaml", directory_.read("config/books.yaml") + text); }
  static std::string said(int code) {
    const Outcome outcome = run({"check"});
    EXPECT_EQ(outcome.code, code) << outcome.out;
    return outcome.out;
  }
};

#define EXPECT_SAYS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST_F(CheckTest, NamesTheIdsThatARunWillStumbleOver) {
  execute("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, pages INTEGER, library_id TEXT)");
  execute("INSERT INTO books (id, library_id) VALUES (1, 'b1'), (2, 'b1'), (3, ''), (4, ' b4'), (5, 'B1'), (6, NULL), (7, NULL)");
  const std::string text = said(2);
  EXPECT_SAYS(text, "✗ table books: row 2, library_id: \"b1\" is the id of row 1 too");
  EXPECT_SAYS(text, "⚠ table books: row 3, library_id: an empty text counts as no id");
  EXPECT_SAYS(text, "✗ table books: row 4, library_id: \" b4\" has blanks around it");
  EXPECT_SAYS(text, "✗ table books: row 5, library_id: \"B1\" differs from \"b1\" of row 1");
  EXPECT_EQ(text.find("row 6"), std::string::npos) << text;
  EXPECT_EQ(text.find("row 7"), std::string::npos) << text;
}

TEST_F(CheckTest, SaysOfAMappingThatItSendsNothing) {
  EXPECT_EQ(said(0).find("read-only"), std::string::npos);
  add_rule("read_only: true\n");
  EXPECT_SAYS(said(0), "of table books; read-only: nothing is sent, and no item is created or made anew");
}

TEST_F(CheckTest, NamesColumnsThatNothingFillsAndThatAreNotThere) {
  add_rule("modified: {column: edited_at, from: editedAt}\n");
  execute(
      "CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, pages INTEGER, library_id TEXT, slug TEXT NOT NULL, "
      "kind TEXT NOT NULL DEFAULT 'x')");
  const std::string text = said(2);
  EXPECT_SAYS(text, "✗ table books: column slug is NOT NULL without a default");
  EXPECT_SAYS(text, "✓ table books: 0 rows; no column edited_at, without which `newest` cannot tell which side is newer");
  EXPECT_EQ(text.find("column kind"), std::string::npos) << text;
}

TEST_F(CheckTest, AColumnOfEditTimesIsMissedWhereTimesDecide) {
  add_rule("modified: {column: edited_at, from: editedAt}\n");
  EXPECT_EQ(said(0).find("edited_at"), std::string::npos) << "nothing but newest asks for it, and the table is still to be made";
  directory_.write("config/lockstep.yaml",
                   replace_all(directory_.read("config/lockstep.yaml"), "default: true,", "default: true, on_conflict: newest,"));
  EXPECT_SAYS(said(2), "✗ table books: modified.column names edited_at");
  execute("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, pages INTEGER, library_id TEXT)");
  EXPECT_SAYS(said(2), "✗ table books: modified: table books has no column \"edited_at\"");
}

TEST_F(CheckTest, ATableWithoutAKeyIsNoGoodOne) {
  execute("CREATE TABLE books (title TEXT, pages INTEGER, library_id TEXT)");
  EXPECT_SAYS(said(2), "✗ table books: table books has no primary key");
}

TEST_F(CheckTest, NamesTablesThatHooksAndReferencesNeed) {
  add_rule("owned: {team_id: {type: integer, references: teams.id}, user_id: {type: integer, references: users.id}}\n");
  directory_.write("config/books.lua",
                   "return { assign_owner = function(r, ctx) return {user_id = #ctx.db:find('clans', {name = 'x'})} end }");
  directory_.write("config/lockstep.yaml",
                   replace_all(directory_.read("config/lockstep.yaml"), "mapping: books.yaml,", "mapping: books.yaml, hooks: books.lua,"));
  const std::string text = said(2);
  EXPECT_SAYS(text, "✗ table clans: missing: config/books.lua looks into it");
  EXPECT_SAYS(text, "✗ table teams: missing: column team_id of books refers to it");
  EXPECT_SAYS(text, "⚠ table users: missing; `lockstep migrate` creates it");
}

TEST_F(CheckTest, NamesTheDatabaseInFullAndAFolderThatIsNotThere) {
  EXPECT_SAYS(said(0), "✓ store main: SQLite file " + (directory_.path() / "books.db").string() + ", not there yet\n");
  EXPECT_FALSE(directory_.has("books.db"));
  const Outcome outcome = run({"check"}, {{"BOOKS_DB", "nowhere/books.db"}});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_SAYS(outcome.out, "✗ store main: there is no directory ");
}

TEST_F(CheckTest, ReadsOnePageOfEachList) {
  shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}};
  EXPECT_SAYS(said(0), "✓ list books: 1 record on the first page\n");
  shelf()->before = [](std::string_view what) {
    if (what == "list") throw Error(ErrorKind::Corrupt, "the answer has no \"data.rows\"");
  };
  EXPECT_SAYS(said(2), "✗ list books: the answer has no \"data.rows\"");
}

TEST_F(CheckTest, ScriptsAreReadForTheTablesThatTheyAskFor) {
  EXPECT_EQ(tables_of_hook("ctx.db:find(\"users\", {}) ; local x = ctx.db : find('teams') ; data:find('prices') ; db:find(name)"),
            (std::set<std::string>{"teams", "users"}));
}

TEST_F(CheckTest, ARowWithAnEmptyTextForAnIdHasNone) {
  shelf()->takes_writes = true;
  shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}};
  ASSERT_EQ(run({"import"}).code, 0);
  execute("INSERT INTO books (title, library_id) VALUES ('Mine', ''), ('Mine too', ' ')");
  const Outcome import = run({"import"});
  EXPECT_EQ(import.code, 0) << import.out;
  EXPECT_SAYS(import.out, "Note: 2 books only in local database");
  EXPECT_EQ(run({"export"}).code, 0);
  EXPECT_EQ(shelf()->items.size(), 3U);
  EXPECT_EQ(run({"status", "--check"}).code, 0) << run({"status"}).out;
}

}  // namespace
}  // namespace lockstep
