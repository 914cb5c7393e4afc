// config/README.md: both of its walks work as they are written, with the real program and the sandbox in Vapi's place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/text.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Block {
  std::string language;
  std::string text;
};

/// The blocks between two headings.
std::vector<Block> blocks_of(const std::string& heading) {
  std::string text = text_of(fs::path(LOCKSTEP_SOURCE_DIR) / "config/README.md");
  text.erase(0, text.find("\n## " + heading + "\n") + 1);
  text = text.substr(0, text.find("\n## ", 1));
  std::vector<Block> out;
  bool inside = false;
  for (const std::string& line : split(text, '\n')) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) out.push_back({line.substr(3), ""});
    } else if (inside) {
      out.back().text += line + "\n";
    }
  }
  return out;
}

/// Files are written and commands run in the order of the page; what is said comes back.
class Walk {
 public:
  explicit Walk(const std::vector<Block>& blocks) {
    script_ = "set -e\nexport PATH=" + fs::path(LOCKSTEP_PROGRAM).parent_path().string() + ":$PATH\ncd " + folder_.string() + "\n";
    for (const Block& block : blocks) {
      if (block.language == "sh") script_ += block.text;
      if (!block.text.starts_with("# config/")) continue;
      const std::string file = block.text.substr(2, block.text.find('\n') - 2);
      script_ += "mkdir -p " + fs::path(file).parent_path().string() + "\ncat > " + file + " <<'END'\n" + block.text + "END\n";
    }
  }
  ~Walk() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::string run(const std::string& variables = {}) {
    std::ofstream(folder_ / "run.sh") << script_;
    const fs::path log = folder_ / "log";
    exit = std::system((variables + " bash " + (folder_ / "run.sh").string() + " > " + log.string() + " 2>&1").c_str());
    return text_of(log);
  }

  int exit = -1;

 private:
  static fs::path new_folder() {
    std::string name = (fs::temp_directory_path() / "lockstep-walk-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    return name;
  }

  fs::path folder_ = new_folder();
  std::string script_;
};

TEST(ConfigReadme, AResourceIsAddedAsItIsWritten) {
  const sandbox::Sandbox sandbox(sandbox_options());
  Walk walk(blocks_of("Add a resource"));
  const std::string said = walk.run(std::string("VAPI_API_KEY=") + kKey + " VAPI_BASE_URL=" + sandbox.url());
  EXPECT_EQ(walk.exit, 0) << said;
  EXPECT_THAT(said, HasSubstr("No mistakes found."));
  EXPECT_THAT(said, HasSubstr("Created tool: find_table"));
  EXPECT_THAT(said, HasSubstr("Updated tool in Vapi: find_table"));
  const auto tool = sandbox.item("0a9b8c7d-1111-4a2b-8c3d-5e6f70819201");
  EXPECT_EQ(tool->find("function")->text_at("description"), "Looks for a table");
  EXPECT_NE(tool->find("function")->find("parameters"), nullptr) << "the rest of the object stays";
}

TEST(ConfigReadme, RulesAreTestedAsItIsWritten) {
  const std::vector<Block> blocks = blocks_of("Test your rules");
  Walk walk(blocks);
  const std::string said = walk.run();
  EXPECT_EQ(walk.exit, 0) << said;
  std::size_t outputs = 0;
  for (const Block& block : blocks) {
    if (!block.language.empty()) continue;
    EXPECT_THAT(said, HasSubstr(block.text));
    ++outputs;
  }
  EXPECT_EQ(outputs, 1U);
  EXPECT_THAT(said, HasSubstr("2 passed, 0 failed"));
}

}  // namespace
}  // namespace lockstep::test
