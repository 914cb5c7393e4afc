// Program: runs a program to its end and keeps what it said.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace lockstep::test {

struct Outcome {
  int exit = -1;  ///< 128 + the signal when one ended it
  std::string out;
  std::string err;
};

/// `environment` replaces the whole environment but PATH, HOME and the sanitizers' own variables. Killed after `seconds`.
Outcome run_program(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                    const std::string& directory, int seconds = 120);

}  // namespace lockstep::test
