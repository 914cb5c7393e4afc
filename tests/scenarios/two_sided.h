// Two sides: what the random histories of both sides have in common: the program in this process (starting it would take longer than the
// runs), chance, and a look at what stands where.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cli/program.h"
#include "config/workspace.h"
#include "plugin/registry.h"
#include "scenarios/database.h"
#include "scenarios/remote_side.h"
#include "scenarios/workbench.h"

namespace lockstep::test {

/// The true clock, which a history may move on.
class LeapingClock : public Clock {
 public:
  Micros now() const override { return system_clock().now() + leapt_; }
  SteadyTime steady() const override { return system_clock().steady(); }
  bool sleep(Millis duration, std::stop_token stop) const override { return system_clock().sleep(duration, std::move(stop)); }
  void leap(std::chrono::seconds time) { leapt_ += std::chrono::duration_cast<std::chrono::microseconds>(time).count(); }

 private:
  std::atomic<Micros> leapt_ = 0;
};

class InProcess {
 public:
  explicit InProcess(Workbench& bench, const Clock& clock = system_clock());
  Outcome run(std::vector<std::string> words);

 private:
  Workbench& bench_;
  const Clock& clock_;
  Registry registry_;
  RegistryPlugins plugins_;
};

/// A sandbox and a workbench for many histories, one after the other.
struct TwoSidedStage {
  explicit TwoSidedStage(const DatabaseKind& kind);
  /// Both sides as at the beginning: four users, nothing else.
  void clear();
  std::string log_file() const { return (bench.directory() / "run.log").string(); }

  LeapingClock clock;
  sandbox::Sandbox sandbox;
  Workbench bench;
  InProcess program;
};

/// What a hook of the stage says: a conflict of texts is decided by a third one, others by the remote.
inline constexpr const char* kStageHooks =
    "return {conflict = function(field, here, there, base, ctx)\n"
    "  if type(here) ~= 'string' or type(there) ~= 'string' then return there end\n"
    "  return here .. ' + ' .. there\n"
    "end}";

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  int number(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  bool once_in(int times) { return number(1, times) == 1; }
  template <typename T>
  T one_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(number(0, static_cast<int>(all.size()) - 1))];
  }

 private:
  std::mt19937_64 random_;
};

/// A history under way: its chance, its steps, its runs.
class TwoSidedHistory {
 public:
  const std::string& steps() const { return steps_; }

 protected:
  TwoSidedHistory(std::uint64_t seed, TwoSidedStage& stage) : chance_(seed), stage_(stage) { stage_.clear(); }

  static bool failed() { return ::testing::Test::HasFailure(); }
  int number(int least, int most) { return chance_.number(least, most); }
  template <typename T>
  T one_of(const std::vector<T>& all) {
    return chance_.one_of(all);
  }
  void note(const std::string& step) { steps_ += "  " + step + "\n"; }
  void sql(const std::string& statement);
  void fault(const std::string& text);
  /// An import, export or full run under a policy; no guard stops it.
  std::vector<std::string> random_command();
  /// The log of requests holds those of this run then.
  Outcome carry_out(const std::vector<std::string>& command);
  /// What holds after every run: only what it may have sent was sent, nothing vanished, nothing was touched that no request named.
  void expect_nothing_vanished(const Dump& before, const World& world, const std::string& said) const;
  void expect_idempotent(const std::vector<std::string>& command);

  sandbox::Sandbox& sandbox() { return stage_.sandbox; }
  const sandbox::Sandbox& sandbox() const { return stage_.sandbox; }
  const std::string& database() const { return stage_.bench.database(); }
  const DatabaseKind& kind() const { return kind_of(database()); }

  Chance chance_;
  TwoSidedStage& stage_;

 private:
  std::string steps_;
};

/// The value at a path ("model.model") of a document; null when there is none.
const Json* value_in(const Json& document, const std::string& path);

}  // namespace lockstep::test
