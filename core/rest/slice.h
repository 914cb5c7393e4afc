// Slice: a list answer cut into its items without parsing them. simdjson walks the structure; of each item only the identity and, where
// paging needs it, the creation time are read. Items stay unvalidated inside: whoever maps one parses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/arena.h"

namespace lockstep::rest {

struct Item {
  std::string_view id;    ///< into the body, or into the arena when it was escaped
  std::string_view raw;   ///< into the body, or into the arena when the identity was put into it: from { to }
  std::string_view time;  ///< as served; empty: none
  std::size_t place = 0;  ///< from 1 on, in the answer's array
  bool number = false;    ///< the identity is a number in the document
};

struct Slice {
  std::vector<Item> items;
  std::size_t elements = 0;            ///< of the array, also those that are no items
  bool missing = false;                ///< there is no array, which missing_is_empty allows
  std::vector<std::string> problems;   ///< elements that are no objects or have no identity, each with its place; the first thousand
  std::size_t untold = 0;              ///< further ones
  std::string token;                   ///< of the next page, or its address; empty: none
  std::optional<bool> more;            ///< whether anything follows
  std::optional<std::uint64_t> total;  ///< items of the whole list
  std::optional<std::uint64_t> pages;  ///< pages of the whole list

  void clear();
};

/// Paths are dotted (place.h); empty: not read.
struct SliceQuery {
  std::string items;             ///< path of the array; empty: the body is the array
  std::vector<std::string> key;  ///< path of the identity within an item
  std::string time_field = {};   ///< top-level member of an item
  std::string token_field = {};
  std::string more_field = {};
  std::string total_field = {};
  std::string pages_field = {};
  bool keyed = false;  ///< see ListSpec
  bool null_is_empty = false;
  bool missing_is_empty = false;
  std::size_t most_elements = 0;  ///< of the array; 0: any number
};

/// Reuses its parser. One thread at a time.
class Slicer {
 public:
  Slicer();
  ~Slicer();

  /// `body`: `size` bytes of JSON with kPagePadding readable bytes behind. Throws Error{Corrupt} when it is not one whole JSON text of the
  /// expected outline: cut off anywhere, HTML, another type, or followed by something; the message says which.
  void cut(std::string_view body, const SliceQuery& query, Arena& arena, Slice& out);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace lockstep::rest
