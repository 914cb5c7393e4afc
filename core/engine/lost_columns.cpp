#include "engine/lost_columns.h"

#include <algorithm>

#include "common/text.h"

namespace lockstep {
namespace {

Json::Array columns_of(const Json& definition) {
  const Json* columns = definition.find("columns");
  return columns != nullptr && columns->array() != nullptr ? *columns->array() : Json::Array();
}

}  // namespace

std::vector<std::string> lost_columns(const Json& before, const Json& now, const std::vector<std::size_t>& blank, const Mapping& mapping) {
  std::vector<std::string> lost;
  const Json::Array known = columns_of(before);
  const Json::Array columns = columns_of(now);
  if (known.empty() || (known == columns && before.text_at("version") == now.text_at("version"))) return lost;
  for (auto column = columns.rbegin(); column != columns.rend(); ++column) {
    if (std::find(known.begin(), known.end(), *column) == known.end()) continue;
    const auto found = std::find_if(blank.begin(), blank.end(), [&](std::size_t ordinal) {
      return equal_ignore_case(mapping.fields()[ordinal].column, *column->text());
    });
    if (found == blank.end()) break;
    lost.push_back(mapping.fields()[*found].column);
  }
  return lost;
}

}  // namespace lockstep
