// The blocks of code of a page in Markdown, for tests that try a page as it is written.
#pragma once

#include <string>
#include <vector>

#include "common/text.h"

namespace lockstep::test {

struct Block {
  std::string language;  ///< what stands behind the opening fence
  std::string text;
};

inline std::vector<Block> code_blocks(const std::string& page) {
  std::vector<Block> out;
  bool inside = false;
  for (const std::string& line : split(page, '\n')) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) out.push_back({line.substr(3), ""});
    } else if (inside) {
      out.back().text += line + "\n";
    }
  }
  return out;
}

}  // namespace lockstep::test
