#include "mapping/trie.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"

namespace lockstep {
namespace {

/// Names of one object differ in length or at their ends nearly always; what collides is told apart by comparing.
std::size_t spread(std::string_view key) {
  if (key.empty()) return 0;
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(key[at])); };
  return key.size() * 7 + byte(0) * 31 + byte(key.size() / 2) * 131 + byte(key.size() - 1) * 17;
}

TrieNode& child_of(TrieNode& node, const std::string& key) {
  for (TrieNode::Child& child : node.children) {
    if (child.key == key) return *child.node;
  }
  node.children.push_back({key, std::make_unique<TrieNode>()});
  return *node.children.back().node;
}

TrieNode& element_of(TrieNode& node, const Path::Step& step, std::size_t ordinal) {
  const bool by_index = step.kind == Path::Step::Kind::Index;
  const auto same = [&](const TrieNode::Entry& entry) {
    return entry.by_index == by_index && entry.index == step.index && entry.key == step.key && entry.value == step.value;
  };
  auto found = std::find_if(node.entries.begin(), node.entries.end(), same);
  if (!node.element) node.element = std::make_unique<TrieNode>();
  if (found == node.entries.end()) {
    if (node.entries.size() == kMostEntries) throw Error(ErrorKind::Invalid, "more than 64 selections of one list");
    if (!by_index) child_of(*node.element, step.key).tests.push_back({node.entries.size(), step.value});
    node.entries.push_back({by_index, step.index, step.key, step.value, {}});
    found = node.entries.end() - 1;
  }
  found->ordinals.push_back(ordinal);
  return *node.element;
}

}  // namespace

TrieNode* TrieNode::find(std::string_view key) const {
  if (slots_.empty()) return nullptr;
  for (std::size_t at = spread(key);; ++at) {
    const std::uint16_t slot = slots_[at & (slots_.size() - 1)];
    if (slot == 0) return nullptr;
    const Child& child = children[slot - 1U];
    if (child.key == key) return child.node.get();
  }
}

void TrieNode::seal() {
  if (!children.empty()) {
    std::size_t size = 4;
    while (size < children.size() * 4) size *= 2;
    slots_.assign(size, 0);
    for (std::size_t i = 0; i < children.size(); ++i) {
      std::size_t at = spread(children[i].key);
      while (slots_[at & (size - 1)] != 0) ++at;
      slots_[at & (size - 1)] = static_cast<std::uint16_t>(i + 1);
    }
  }
  for (Child& child : children) child.node->seal();
  if (element) element->seal();
}

std::unique_ptr<TrieNode> make_trie(const Mapping& mapping) {
  auto root = std::make_unique<TrieNode>();
  for (std::size_t ordinal = 0; ordinal < mapping.fields().size(); ++ordinal) {
    if (mapping.fields()[ordinal].whole) continue;
    TrieNode* node = root.get();
    for (const Path::Step& step : mapping.fields()[ordinal].from.steps()) {
      node = step.kind == Path::Step::Kind::Key ? &child_of(*node, step.key) : &element_of(*node, step, ordinal);
      node->mapped = true;
    }
    node->fields.push_back(ordinal);
  }
  for (std::size_t ordinal = 0; ordinal < mapping.fields().size(); ++ordinal) {
    if (mapping.fields()[ordinal].other.empty()) continue;
    TrieNode& node = child_of(*root, mapping.fields()[ordinal].other);
    node.others.push_back(ordinal);
    node.mapped = true;
  }
  for (const std::string& key : mapping.unlisted()) child_of(*root, key).mapped = true;
  if (!mapping.marker().empty()) {
    TrieNode* node = root.get();
    for (const std::string& step : path_keys(mapping.marker())) node = &child_of(*node, step);
    node->hidden = true;
  }
  root->seal();
  return root;
}

}  // namespace lockstep
