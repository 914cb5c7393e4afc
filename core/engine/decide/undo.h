// Undo: both sides of a pair against what an earlier run wrote to them.
//
// A value is restored where it still is what the run wrote: then the row, or the remote item, holds what it held before. The same value is
// not enough where the journal says that something else was written since. Each field and each side is looked at by itself. What was edited
// since stays, and is told of; so does a secret, which the journal does not keep; so do the rows, items and ids that the run created.
//
// The base that is remembered then must make the next run see what is true:
// - A value restored in the row: both sides of the field's base are what the remote was last known to hold. The row is a local edit
//   against it: an export or full sends it, an import keeps it as pending or, with `local_edits: replace`, replaces it again and says so.
// - A value restored in the remote: both sides of the base are what the remote answered. The row, which keeps its value, is a local edit.
// - Restored in both, the sides meet, and nothing is pending; where the run had decided between two edits, both are back, and nothing is
//   agreed on.
// - A column that the remote alone decides (its time of change, a derived value) gets its old value back with the row; where the remote is
//   written too, it follows the answer instead.
// - A cell that was emptied, and whatever an adoption wrote, has no agreement any more: nothing is sent as null because a rollback took it
//   back, and the next import or full run meets the pair as it was met before.
// - Every other field keeps the base that it has, so that edits that were pending before are pending after.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/decide/decide.h"
#include "engine/decide/outlook.h"

namespace lockstep {

/// What the run made of one field of one side. Values as they are compared: normalised.
struct Written {
  std::size_t ordinal = 0;
  Value before;
  Value after;                 ///< what the side held then: for the remote, what the server made of what was sent
  bool adopted = false;        ///< the pair had not agreed on anything before
  std::optional<Json> raw{};   ///< what stood in the document before, where `before` is what the rules made of it
  bool written_since = false;  ///< something else was written since: what stands there is another's, also where it is the same again
  Value sent{};                ///< of the remote: what the row's side gave it, before the server made something of it
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
  Exchanged,      ///< the column's name was given to another since
  IdReplaced,     ///< the row's id: the item that bore the old one is gone
  Moved,          ///< the row is another sync's by now
  EditedBefore,   ///< it goes with the column of its object, or of a leaf, which the row itself had edited before the run
  WrittenSince,   ///< it holds the same again, by another edit
  HookSent,       ///< a member that no column holds: the hook payload sent it
};

struct Left {
  Side side = Side::Local;
  std::string column;
  Stays why = Stays::EditedSince;
};

/// What the run wrote to one pair.
struct Undo {
  std::string local_key, remote_id, label;  ///< as the journal has them
  std::vector<Written> local, remote;       ///< at most one for a field
  std::vector<Left> lost;                   ///< known from the journal alone
  std::vector<Left> left;                   ///< by the last decision, `lost` not among them
  std::vector<std::size_t> lacking;         ///< fields with a default that the remote's document does not hold
  bool item_gone = false;
  Stays unpaired = Stays::Unlinked;  ///< why it has no link
  Outlooks next{};                   ///< by the last decision

  std::vector<Written>& written(Side side) { return side == Side::Remote ? remote : local; }
};

/// Both sides of a pair against what the run wrote to them. Fills `left`. Pure; values are borrowed from `undo` and `facts`. `answer` is
/// asked once it is clear what is sent; none: each field is answered as it is sent, and no other changes.
Decision decide_rollback(const Mapping& mapping, const Facts& facts, Undo& undo, const AnswerToCome& answer = {});

}  // namespace lockstep
