// "did you mean" wherever somebody types a name: on the command line, in lockstep.yaml, in a mapping.
#include <gtest/gtest.h>

#include "cli/support.h"
#include "common/text.h"

namespace lockstep {
namespace {

using test::Outcome;
using test::run;
using test::shelf;
using Texts = std::vector<std::string>;

class SuggestionsTest : public test::ProgramTest {
 protected:
  /// What the program says to these words.
  static std::string said(Texts words) {
    const Outcome outcome = run(std::move(words));
    EXPECT_EQ(outcome.code, 1) << outcome.out;
    return outcome.out + outcome.err;
  }

  /// What `check` says when `from` is `to` in a file.
  std::string checked(const std::string& file, const std::string& from, const std::string& to) {
    test::write_books(directory_);
    const std::string before = directory_.read(file);
    EXPECT_NE(before.find(from), std::string::npos) << from;
    directory_.write(file, replace_all(before, from, to));
    return said({"check", "--offline"});
  }
  std::string configured(const std::string& from, const std::string& to) { return checked("config/lockstep.yaml", from, to); }
  std::string mapped(const std::string& from, const std::string& to) { return checked("config/books.yaml", from, to); }

  static void fill() {
    shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}, {"book-22", R"({"id":"book-22","pages":730})"}};
  }
};

void expect(const std::string& text, const std::string& name) {
  EXPECT_NE(text.find("did you mean \"" + name + "\"?"), std::string::npos) << text;
}

TEST_F(SuggestionsTest, ForCommands) {
  expect(said({"stauts"}), "status");
  expect(said({"boks:sync"}), "books:sync");
  expect(said({"completon"}), "completion");
  std::filesystem::remove_all("config");
  expect(said({"improt"}), "import");
}

TEST_F(SuggestionsTest, ForOptions) {
  EXPECT_NE(said({"import", "--dryrun"}).find("did you mean --dry-run?"), std::string::npos);
  EXPECT_NE(said({"books:sync", "--bok-id=3"}).find("did you mean --book-id?"), std::string::npos);
  EXPECT_NE(said({"--ouput=json", "import"}).find("did you mean --output?"), std::string::npos);
  EXPECT_NE(said({"check", "--shema"}).find("did you mean --schema?"), std::string::npos);
}

TEST_F(SuggestionsTest, ForValuesOfOptions) {
  expect(said({"import", "--on-conflict", "newset"}), "newest");
  expect(said({"import", "--local-edits=replce"}), "replace");
  expect(said({"plan", "--mode", "imprt"}), "import");
  expect(said({"status", "--output", "jsom"}), "json");
  expect(said({"status", "--log-format", "txt"}), "text");
  expect(said({"check", "--schema", "maping"}), "mapping");
  expect(said({"completion", "bsh"}), "bash");
}

TEST_F(SuggestionsTest, ForSyncs) {
  for (const char* command : {"import", "plan", "status", "migrate"}) expect(said({command, "boks"}), "books");
}

TEST_F(SuggestionsTest, ForSyncsOfTheJournal) {
  EXPECT_EQ(run({"history", "--sync", "boks"}).code, 1);
  EXPECT_NE(run({"history", "--sync", "boks"}).err.find("no sync \"boks\"; did you mean \"books\"?"), std::string::npos);
  EXPECT_EQ(run({"history", "--sync", "books"}).code, 0);
}

TEST_F(SuggestionsTest, ForRunsAndFieldsAndRecords) {
  fill();
  ASSERT_EQ(run({"import"}).code, 2);
  const std::string id = test::run_json_output({"history"}).find("runs")->array()->front().text_at("run");
  std::string wrong = id;
  std::swap(wrong[3], wrong[4]);
  wrong[20] = wrong[20] == 'Z' ? 'Y' : 'Z';
  expect(said({"history", "--run", wrong}), id);
  expect(said({"history", "--run", id.substr(0, 9) + (id[9] == 'Z' ? "Y" : "Z")}), id);
  EXPECT_EQ(run({"history", "--run", id.substr(0, 10)}).code, 0);
  expect(said({"history", "--field", "titel"}), "title");
  EXPECT_EQ(run({"history", "--field", "library_id"}).code, 0) << "a column without changes";
  expect(said({"retry", "bok-22"}), "book-22");
}

TEST_F(SuggestionsTest, ForFiles) {
  expect(said({"--config", "config/lockstep.yml", "import"}), "config/lockstep.yaml");
  directory_.write("config/hooks.lua", "return {}");
  expect(configured("mapping: books.yaml", "mapping: book.yaml"), "config/books.yaml");
  expect(configured("default: true", "default: true, hooks: hoks.lua"), "config/hooks.lua");
}

TEST_F(SuggestionsTest, ForEverythingInTheConfiguration) {
  expect(configured("providers:", "provders:"), "providers");
  expect(configured("provider: library", "provider: libary"), "library");
  expect(configured("store: main", "store: mian"), "main");
  expect(configured("resource: book", "resource: boook"), "book");
  expect(configured("plugin: sqlite", "plugin: sqlit"), "sqlite");
  expect(configured("label: Library", "label: Library, tiemout: 3s"), "timeout");
  expect(configured("default: true", "defualt: true"), "default");
  expect(configured("local_edits: replace", "local_edits: replce"), "replace");
  expect(configured("local_edits: replace", "on_conflict: newset"), "newest");
  expect(configured("many: books", "mnay: books"), "many");
  expect(configured("style: items", "stile: items"), "style");
  expect(configured("syncs: [books]", "syncs: [boks]"), "books");
  expect(configured("book-id: id", "book-id: ownr"), "owner");
}

TEST_F(SuggestionsTest, ForEverythingInAMapping) {
  expect(mapped("label: title", "labl: title"), "label");
  expect(mapped("label: title", "label: titel"), "title");
  expect(mapped("column: library_id", "colum: library_id"), "column");
  expect(mapped("pages: integer", "pages: interger"), "integer");
  expect(mapped("type: text", "type: txt"), "text");
  expect(mapped("required: true", "requierd: true"), "required");
  expect(mapped("required: true", "transform: trimm"), "trim");
  expect(mapped("pages: integer", "kind: {type: enum, values: [demo, production], default: prodcution}"), "production");
  expect(mapped("pages: integer\n", "pages: integer\nowned: {user_id: intger}\n"), "integer");
  expect(mapped("pages: integer\n", "pages: integer\nowned: {user_id: {type: integer, refrences: users.id}}\n"), "references");
  expect(mapped("pages: integer\n", "pages: integer\nowner: {column: pagse, from: a, matches: users.email}\n"), "pages");
  expect(mapped("pages: integer\n", "pages: integer\nowner: {column: pages, from: a, matchs: users.email}\n"), "matches");
  expect(mapped("pages: integer\n", "pages: integer\nmodified: {column: at, from: a, timzone: UTC}\n"), "timezone");
  expect(mapped("pages: integer\n", "pages: integer\nindexes: [pagse]\n"), "pages");
  expect(mapped("pages: integer\n", "pages: integer\nindexes: [{colums: [pages]}]\n"), "columns");
}

}  // namespace
}  // namespace lockstep
