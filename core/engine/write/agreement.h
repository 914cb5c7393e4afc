// Agreement: what both sides of a pair agree on from now on, as the next run will find it: link, base, the prints of the row's cells, and
// the conflicts that are kept or closed with that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/sides/facts.h"
#include "engine/sides/item.h"
#include "engine/sides/secrets.h"
#include "engine/sides/target.h"
#include "engine/write/chronicle.h"
#include "engine/write/held_sides.h"
#include "engine/write/unit_of_work.h"
#include "state/document.h"
#include "state/state.h"

namespace lockstep {

class Agreement {
 public:
  struct Parts {
    Links& links;
    const Mapping& mapping;
    const SecretPaths& secrets;
    const Target& target;
    FactsBuilder& facts;
    References& references;
    const Clock& clock;
  };
  /// `fields_id`: the set of rules that bases are made under.
  Agreement(Parts parts, UnitOfWork& work, std::int64_t sync_id, std::int64_t fields_id);

  void know_rules(std::int64_t fields_id) { fields_id_ = fields_id; }
  /// The open conflicts of the sync.
  void know_conflicts(std::vector<ConflictEntry> open) { conflicts_ = std::move(open); }

  /// Brings link, base and conflicts of an item up to what both sides hold; writes nothing when they already say so. `stored`: the row's
  /// mapped cells as the table has them, `written`: as they were to be.
  void put(const Item& item, std::string_view local_key, Row stored, Row written);
  /// What a write means to the record's standing: a row that is written may be one that comes or goes.
  Happening happening(const Item& item, Happening written) const;

 private:
  std::string_view known_document(const Item& item) const;
  std::string_view packed(const Item& item, std::string_view document);
  KeptPrints kept_prints(const Item& item, const Link& before) const;
  void take_key_from_others(std::optional<std::size_t> link, std::string_view local_key);
  void settle_conflicts(const Item& item, const Link& link, Row stored, const Json& held);
  bool is_over(const Item& item, std::size_t ordinal) const;
  void leave_to_a_person(const Item& item, const Link& link, Row stored, const FieldConflict& conflict);
  bool show_what_was_sent(const Item& item, std::size_t ordinal, Row stored, ConflictEntry& conflict);

  Parts parts_;
  UnitOfWork& work_;
  HeldSides sides_;
  std::int64_t sync_id_, fields_id_;
  std::vector<ConflictEntry> conflicts_;
  DocumentPacker packer_;
};

}  // namespace lockstep
