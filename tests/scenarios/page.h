// Page: a page of the documentation, tried as it is written. Its files are made and its commands run by a shell, in the order of the page.
#pragma once

#include <string>
#include <vector>

#include "common/scratch_folder.h"
#include "format/code_blocks.h"

namespace lockstep::test {

/// The blocks of code of `page` (below the source tree) from one heading of the second level to the next.
std::vector<Block> blocks_of(const std::string& page, const std::string& heading);

/// Blocks in "sh" are commands; one whose first line is "# config/FILE" or "-- scripts/FILE" is that file.
class Walk {
 public:
  explicit Walk(const std::vector<Block>& blocks);

  /// In an empty folder; `variables` is a prefix such as "A=1 B=2". Returns what was said.
  std::string run(const std::string& variables = {});

  int exit = -1;

 private:
  ScratchFolder folder_{"walk"};
  std::string script_;
};

}  // namespace lockstep::test
