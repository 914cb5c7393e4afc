// Trie: the paths of a mapping as a tree, so that one walk over a document meets every field on its way.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mapping/mapping.h"

namespace lockstep {

/// What a place in a document means to the mapping.
struct TrieNode {
  /// One way into the elements of an array: the first whose member has a text, or the one at a place.
  struct Entry {
    bool by_index = false;
    std::size_t index = 0;
    std::string key, value;
    std::vector<std::size_t> ordinals;  ///< fields behind this way in
  };
  struct Child {
    std::string key;
    std::unique_ptr<TrieNode> node;
  };
  /// The member of an element that decides an Entry: its ordinal in the array node, and the text it must have.
  struct Test {
    std::size_t entry = 0;
    std::string value;
  };

  std::vector<std::size_t> fields;  ///< ordinals whose path ends here
  std::vector<std::size_t> others;  ///< ordinals whose member may bear this name instead (Field::other)
  std::vector<Child> children;
  std::vector<Entry> entries;         ///< of an array
  std::unique_ptr<TrieNode> element;  ///< every element is walked with this; its fields count when their Entry is met
  std::vector<Test> tests;            ///< this place decides entries of the array around
  bool hidden = false;                ///< Lockstep's own marker: no value holds it
  bool mapped = false;                ///< a field or an unlisted key leads here, not only the marker
  std::uint64_t seen = 0;             ///< number of the record in which a top-level key was met last

  TrieNode* find(std::string_view key) const;
  bool is_inner() const { return !children.empty() || element != nullptr; }

  /// Builds the lookup tables, once all paths are in.
  void seal();

 private:
  std::vector<std::uint16_t> slots_;  ///< open addressing; 0: empty, else child + 1
};

/// The trie of all fields; the keys of Mapping::unlisted() are in it too, without fields.
std::unique_ptr<TrieNode> make_trie(const Mapping& mapping);

/// Arrays with more ways in than this are refused when the mapping is read.
inline constexpr std::size_t kMostEntries = 64;

}  // namespace lockstep
