// Item: one record on its way through a run, with all that decides about it. Views live as long as the chunk's arena and rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/json.h"
#include "engine/decide/cell_prints.h"
#include "engine/decide/decide.h"
#include "engine/sides/reader.h"
#include "format/json.h"
#include "state/state.h"

namespace lockstep {

/// Member of a base's `held` that remembers the owned columns, so that a row that was deleted locally comes back to its owner.
/// "$" cannot begin a column's name in a mapping.
inline constexpr std::string_view kOwnedMember = "$owned";

/// Before the names of members that no column holds, where the journal tells of them: as the hook payload calls them.
inline constexpr std::string_view kBodyMember = "body.";

/// A mapped row with its secrets masked, made early.
struct MaskedRow {
  const Value* of = nullptr;  ///< the row's cells
  std::span<const Value> cells;
};

struct Item {
  std::string_view id;
  std::string_view label;
  std::string_view raw;                          ///< the remote document; empty: no remote side
  std::string_view masked;                       ///< raw with its secrets masked; empty: not masked yet
  std::string_view packed;                       ///< that, as a base keeps it; empty: not packed yet
  std::optional<std::string_view> organisation;  ///< that raw names, empty: none; nullopt: not read yet
  std::string_view account;                      ///< as its link will have it; empty: as the link has it
  Hash128 hash;                                  ///< of raw, seeded
  std::uint32_t link = kNoIndex;
  std::uint32_t local = kNoIndex;          ///< into LocalRows::rows(); kNoIndex while a linked row is clean, or there is none
  std::span<const std::string_view> keys;  ///< literals of raw's top-level keys; empty: not known
  Hash128 row_hash;                        ///< of `there`, when it was known early; else zero
  std::span<Value> there;                  ///< the mapped row, lookups as remote values; empty: no remote side
  MaskedRow masked_there;                  ///< of the row that the reader made; there may be another by now
  Row stored;                              ///< the local row as the store answered it, whole (Target::shape); empty: no local side
  std::string key;                         ///< key_text() of the local row
  bool absent = false;                     ///< the list no longer names it: `there` is what it was last known as, with on_missing's values
  bool may_hold_secrets = true;            ///< false: raw was searched, and there is nothing to mask
  bool asked = false;                      ///< raw is an answer to its id
  std::string_view listed;                 ///< of one that was asked for: what a list of this run shows; empty: none has named it
  std::string_view unmoved;                ///< of one that has not changed: what the list shows; empty: that was not kept
  std::vector<std::size_t> untold;         ///< ordinals that raw says nothing of, though they were known: absent in `there`
  const Base* base = nullptr;
  std::vector<CellPrint> prints;        ///< of the row's cells at the last agreement, by ordinal; empty: not known
  std::vector<IntentEntry> promised;    ///< open updates of this item: promised.h
  std::vector<Json> shown;              ///< of each of `promised`: what the remote shows of it; else null
  std::vector<std::size_t> hook_sends;  ///< ordinals in whose place the hook payload sends something else
  /// What the hook payload sends besides the decision, over what stood there: of fields, as they are compared, and of members that no
  /// column holds, by their names behind kBodyMember, as the journal has them: {"before", "after"}, secrets masked; else null.
  std::vector<FieldChange> added_fields;
  Json added_members;
  std::string held_back;  ///< why a part of the edits is not sent; empty: all of them are
  /// Ordinals whose column cannot hold what stands in raw, with that as it may be kept and shown: secrets masked.
  std::vector<std::pair<std::size_t, Json>> unread;
  Json owned;         ///< owned columns of the row, to be remembered: object, or null
  Facts facts;        ///< what was decided upon
  Decision decision;  ///< values are masked where the fields hold secrets

  /// Another text of the same item takes the place of raw: what was made of that one is forgotten.
  void replace_raw(std::string_view text) {
    raw = text;
    masked = packed = {};
    organisation.reset();
    row_hash = {};
    keys = {};
    may_hold_secrets = true;
    there = {};
    masked_there = {};
  }
};

/// raw as it may be kept and shown; it lives as long as the item or `arena`.
inline std::string_view masked_raw(const Item& item, const SecretPaths& secrets, Arena& arena) {
  if (!item.may_hold_secrets) return item.raw;
  return item.masked.empty() ? secrets.mask_document(item.raw, arena) : item.masked;
}

/// A value of the remote as it is kept and shown: where its column cannot hold it, what stands in the document.
inline Json kept_there(const Item& item, std::size_t ordinal, const Value& there) {
  for (const auto& [unread, stands] : item.unread) {
    if (unread == ordinal && there.is_absent()) return stands;
  }
  return json::to_kept(there);
}

}  // namespace lockstep
