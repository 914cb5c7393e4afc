#include "cli/print/format.h"

#include <algorithm>
#include <iterator>

#include "common/spelling.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// One object, a line.
void write_json(Output& out, const Json& object) { out.line(visible_json(json::to_text(object))); }

constexpr Format kFormats[] = {{"text", nullptr}, {"json", write_json}};

}  // namespace

const Format& format_named(std::string_view name) {
  const auto found = std::find_if(std::begin(kFormats), std::end(kFormats), [&](const Format& format) { return format.name == name; });
  return found == std::end(kFormats) ? kFormats[0] : *found;
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

}  // namespace lockstep
