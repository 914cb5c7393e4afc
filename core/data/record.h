// Record, Page, Document: remote items as bytes. A page owns the bytes of one answer; a document owns one item.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/hash.h"
#include "data/arena.h"

namespace lockstep {

/// One remote item, borrowed from its page.
struct Record {
  std::string_view id;   ///< unescaped value of the resource's key path; never empty
  std::string_view raw;  ///< the item's JSON text exactly as it was served; at least kPagePadding readable bytes follow it in the page
  Hash128 hash;          ///< hash128(raw), seed 0
  /// Why the item, which is there, could not be read; `raw` is empty then. Empty: it was read.
  std::string_view trouble = {};
};

/// Bytes that must be readable after a JSON text so that the parser may overrun it (SIMDJSON_PADDING).
inline constexpr std::size_t kPagePadding = 64;

/// One answer of a list. Move-only. `body` is the answer plus kPagePadding zero bytes; records point into it and into `arena`.
struct Page {
  Page() = default;
  Page(Page&&) noexcept = default;
  Page& operator=(Page&&) noexcept = default;

  std::unique_ptr<std::string> body;  ///< behind a pointer, so that moving the page keeps the views
  std::vector<Record> records;        ///< in the order of the answer, ids unique within the whole list
  std::vector<std::string> problems;  ///< items that were no records (no id, not an object), each with its place
  Arena arena;
};

/// One remote item that owns its bytes: the canonical form is not required, `json` is as served.
struct Document {
  std::string id;
  std::string json;
};

}  // namespace lockstep
