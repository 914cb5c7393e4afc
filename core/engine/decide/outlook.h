// Outlook: what the next runs will make of the pairs that a rollback has restored. It is what decide() says of both sides and their base as
// the rollback leaves them, so that the sentence and the next run cannot disagree.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "data/arena.h"
#include "engine/decide/decide.h"

namespace lockstep {

/// Pairs, by what a run of one mode does with them. A pair may count in several.
struct Outlook {
  std::uint64_t filled = 0;       ///< rows that get values in empty cells alone
  std::uint64_t overwritten = 0;  ///< rows of which a value is overwritten
  std::uint64_t sent = 0;         ///< rows of which something is sent
  std::uint64_t kept = 0;         ///< rows whose edits are left alone
  std::uint64_t reported = 0;     ///< pairs whose difference is only told of, for the other side has the say
  std::uint64_t asked = 0;        ///< pairs about which the hook `conflict` is asked
  std::uint64_t awaiting = 0;     ///< pairs of which a field is left to a person

  Outlook& operator+=(const Outlook& other);
  friend bool operator==(const Outlook&, const Outlook&) = default;
};

/// Import, export, full.
using Outlooks = std::array<Outlook, 3>;
inline constexpr std::array kModes{Mode::Import, Mode::Export, Mode::Full};

/// The remote's side as its answer to what a decision sends will show it: an object that is sent changes its leaves, and a leaf its object.
using AnswerToCome = std::function<Row(const Decision&)>;

/// Both sides and their base once `decision`, a rollback's, is carried out and answered with `there`. Values are borrowed, rows lie in
/// `arena`.
Facts facts_after(const Mapping& mapping, const Facts& facts, const Decision& decision, Row there, Arena& arena);

/// Of this one pair. `policy`: the sync's own; its mode says nothing. `there`: as for facts_after().
/// `each` gets what a run of each mode decides, by its place in kModes; good until it returns.
Outlooks look_ahead(const Mapping& mapping, const Policy& policy, const Facts& facts, const Decision& decision, Row there,
                    const std::function<void(std::size_t, const Decision&)>& each);

}  // namespace lockstep
