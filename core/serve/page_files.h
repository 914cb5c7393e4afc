// PageFiles: what stands in core/serve/page, built into the program.
#pragma once

#include <span>
#include <string_view>

namespace lockstep::serve {

struct PageFile {
  std::string_view name;  ///< "app.js"
  std::string_view text;
};

/// Made by the build.
std::span<const PageFile> page_files();

}  // namespace lockstep::serve
