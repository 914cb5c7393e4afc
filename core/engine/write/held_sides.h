// HeldSides: where the next base is not simply what the document says: for each such column what each side is remembered to hold, or null
// for "not known".
#pragma once

#include <string_view>
#include <vector>

#include "engine/sides/facts.h"
#include "engine/sides/item.h"
#include "engine/sides/secrets.h"
#include "engine/sides/target.h"

namespace lockstep {

class HeldSides {
 public:
  /// Values that are made on the way live in `arena`.
  HeldSides(const Mapping& mapping, const SecretPaths& secrets, const Target& target, FactsBuilder& facts, References& references,
            Arena& arena)
      : mapping_(mapping), secrets_(secrets), target_(target), facts_(facts), references_(references), arena_(arena) {}

  struct Held {
    Json fields;                    ///< Base::held
    std::vector<CellPrint> prints;  ///< of the row as it is; where the agreement is an older one, its print takes the place
    bool there_open = false;        ///< the remote holds what is still to be taken, after a write that could not bring it back
  };
  /// `document`: of the next base; `stored`: the row's mapped cells, `written`: as they were to be, `prints`: theirs.
  Held after(const Item& item, std::string_view document, Row stored, Row written, std::vector<CellPrint> prints);
  /// What both sides of a field hold now, as they are compared.
  BaseField of_field(const Item& item, Row stored, std::size_t ordinal);

 private:
  void hold_fields(const Item& item, Row stored, Row written, Held& held);
  void hold_field(const Item& item, std::size_t i, const BaseField& now, const BaseField& next, Held& held) const;
  bool leaves_derived(const Item& item, std::size_t i, const BaseField& now) const;
  void hold_apart(const Item& item, std::size_t i, const BaseField& now, const BaseField& next, Held& held) const;
  void hold_awaited(const Item& item, Row stored, Json& held) const;
  void hold_absent(const Item& item, Row stored, Json& held);
  void keep_unmapped(const Item& item, std::string_view document, Json& held) const;
  Json sent_until_now(const Item& item, std::size_t ordinal, const Value& base_here) const;

  const Mapping& mapping_;
  const SecretPaths& secrets_;
  const Target& target_;
  FactsBuilder& facts_;
  References& references_;
  Arena& arena_;
};

}  // namespace lockstep
