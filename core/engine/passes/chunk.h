// Chunk: the items at hand, with all that is read and made for them: bases, rows, mapped documents. It lives until the next one begins.
#pragma once

#include "engine/passes/pass.h"
#include "engine/write/spool.h"

namespace lockstep {

class Faults;

class Chunk : private Pass {
 public:
  Chunk(RunContext& run, Faults& faults);

  /// Fills in `base`, of those that have one.
  void load_bases(std::span<Item> items);
  /// Fills in `stored` and `owned`, of those whose key is that of a row of this sync.
  void load_rows(std::span<Item> items);
  /// A record whose bytes have not changed was not kept from its page: its base has them, unless secrets were masked there.
  bool fetch_again(Item& item);
  /// Maps the document. False when it was refused, which is told then.
  bool shape(Item& item);
  /// What the rules make of the item, told to nobody. False when a hook refuses it.
  bool shape_for_a_look(Item& probe);
  /// Puts another text of the same item in the place of what was read.
  void replace_document(Item& item, std::string_view text);
  /// Looks the references of these items up, all at once.
  void know_references(std::span<Item> items);
  /// The record comes in; what its columns cannot hold is told, and their cells stay as they are.
  void warn_of_unread(const Item& item, const std::vector<FieldProblem>& unread);
  /// What a document that is not mapped is called; `id` where it does not say.
  std::string_view label_of(std::string_view raw, std::string_view id);
  /// Records that have waited, as items of this chunk.
  std::vector<Item> items_of(std::span<const WaitingRecord> chunk);
  Arena& arena() { return arena_; }
  /// Items, and all that was made for them, go away.
  void clear() { arena_.clear(); }

 private:
  bool is_news(const Item& item);

  Faults& faults_;
  Arena arena_;
  Rows rows_;
  std::unordered_map<std::string, std::size_t> row_index_;
  std::unordered_map<std::int64_t, Base> bases_;
  Shape owned_shape_;  ///< names of the owned columns
};

}  // namespace lockstep
