// The README of the plugin: its reference of keys is that of the reader, its examples are right, and its ten minutes work as written.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "format/code_blocks.h"
#include "providers/fixture.h"
#include "rest/table.h"
#include "rest_plugin/reference.h"
#include "support/files.h"

namespace lockstep::rest {
namespace {

namespace fs = std::filesystem;

const fs::path kReadme = LOCKSTEP_SOURCE_DIR "/plugins/rest/README.md";

using test::Block;

std::vector<Block> blocks() { return test::code_blocks(test::file_text(kReadme)); }

TEST(RestReadme, ItsReferenceHoldsEveryKey) {
  const std::string begin = "<!-- keys: begin -->\n", end = "<!-- keys: end -->";
  const std::string text = test::file_text(kReadme);
  const std::size_t from = text.find(begin) + begin.size(), to = text.find(end);
  ASSERT_LE(from, to);
  const std::string keys = "\n" + test::reference(table_form());
  if (std::getenv("LOCKSTEP_REWRITE") != nullptr) std::ofstream(kReadme) << text.substr(0, from) + keys + text.substr(to);
  EXPECT_TRUE(text.substr(from, to - from) == keys) << "set LOCKSTEP_REWRITE=1 and run this test once more";
}

/// The lines of an example that show a whole table's part each.
std::string as_table(const std::string& example) {
  const auto has = [&](const char* key) { return example.starts_with(key) || example.find(std::string("\n") + key) != std::string::npos; };
  std::string out = example;
  if (!has("label:")) out += "label: Books\n";
  if (!has("auth:")) out += "auth: {style: none}\n";
  if (!has("resources:")) out += "resources: {book: {list: {path: /books}}}\n";
  return out;
}

void expect_right(const std::string& table) {
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(
      table, "README", [](std::string_view) { return std::nullopt; }, problems);
  read_table(root, {"a", "o", "p"}, problems);
  EXPECT_EQ(problems.errors(), std::vector<std::string>()) << table;
}

TEST(RestReadme, ItsExamplesAreRight) {
  std::size_t examples = 0;
  for (const Block& block : blocks()) {
    if (block.language != "yaml" || block.text.starts_with("# config/")) continue;
    if (block.text.starts_with("auth:")) {
      for (const std::string& line : split(std::string(trim(block.text)), '\n')) expect_right(as_table(line + "\n"));
    } else {
      expect_right(as_table(block.text));
    }
    ++examples;
  }
  EXPECT_GE(examples, 4U);
  for (const std::string& line : split(test::file_text(kReadme), '\n')) {
    for (std::size_t at = line.find("`{style: "); line.starts_with("| ") && at != std::string::npos; at = line.find("`{style: ", at + 1)) {
      const std::string paging = line.substr(at + 1, line.find('`', at + 1) - at - 1);
      expect_right("label: B\nauth: {style: none}\nresources: {book: {list: {path: /books, paging: " + paging + "}}}\n");
    }
  }
}

/// A folder that goes away.
struct Folder {
  Folder() : path(fs::temp_directory_path() / ("lockstep-readme-" + std::to_string(getpid()))) { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

TEST(RestReadme, ItsTenMinutesWorkAsWritten) {
  Folder folder;
  std::vector<std::string> requests;
  test::ScriptedServer server(test::ScriptedServer::serve([&](const std::string& request) {
    requests.push_back(request);
    const std::string target = request.substr(4, request.find(' ', 4) - 4);
    return test::answer(200, test::file_text(folder.path / ("service" + target.substr(0, target.find('?')))));
  }));
  const std::string address = server.url().substr(server.url().find("127."));
  std::string script = "set -e\nexport PATH=" LOCKSTEP_PROGRAMS ":$PATH\ncd " + folder.path.string() + "\n";
  for (const Block& block : blocks()) {
    if (block.language == "sh") {
      // The server of this test stands in for Python's.
      for (const std::string& line : split(block.text, '\n')) script += line.starts_with("python3 ") ? "" : line + "\n";
    } else if (block.text.starts_with("# config/")) {
      const std::string file = block.text.substr(2, block.text.find('\n') - 2);
      script += "cat > " + file + " <<'END'\n" + replace_all(block.text, "127.0.0.1:8123", address) + "END\n";
    }
  }
  std::ofstream(folder.path / "run.sh") << script;
  const std::string log = (folder.path / "log").string();
  const int exit = std::system(("bash " + (folder.path / "run.sh").string() + " > " + log + " 2>&1").c_str());
  const std::string said = test::file_text(log);
  EXPECT_EQ(exit, 0) << said;
  EXPECT_NE(said.find("No mistakes found."), std::string::npos) << said;
  EXPECT_NE(said.find("Found 2 books in Book Service"), std::string::npos) << said;
  EXPECT_NE(said.find("(2 created, 0 updated)"), std::string::npos) << said;
  EXPECT_NE(said.find("(0 created, 0 updated)"), std::string::npos) << said;
  ASSERT_FALSE(requests.empty());
  EXPECT_NE(requests[0].find("Authorization: Bearer any-key-will-do\r\n"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::rest
