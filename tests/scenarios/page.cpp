#include "scenarios/page.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/files.h"

namespace lockstep::test {

namespace fs = std::filesystem;

namespace {

/// The file that a block is; empty: none.
std::string file_of(const Block& block) {
  const std::string first = block.text.substr(0, block.text.find('\n'));
  for (const std::string mark : {"# config/", "-- scripts/"}) {
    if (first.starts_with(mark)) return first.substr(first.find(' ') + 1);
  }
  return {};
}

}  // namespace

std::vector<Block> blocks_of(const std::string& page, const std::string& heading) {
  std::string text = file_text(fs::path(LOCKSTEP_SOURCE_DIR) / page);
  const std::size_t section = text.find("\n## " + heading + "\n");
  if (section == std::string::npos) return {};
  text.erase(0, section + 1);
  text = text.substr(0, text.find("\n## ", 1));
  return code_blocks(text);
}

Walk::Walk(const std::vector<Block>& blocks) {
  script_ = "set -e\nexport PATH=" + fs::path(LOCKSTEP_PROGRAM).parent_path().string() + ":$PATH\ncd " + folder_.path().string() + "\n";
  for (const Block& block : blocks) {
    if (block.language == "sh") script_ += block.text;
    const std::string file = file_of(block);
    if (file.empty()) continue;
    script_ += "mkdir -p " + fs::path(file).parent_path().string() + "\ncat > " + file + " <<'END'\n" + block.text + "END\n";
  }
}

std::string Walk::run(const std::string& variables) {
  std::ofstream(folder_.path() / "run.sh") << script_;
  const fs::path log = folder_.path() / "log";
  exit = std::system((variables + " bash " + (folder_.path() / "run.sh").string() + " > " + log.string() + " 2>&1").c_str());
  return file_text(log);
}

}  // namespace lockstep::test
