// What the tests of operations work with: the shelf, its configuration come to life, and nobody who reads lines.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "config/workspace.h"
#include "operations/runs.h"
#include "support/shelf.h"

namespace lockstep::test {

class OperationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    *shelf() = Shelf();
    write_books(directory_);
  }

  /// The configuration as it is now, read anew.
  Workspace& workspace() { return *workspace_anew(); }
  std::shared_ptr<Workspace> workspace_anew() {
    yaml::Problems problems;
    const auto nothing_set = [](std::string_view) { return std::optional<std::string>(); };
    Configuration configuration = read_configuration("config/lockstep.yaml", nothing_set, {}, problems);
    workspace_ = std::make_shared<Workspace>(std::move(configuration), std::move(problems), plugins_, nothing_set);
    return workspace_;
  }

  operations::RunOutcome run(Mode mode, RunOptions options = {}) {
    options.mode = mode;
    return operations::run(workspace(), {options, {{"books"}}, std::string(to_string(mode))}, nobody_, system_clock(), {});
  }

  WorkingDirectory directory_;
  ShelfPlugins plugins_;
  Observer nobody_;
  std::shared_ptr<Workspace> workspace_;
};

}  // namespace lockstep::test
