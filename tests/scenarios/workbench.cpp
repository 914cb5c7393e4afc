#include "scenarios/workbench.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "support/files.h"

namespace lockstep::test {

namespace fs = std::filesystem;

sandbox::Options sandbox_options(std::size_t assistants) {
  sandbox::Options options;
  options.settings.manners.key = kKey;
  options.assistants = assistants;
  return options;
}

Workbench::Workbench(const sandbox::Sandbox& sandbox, const DatabaseKind& kind) : database_(kind.make(directory())) {
  for (const char* folder : {"config", "scripts"})
    fs::copy(fs::path(LOCKSTEP_SOURCE_DIR) / folder, directory() / folder, fs::copy_options::recursive);
  environment_ = {{"LOCKSTEP_DB", database_}, {"VAPI_API_KEY", kKey}, {"VAPI_BASE_URL", sandbox.url()}, {"USER", "tester"}};
  // The stand-in for the API is not spared as a real one is.
  set_option("plugin: vapi", "rate: 0");
}

Workbench::~Workbench() {
  try {
    kind_of(database_).remove(database_);
  } catch (const std::exception& failure) {
    ADD_FAILURE() << failure.what();
  }
}

void Workbench::write(const std::string& path, const std::string& text) const {
  fs::create_directories((directory() / path).parent_path());
  std::ofstream(directory() / path) << text;
}

void Workbench::set_option(const std::string& beside, const std::string& line) const {
  std::string text = file_text(directory() / "config/lockstep.yaml");
  const std::size_t at = text.find(beside + "\n");
  if (at == std::string::npos) throw std::runtime_error("no line " + beside + " in the shipped configuration");
  text.insert(at, line + "\n    ");
  write("config/lockstep.yaml", text);
}

void Workbench::add_users() const {
  execute(database_,
          "INSERT INTO users (id, name, email, role) VALUES (1, 'Root', 'root@example.com', 'admin'), (2, 'Ana', 'ana@example.com', "
          "'user'), (3, 'Bruno', 'bruno@example.com', 'user'), (4, 'Keiko', 'keiko@example.com', 'user')");
}

std::unique_ptr<Running> Workbench::start(const std::vector<std::string>& arguments, const std::vector<std::string>& wrapper) const {
  std::vector<std::string> words = wrapper;
  words.push_back(LOCKSTEP_PROGRAM);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return std::make_unique<Running>(words, environment_, directory().string());
}

Outcome Workbench::run(const std::vector<std::string>& arguments, const std::vector<std::string>& wrapper) const {
  return start(arguments, wrapper)->finish();
}

}  // namespace lockstep::test
