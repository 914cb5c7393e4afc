// What the tests of hooks share: a script written into a temporary file, and a host with tables in memory.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "hook/hook.h"
#include "hook/lua.h"

namespace lockstep::test {

/// Tables in memory; keeps what was logged and counts what was asked.
class MemoryHost : public HookHost {
 public:
  std::map<std::string, std::vector<Json>> tables;
  std::vector<std::pair<log::Level, std::string>> lines;
  int finds = 0;
  Micros time = 1'763'691'863'000'000;  // 2025-11-21T02:24:23Z

  std::vector<Json> find(std::string_view table, const Json& where, bool ignore_case) override {
    ++finds;
    const auto found = tables.find(std::string(table));
    if (found == tables.end()) throw Error(ErrorKind::NotFound, "there is no table \"" + std::string(table) + "\"");
    std::vector<Json> out;
    for (const Json& row : found->second) {
      if (matches(row, where, ignore_case)) out.push_back(row);
    }
    return out;
  }
  void log(log::Level level, std::string_view message) override { lines.emplace_back(level, std::string(message)); }
  Micros now() override { return time; }

 private:
  static bool matches(const Json& row, const Json& where, bool ignore_case) {
    for (const Json::Member& wanted : *where.object()) {
      const Json* cell = row.find(wanted.first);
      if (cell == nullptr) return false;
      const bool texts = ignore_case && cell->text() != nullptr && wanted.second.text() != nullptr;
      if (texts ? !equal_ignore_case(*cell->text(), *wanted.second.text()) : *cell != wanted.second) return false;
    }
    return true;
  }
};

/// A clock that jumps ahead at each look.
class JumpingClock : public Clock {
 public:
  Micros now() const override { return 0; }
  SteadyTime steady() const override { return SteadyTime{} + Millis(1000) * looks++; }
  bool sleep(Millis, std::stop_token) const override { return true; }
  mutable int looks = 0;
};

/// A script in a file of its own, shown as "scripts/x.lua".
class Script {
 public:
  explicit Script(const std::string& text, const LuaLimits& limits = {}, const Clock& clock = system_clock()) : path_(fresh_path()) {
    std::ofstream(path_, std::ios::binary) << text;
    hook_ = load_lua(path_, "scripts/x.lua", limits, problems_, clock);
    if (hook_) hook_->attach(&host);
  }
  ~Script() { std::filesystem::remove(path_); }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  MemoryHost host;

  Hook& hook() {
    if (!hook_) throw std::runtime_error("the script did not load: " + (errors().empty() ? std::string("no reason") : errors().front()));
    return *hook_;
  }
  bool loaded() const { return hook_ != nullptr; }
  std::vector<std::string> errors() const { return problems_.errors(); }
  std::string first_error() const { return errors().empty() ? "" : errors().front(); }

  /// Runs the stage `record`; answers the new text, the old one when nothing changed, or "rejected: reason".
  std::string record(const std::string& raw) {
    std::optional<std::string> changed;
    if (const HookVerdict verdict = hook().record(subject, raw, changed)) return "rejected: " + *verdict;
    return changed.value_or(raw);
  }
  /// The same where the record that comes out is {out = TEXT}: that text. A failure fails the test.
  std::string text(const std::string& raw) {
    const std::string out = record(raw);
    if (out.starts_with("rejected: ")) throw std::runtime_error(out);
    return json::parse(out).text_at("out");
  }
  HookSubject subject{"a-1", "Sales", "assistant"};

 private:
  static std::string fresh_path() {
    static int count = 0;
    const auto name = "lockstep-hook-" + std::to_string(::getpid()) + "-" + std::to_string(++count) + ".lua";
    return (std::filesystem::temp_directory_path() / name).string();
  }

  std::string path_;
  yaml::Problems problems_;
  std::unique_ptr<Hook> hook_;
};

/// A script whose stage `record` has this body.
inline std::string record_script(const std::string& body) { return "return { record = function(record, ctx)\n" + body + "\nend }"; }

}  // namespace lockstep::test
