#include "scenarios/step_text.h"

#include <stdexcept>

#include "format/json.h"

namespace lockstep::test {

std::vector<std::string> texts(const yaml::Node& node) {
  std::vector<std::string> out;
  if (node.kind == yaml::Node::Kind::Scalar) out.push_back(node.scalar);
  for (const yaml::Node& item : node.items) out.push_back(item.scalar);
  return out;
}

std::string spelled(const yaml::Node& node, const DatabaseKind& kind) {
  if (node.kind != yaml::Node::Kind::Map) return node.scalar;
  const yaml::Node& own = node[kind.name()];
  const yaml::Node& text = own ? own : node["others"];
  if (!text) throw std::runtime_error(node.place.text() + ": nothing for " + std::string(kind.name()));
  return text.scalar;
}

std::string shown(const Json* value) { return value == nullptr ? "null" : json::canonical(*value); }

}  // namespace lockstep::test
