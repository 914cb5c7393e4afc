// FactsBuilder: brings both sides and the base of an item into the form that decide() compares: one shape, normalised, secrets masked.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "engine/decide.h"
#include "engine/item.h"
#include "engine/references.h"
#include "engine/secrets.h"
#include "engine/shaper.h"
#include "engine/target.h"

namespace lockstep {

class FactsBuilder {
 public:
  FactsBuilder(const Mapping& mapping, const SecretPaths& secrets, const Target& target, Shaper& shaper, References& references, Host& host,
               std::string noun);

  /// Which rules each stored set of bases was made under (State::fields()), and the current rules.
  void know_rules(std::unordered_map<std::int64_t, Json> sets);
  /// Column → fingerprint of the current rules.
  static Json rules(const Mapping& mapping, const Hook* hook);

  /// Sides and base of an item; everything lives in `arena`. The caller sets what it alone knows (gone, intent, shared ids).
  Facts build(const Item& item, const Link* link, Arena& arena);
  /// A remote value as it is compared and journaled.
  Value comparable(std::size_t ordinal, const Value& value, Arena& arena) const;
  /// The same for a cell of the table. A lookup is compared as the remote value that it stands for; one that stands for none says nothing
  /// and gives `otherwise`, and one that waits for its row is taken for what `there` says.
  Value comparable_cell(std::size_t ordinal, const Value& cell, const Value& there, const Value& otherwise, Arena& arena);
  /// comparable() may hide something of this field.
  bool is_masked(std::size_t ordinal) const { return secrets_.is_secret(ordinal) || secrets_.holds_secrets(ordinal); }

 private:
  std::span<const BaseField> base_fields(const Item& item, const Link* link, Row there, Arena& arena);
  const std::vector<bool>& known_rules(std::int64_t fields_id);

  const Mapping& mapping_;
  const SecretPaths& secrets_;
  const Target& target_;
  Shaper& shaper_;
  References& references_;
  Host& host_;
  std::string noun_;
  Json current_rules_;
  std::unordered_map<std::int64_t, Json> sets_;
  std::unordered_map<std::int64_t, std::vector<bool>> known_;

 public:
  void set_current_rules(Json rules) { current_rules_ = std::move(rules); }
};

}  // namespace lockstep
