// Aftermath: what a run of the program has left: its output, both sides, the journal and its requests. It is held against what a scenario's
// step says of them, and against what holds after every run.
#pragma once

#include <string>
#include <vector>

#include "data/json.h"
#include "format/yaml.h"
#include "sandbox/sandbox.h"
#include "scenarios/database.h"
#include "scenarios/database_kind.h"
#include "scenarios/program.h"
#include "scenarios/remote_side.h"

namespace lockstep::test {

class Aftermath {
 public:
  /// Made before the run: looks at both sides, and counts requests from here on. All borrowed.
  Aftermath(const DatabaseKind& kind, const std::string& database, sandbox::Sandbox& sandbox, const std::vector<std::string>& secrets);

  /// After the run: all that the step says of it, and what holds always.
  void expect(const yaml::Node& step, const Outcome& outcome);
  /// After the same command once more, which ends with this code: it wrote nothing on either side.
  void expect_nothing_new(const Outcome& outcome, int exit);

 private:
  /// Both sides and the journal at one instant.
  struct Look {
    Dump users, state;
    World world;
  };
  Look look() const;

  void end(const std::string& heading, const Outcome& outcome);
  void expect_output(const yaml::Node& step, const Outcome& outcome) const;
  void expect_lines(const yaml::Node& lines, const std::string& output) const;
  void expect_requests(const yaml::Node& expected) const;
  void expect_sends(const yaml::Node& expected) const;
  void expect_journal(const yaml::Node& expected) const;
  std::string after_of(const Json::Member& field) const;
  void expect_same_sides() const;
  void expect_invariants(bool meddled) const;
  /// Texts that output must hold; `{store}` stands for how the program speaks of the database.
  std::vector<std::string> expected(const yaml::Node& node) const;

  const DatabaseKind& kind_;
  const std::string& database_;
  sandbox::Sandbox& sandbox_;
  const std::vector<std::string>& secrets_;
  const Look before_;
  Look after_;
  std::vector<sandbox::LoggedRequest> requests_;
  std::string said_;
};

}  // namespace lockstep::test
