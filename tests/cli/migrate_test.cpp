// migrate: what a dry run prints is what the command runs.
#include <random>

#include "cli/support.h"
#include "common/text.h"

namespace lockstep {
namespace {

using test::execute;
using test::ProgramTest;
using test::run;
using test::run_json_output;

class MigrateTest : public ProgramTest {
 protected:
  /// A configuration of syncs that share tables, each with a mapping of its own; and tables that are there already.
  void set_up_world(std::mt19937& random) {
    test::write_books(directory_);
    std::filesystem::remove("books.db");
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    std::string syncs;
    for (const char* name : {"one", "two", "three"}) {
      const std::string table = chance(60) ? "books" : "papers";
      std::string mapping = "table: " + table + "\nkey: {column: " + (chance(70) ? "library_id" : "other_id") + ", from: id}\nfields:\n";
      mapping += chance(50) ? "  title: {type: text, required: true}\n" : "  title: text\n";
      for (const char* column : {"pages", "shelf", "place"}) {
        if (chance(60)) mapping += "  " + std::string(column) + ": integer\n";
      }
      if (chance(50)) mapping += "owned: {reader_id: {type: integer, references: users.id}}\n";
      if (chance(30)) mapping += "indexes: [title]\n";
      if (chance(30)) mapping += "where: {kind: " + std::string(name) + "}\n";
      directory_.write("config/" + std::string(name) + ".yaml", mapping);
      syncs += "  " + std::string(name) + ": {provider: library, resource: book, store: main, mapping: " + name + ".yaml}\n";
    }
    directory_.write("config/lockstep.yaml", R"(stores: {main: {plugin: sqlite, path: books.db}}
providers: {library: {plugin: shelf, label: Library, api_key: "sesame-open-42"}}
syncs:
)" + syncs);
    if (chance(50))
      execute("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, library_id TEXT, other_id TEXT, kind TEXT)");
    else
      return;
    if (chance(60))
      execute("INSERT INTO books (library_id, other_id, kind) VALUES ('a', 'x', 'one'), ('a', 'x', 'one'), (NULL, NULL, 'one')");
    if (chance(30)) execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)");
  }

  static std::vector<std::string> statements(std::vector<std::string> words) {
    const Json outcome = run_json_output(std::move(words));
    std::vector<std::string> out;
    for (const Json& store : *outcome.find("stores")->array()) {
      for (const Json& statement : *store.find("statements")->array()) out.push_back(*statement.text());
    }
    return out;
  }
};

TEST_F(MigrateTest, ADryRunPrintsExactlyWhatIsRun) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    set_up_world(random);
    const std::vector<std::string> dry = statements({"migrate", "--dry-run"});
    EXPECT_EQ(dry, statements({"migrate", "--dry-run"})) << seed;
    EXPECT_EQ(dry, statements({"migrate"})) << seed;
    EXPECT_TRUE(statements({"migrate"}).empty()) << seed;
  }
}

TEST_F(MigrateTest, ATableOfSeveralSyncsIsMadeOnceAndForbidsWhatAllOfThemForbid) {
  directory_.write("config/more.yaml",
                   "table: books\nkey: {column: library_id, from: id}\nfields:\n  shelf: {type: text, required: true}\n");
  directory_.write("config/lockstep.yaml",
                   replace_all(directory_.read("config/lockstep.yaml"),
                               "commands:", "  more: {provider: library, resource: book, store: main, mapping: more.yaml}\ncommands:"));
  const std::string out = run({"migrate", "--dry-run"}).out;
  const std::size_t first = out.find("CREATE TABLE \"books\"");
  ASSERT_NE(first, std::string::npos) << out;
  EXPECT_EQ(out.find("\"books\" ADD"), std::string::npos) << out;
  EXPECT_EQ(out.find("CREATE TABLE \"books\"", first + 1), std::string::npos);
  EXPECT_EQ(out.find("\"title\" TEXT NOT NULL"), std::string::npos) << "the other sync's rows have no title";
}

}  // namespace
}  // namespace lockstep
