// Shaper: from a remote document to a row, with the user's hooks before and after the mapping.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sides/host.h"
#include "hook/hook.h"
#include "mapping/mapping.h"

namespace lockstep {

class Shaper {
 public:
  Shaper(const Mapping& mapping, Hook* hook);

  /// Hooks must see the record before the mapping does, or the mapping calls a hook: then nothing can be mapped ahead.
  static bool maps_ahead(const Mapping& mapping, const Hook* hook);
  /// Nothing happens to a row after its mapping: no lookup, no hook.
  bool rows_are_final() const { return !has_lookups_ && (hook_ == nullptr || !hook_->has(Hook::Stage::MappedRow)); }

  /// The stages `record`, mapping, `row`. The reason of a rejection, or nullopt; then `row` is filled.
  /// `raw` needs kPagePadding readable bytes behind it. Lookup fields hold remote values: see References.
  HookVerdict shape(const HookSubject& subject, std::string_view raw, std::span<Value> row, Arena& arena);
  /// The same for a record whose mapping is done already.
  HookVerdict finish(const HookSubject& subject, std::string_view raw, const std::vector<FieldProblem>& problems, std::span<Value> row,
                     Arena& arena);

  /// Mapper::unread() of the record that shape() had last.
  const std::vector<FieldProblem>& unread() const { return mapper_.unread(); }

  /// The record whose values transformer() is given next.
  void turn_to(std::string_view record) const;
  /// Calls the hook's transforms; empty when there is no hook.
  Transformer transformer() const;

 private:
  /// Holds the cells that the stage `row` changed against their types.
  HookVerdict take_row(const std::vector<Value>& before, std::span<Value> row, Arena& arena) const;

  const Mapping& mapping_;
  Hook* hook_;
  Mapper mapper_;
  bool has_lookups_;
};

/// What the refused fields of a record say, in one line.
std::string join_problems(const std::vector<FieldProblem>& problems);

/// `text` copied into `arena` with the padding that a Mapper needs behind it.
std::string_view padded_copy(std::string_view text, Arena& arena);

}  // namespace lockstep
