// FactsBuilder: brings both sides and the base of an item into the form that decide() compares: one shape, normalised, secrets masked.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/decide/decide.h"
#include "engine/sides/item.h"
#include "engine/sides/local.h"
#include "engine/sides/references.h"
#include "engine/sides/secrets.h"
#include "engine/sides/shaper.h"
#include "engine/sides/target.h"

namespace lockstep {

class FactsBuilder {
 public:
  FactsBuilder(const Mapping& mapping, const SecretPaths& secrets, const Target& target, Shaper& shaper, References& references, Host& host,
               std::string noun);

  /// Which rules each stored set of bases was made under: State::fields().
  void know_rules(std::unordered_map<std::int64_t, Json> sets);
  /// What all rows have in common: LocalRows::alike().
  void know_columns(std::vector<Alike> alike) { alike_ = std::move(alike); }
  /// Column → fingerprint of its rule. A hook is no part of it: what it makes of a document says nothing of what a person did.
  static Json rules(const Mapping& mapping);

  /// The rules that agreements are made under from now on: rules(), with what is kept of others.
  void know_present(const Json& rules) { current_ = CellOrder(mapping_, rules); }

  /// Sides and base of an item; everything lives in `arena`. Fills `item.prints` and `item.unread`. The caller sets what it alone knows (gone, intent, shared
  /// ids).
  Facts build(Item& item, const Link* link, Arena& arena);
  /// The row has agreed on nothing with the item: what build() made of the base is taken back.
  void forget_base(Item& item, Arena& arena);
  /// Items that were made anew under another id, State::remade(): asked for when it is needed.
  void know_remade(std::function<std::unordered_map<std::string, std::string>()> read) { read_remade_ = std::move(read); }
  /// What the base keeps of columns that bear another name now, under that name.
  void rename_held(const Link& link, Base& base);
  /// The prints of a row, as a base made under the present rules keeps them. `kept`: those of columns that are not mapped.
  std::string pack_prints(std::span<const CellPrint> prints, const KeptPrints& kept) const { return current_.pack(prints, kept); }
  /// The inverse: what a base keeps of the cells of its link's row, by ordinal; empty: nothing.
  std::vector<CellPrint> prints_of(const Link& link, const Base& base) { return order_of(link.fields_id).unpack(base.cells); }
  KeptPrints kept_prints(const Link& link, const Base& base) { return order_of(link.fields_id).unpack_kept(base.cells); }
  /// Its base was made under rules that say of every column what the present ones do.
  bool is_under_present_rules(const Link& link) { return order_of(link.fields_id).knew_all(); }
  /// Columns may be others than those that its base is about: whether its row was edited is to be looked at.
  bool doubts(const Link& link) { return order_of(link.fields_id).doubts_any(); }
  /// A remote value as it is compared and journaled.
  Value comparable(std::size_t ordinal, const Value& value, Arena& arena) const;
  /// The same of what a base, a promise or the journal keeps.
  Value comparable_kept(std::size_t ordinal, const Json& kept, Arena& arena) const;
  /// The same for a cell of the table. A lookup is compared as the remote value that it stands for; one that stands for none is unreadable,
  /// one that waits for its row is taken for what `there` says, and where nothing can be looked up it is `otherwise`.
  Value comparable_cell(std::size_t ordinal, const Value& cell, const Value& there, const Value& otherwise, Arena& arena);

 private:
  static std::span<const std::size_t> unread_of(const Item& item, Arena& arena);
  bool keeps_unshown(const Item& item, std::size_t ordinal) const;
  void keep_unshown(Item& item, Arena& arena) const;
  Row masked_there(const Item& item, Arena& arena) const;
  void show_unread(Item& item, std::span<const std::size_t> unread) const;
  std::span<BaseField> base_fields(Item& item, const Link* link, Row there, Arena& arena);
  void take_here(const Item& item, Facts& facts, std::span<BaseField> base, const CellOrder& order, Arena& arena);
  Value reference_here(std::size_t ordinal, const Value& cell, const Value& there, BaseField* base, bool same_rule,
                       std::vector<LostReference>& lost, Arena& arena);
  bool was_made_anew(std::size_t ordinal, const Value& cell, const Value& agreed);
  std::span<const Value> map_base(const Item& item, Row there, Arena& arena);
  std::vector<bool> untouched_cells(const Item& item, const Link& link, Arena& arena);
  bool may_be_another(std::size_t ordinal, const Item& item, const Json* held, Arena& arena) const;
  void recall_agreed(std::size_t ordinal, const Item& item, Row there, BaseField& field) const;
  void take_sent(std::size_t ordinal, const Json* sent, const Value& there, BaseField& field, Arena& arena) const;
  const CellOrder& order_of(std::int64_t fields_id);

  const Mapping& mapping_;
  const SecretPaths& secrets_;
  const Target& target_;
  Shaper& shaper_;
  References& references_;
  Host& host_;
  std::string noun_;
  CellOrder current_;
  std::unordered_map<std::int64_t, CellOrder> orders_;
  std::vector<Alike> alike_;
  std::function<std::unordered_map<std::string, std::string>()> read_remade_;
  std::optional<std::unordered_map<std::string, std::string>> remade_;
};

}  // namespace lockstep
