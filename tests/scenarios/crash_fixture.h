// Crash: an import of several pages and more than one commit, to be cut off in every way, and what must hold afterwards.
#pragma once

#include <gtest/gtest.h>

#include "scenarios/database.h"
#include "scenarios/workbench.h"

namespace lockstep::test {

constexpr std::size_t kAssistants = 640;
inline const std::vector<std::string> kSync = {"assistants:sync"};
inline const std::vector<std::string> kQuietSync = {"assistants:sync", "--quiet"};

/// The one cell that a query answers.
std::string number(const std::string& file, const std::string& sql);

/// Begins with users, empty tables and a sandbox without faults; what an undisturbed import gives is known.
class Crash : public ::testing::Test {
 protected:
  Crash();
  void SetUp() override;

  /// Empty tables, no faults, no requests.
  void start_anew();
  /// That request is never answered.
  void hang_at(std::size_t request);
  /// Starts an import that waits for its last page, with some rows committed.
  std::unique_ptr<Running> start_and_stop_short(const std::vector<std::string>& command);
  std::size_t rows() const;
  /// How many rows a program that opened the database now would find, each of them whole. Looks at a copy, so that the recovery of what was
  /// cut off is left to the next run.
  std::size_t rows_kept() const;
  /// The undisturbed run that follows brings everything, and the one after it has nothing left to do.
  void expect_whole_after_next_run();
  void expect_content() const;
  /// The database before the first import.
  std::filesystem::path empty() const;

  sandbox::Sandbox sandbox_;
  Workbench bench_;
  std::size_t requests_ = 0;  ///< of an undisturbed import

 private:
  std::vector<Cells> expected_;
};

}  // namespace lockstep::test
