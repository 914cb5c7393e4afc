// Rollback: what a run wrote, read back from its journal, and what of it is to be restored, as values. The passes are in run_rollback.cpp.
//
// A value is restored where it still is what the run wrote: then the row, or the remote item, holds what it held before. Each field and
// each side is looked at by itself. What was edited since stays, and is told of; so does a secret, which the journal does not keep; so do
// the rows, items and ids that the run created.
//
// The base that is remembered then must make the next run see what is true:
// - A value restored in the row: both sides of the field's base are what the remote was last known to hold. The row is a local edit
//   against it: an export or full sends it, an import keeps it as pending or, with `local_edits: replace`, replaces it again and says so.
// - A value restored in the remote: both sides of the base are what the remote answered. The row, which keeps its value, is a local edit.
// - Restored in both, the sides meet, and nothing is pending.
// - A column that the remote alone decides (its time of change, a derived value) gets its old value back with the row; where the remote is
//   written too, it follows the answer instead.
// - A cell that was emptied, and whatever an adoption wrote, has no agreement any more: nothing is sent as null because a rollback took it
//   back, and the next import or full run meets the pair as it was met before.
// - Every other field keeps the base that it has, so that edits that were pending before are pending after.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/arena.h"
#include "engine/decide.h"
#include "engine/engine.h"
#include "engine/guards.h"
#include "engine/outlook.h"
#include "engine/secrets.h"
#include "state/state.h"

namespace lockstep {

/// What the run made of one field of one side. Values as they are compared: normalised.
struct Written {
  std::size_t ordinal = 0;
  Value before;
  Value after;                ///< what the side held then: for the remote, what the server made of what was sent
  bool adopted = false;       ///< the pair had not agreed on anything before
  std::optional<Json> raw{};  ///< what stood in the document before, where `before` is what the rules made of it
};

/// Why a field stays as it is.
enum class Stays : std::uint8_t {
  EditedSince,  ///< it holds something else by now
  RowGone,
  ItemGone,
  Unlinked,       ///< row and item are not a pair any more
  Secret,         ///< the journal does not keep it
  NotTaken,       ///< a legacy key that the remote holds no more: it takes it only where it does
  ReferenceGone,  ///< the row that it referred to is not in the database any more
  NoRule,         ///< the mapping has no such column any more
  IdReplaced,     ///< the row's id: the item that bore the old one is gone
  Moved,          ///< the row is another sync's by now
};

struct Left {
  bool remote = false;
  std::string column;
  Stays why = Stays::EditedSince;
};

/// What the run wrote to one pair.
struct Undo {
  std::string local_key, remote_id, label;  ///< as the journal has them
  std::vector<Written> local, remote;       ///< at most one for a field
  std::vector<Left> lost;                   ///< known from the journal alone
  std::vector<Left> left;                   ///< by the last decision, `lost` not among them
  bool item_gone = false;
  Stays unpaired = Stays::Unlinked;  ///< why it has no link
  Outlooks next{};                   ///< by the last decision
  std::vector<Guards> next_guards;   ///< the same, by kModes; empty: nothing is written
};

/// Both sides of a pair against what the run wrote to them. Fills `left`. Pure; values are borrowed from `undo` and `facts`.
Decision decide_rollback(const Mapping& mapping, const Facts& facts, Undo& undo);

class Rollback {
 public:
  /// The remote value that a cell of a lookup field refers to; nullopt: to no row. See References::remote_of().
  using Referred = std::function<std::optional<Value>(std::size_t ordinal, const Value& cell)>;

  Rollback(const Mapping& mapping, const SecretPaths& secrets, Referred referred)
      : mapping_(mapping), secrets_(secrets), referred_(std::move(referred)) {}

  /// An entry of the journal; oldest first. `link`: index of its pair, or kNoIndex.
  void add(const ChangeEntry& entry, std::uint32_t link, Stays unpaired = Stays::Unlinked);
  /// A remote write that the run promised and of which it is not known whether it took effect: the remote's value tells.
  void add(const IntentEntry& intent, std::uint32_t link);

  /// By index of the link.
  std::map<std::uint32_t, Undo>& pairs() { return pairs_; }
  const std::vector<CreatedLeft>& created() const { return created_; }
  void gone(std::uint32_t link) { pairs_.at(link).item_gone = true; }
  /// What the next runs make of all pairs.
  Outlooks next() const;
  /// Everything that was left, for the report.
  std::vector<SkippedField> skipped(const Nouns& nouns) const;

 private:
  void take(Undo& undo, bool remote, const Json& fields, bool adopted);
  void take_field(Undo& undo, bool remote, const std::string& column, const Json& values, bool adopted);
  std::optional<Value> value(bool remote, std::size_t ordinal, const Json& json);
  bool hides_secret(std::size_t ordinal, const Json& before) const;

  const Mapping& mapping_;
  const SecretPaths& secrets_;
  Referred referred_;
  Arena arena_;
  std::map<std::uint32_t, Undo> pairs_;
  std::vector<Undo> unlinked_;
  std::vector<CreatedLeft> created_;
};

}  // namespace lockstep
