// The program itself, run with some words.
#pragma once

#include <string>

namespace lockstep::test {

struct Said {
  int exit = -1;  ///< 128 + the signal when one ended it
  std::string out;
};

/// `before`: assignments for the environment, as a shell takes them. Standard error is read too, unless `words` sends it elsewhere.
Said run_lockstep(const std::string& words, const std::string& before = "");

}  // namespace lockstep::test
