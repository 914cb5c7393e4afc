// Members by name, elements by position.
#include "sandbox/json_path.h"

#include <charconv>
#include <optional>
#include <string>

#include "common/error.h"
#include "common/text.h"

namespace lockstep::sandbox {
namespace {

std::optional<std::size_t> position_of(const Json::Array& elements, const std::string& name) {
  std::size_t position = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), position);
  const bool good = error == std::errc{} && end == name.data() + name.size() && position < elements.size();
  return good ? std::optional(position) : std::nullopt;
}

Json* step_into(Json& node, const std::string& name) {
  if (Json::Array* elements = node.array(); elements != nullptr) {
    const auto position = position_of(*elements, name);
    return position ? &(*elements)[*position] : nullptr;
  }
  return node.is_null() || node.object() != nullptr ? &node[name] : nullptr;
}

}  // namespace

Json& value_at(Json& document, std::string_view path) {
  Json* node = &document;
  for (const auto& name : split(path, '.')) {
    node = step_into(*node, name);
    if (node == nullptr)
      throw Error(ErrorKind::Invalid, "path \"" + std::string(path) + "\" leads through a value that has no \"" + name + "\"");
  }
  return *node;
}

}  // namespace lockstep::sandbox
