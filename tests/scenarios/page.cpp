#include "scenarios/page.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace lockstep::test {

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

fs::path new_folder() {
  std::string name = (fs::temp_directory_path() / "lockstep-walk-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  return name;
}

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
  std::string text = text_of(fs::path(LOCKSTEP_SOURCE_DIR) / page);
  const std::size_t section = text.find("\n## " + heading + "\n");
  if (section == std::string::npos) return {};
  text.erase(0, section + 1);
  text = text.substr(0, text.find("\n## ", 1));
  return code_blocks(text);
}

Walk::Walk(const std::vector<Block>& blocks) : folder_(new_folder()) {
  script_ = "set -e\nexport PATH=" + fs::path(LOCKSTEP_PROGRAM).parent_path().string() + ":$PATH\ncd " + folder_.string() + "\n";
  for (const Block& block : blocks) {
    if (block.language == "sh") script_ += block.text;
    const std::string file = file_of(block);
    if (file.empty()) continue;
    script_ += "mkdir -p " + fs::path(file).parent_path().string() + "\ncat > " + file + " <<'END'\n" + block.text + "END\n";
  }
}

Walk::~Walk() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Walk::run(const std::string& variables) {
  std::ofstream(folder_ / "run.sh") << script_;
  const fs::path log = folder_ / "log";
  exit = std::system((variables + " bash " + (folder_ / "run.sh").string() + " > " + log.string() + " 2>&1").c_str());
  return text_of(log);
}

}  // namespace lockstep::test
