// A YAML text read, with what was wrong with it.
#pragma once

#include "format/yaml.h"

namespace lockstep::test {

inline std::optional<std::string> environment(std::string_view name) {
  if (name == "SET") return "value";
  if (name == "EMPTY") return "";
  if (name == "PORT") return "8080";
  if (name == "TRICK") return "x\ny: ${SET}";
  return std::nullopt;
}

struct Loaded {
  yaml::Problems problems;
  yaml::Node root;
};

/// Places are told as of a file a.yaml, and ${…} are those of environment().
inline Loaded load(std::string_view text) {
  Loaded out;
  out.root = yaml::load_text(text, "a.yaml", environment, out.problems);
  return out;
}

}  // namespace lockstep::test
