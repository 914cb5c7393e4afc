// Formats of --output. A new one is a row of the table in format.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/print/output.h"
#include "data/json.h"

namespace lockstep {

struct Format {
  const char* name;
  /// Writes the object that a command answers; nullptr: the command prints lines for people instead.
  void (*write)(Output& out, const Json& object);
};

/// The one for people is the first.
const Format& format_named(std::string_view name);
/// In the order of the table.
std::vector<std::string> format_names();

}  // namespace lockstep
