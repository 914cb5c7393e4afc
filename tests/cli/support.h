// What the tests of the program share: the shelf, and the program run in this process with its output collected.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "cli/program.h"
#include "data/json.h"
#include "support/shelf.h"

namespace lockstep::test {

struct Outcome {
  int code = 0;
  std::string out, err;
};

/// The program with these words, in the working directory, with these variables and no others.
Outcome run(std::vector<std::string> words, std::map<std::string, std::string> variables = {});
/// The same with standard output's JSON object read.
Json run_json_output(std::vector<std::string> words, int expected_code = 0);

class ProgramTest : public ::testing::Test {
 protected:
  void SetUp() override {
    *shelf() = Shelf();
    write_books(directory_);
  }
  WorkingDirectory directory_;
};

}  // namespace lockstep::test
