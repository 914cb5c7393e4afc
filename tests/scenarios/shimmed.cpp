#include "scenarios/shimmed.h"

#include <cstdlib>
#include <fstream>

namespace lockstep::test {
namespace {

std::map<std::string, std::string> shim_variables(const Trial& trial) {
  const char* sanitizer = std::getenv("ASAN_OPTIONS");
  // The sanitizer asks to be the first library; the shim only has to be before libc.
  return {{"LD_PRELOAD", LOCKSTEP_SHIM},
          {"ASAN_OPTIONS", (sanitizer == nullptr ? "" : std::string(sanitizer) + ":") + "verify_asan_link_order=0"},
          {"SHIM_DATABASE", trial.bench().database()}};
}

/// Variables of a trial's runs for as long as this lives.
class Variables {
 public:
  Variables(Trial& trial, const std::map<std::string, std::string>& more)
      : environment_(trial.bench().environment()), before_(environment_) {
    for (const auto& [name, value] : more) environment_[name] = value;
  }
  ~Variables() { environment_ = before_; }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;

 private:
  std::map<std::string, std::string>& environment_;
  std::map<std::string, std::string> before_;
};

}  // namespace

std::map<std::string, std::string> strike_at(const Trial& trial, const std::string& place, const std::string& deed) {
  std::map<std::string, std::string> variables = shim_variables(trial);
  variables["SHIM_STRIKE"] = place;
  variables["SHIM_DEED"] = deed;
  return variables;
}

std::map<std::string, std::size_t> operations_of(Trial& trial, const std::vector<std::string>& command) {
  const std::string log = (trial.bench().directory() / "operations.log").string();
  std::filesystem::remove(log);
  std::map<std::string, std::string> variables = shim_variables(trial);
  variables["SHIM_LOG"] = log;
  const Variables kept(trial, variables);
  trial.bench().run(command);
  std::map<std::string, std::size_t> counts;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    ++counts[line];
    ++counts["all"];
  }
  return counts;
}

Outcome run_struck(Trial& trial, const std::string& place, const std::string& deed, const std::vector<std::string>& command) {
  const Variables kept(trial, strike_at(trial, place, deed));
  return trial.bench().run(command);
}

ShimClock::ShimClock(Trial& trial) : trial_(trial), path_((trial.bench().directory() / "clock").string()) {
  set(0);
  for (const auto& [name, value] : shim_variables(trial)) trial.bench().environment()[name] = value;
  trial.bench().environment()["SHIM_CLOCK"] = path_;
}

ShimClock::~ShimClock() {
  for (const char* name : {"SHIM_CLOCK", "SHIM_DATABASE", "LD_PRELOAD", "ASAN_OPTIONS"}) trial_.bench().environment().erase(name);
}

void ShimClock::set(std::int64_t seconds) {
  // Not truncated: a run under way has the file's bytes before its eyes.
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  if (!file) file.open(path_, std::ios::binary | std::ios::out);
  file.write(reinterpret_cast<const char*>(&seconds), sizeof seconds);
}

}  // namespace lockstep::test
