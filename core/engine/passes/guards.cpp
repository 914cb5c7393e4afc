#include "engine/passes/guards.h"

#include <algorithm>

#include "common/text.h"

namespace lockstep {
namespace {

bool is_words(const Value& value) { return value.tag() == Value::Tag::Text || value.tag() == Value::Tag::Json; }

bool differs(const FieldChange& change) { return !identical(change.before, change.after); }

/// Numbers and truth values of a whole table are set at once on purpose; what people wrote is not.
bool rewords(const FieldChange& change) { return differs(change) && (is_words(change.before) || is_words(change.after)); }

bool empties(const FieldChange& change) { return is_blank(change.after) && !is_blank(change.before); }

}  // namespace

bool is_mass(std::uint64_t part, std::uint64_t whole, std::uint64_t percent) {
  if (percent >= 100 || whole < kSmallestMass) return false;
  return whole >= kMany ? part * 100 > whole * percent : part * 2 > whole;
}

bool is_blank(const Value& value) {
  if (value.is_nothing()) return true;
  if (!value.is_view()) return false;
  const std::string_view text = trim(value.as_view());
  return text.empty() || text == "[]" || text == "{}" || text == "\"\"" || text == "null";
}

bool Guards::count(const Decision& decision) {
  for (const FieldChange& change : decision.local_fields) rows_[change.ordinal] += empties(change) ? 1U : 0U;
  for (const FieldChange& change : decision.remote_fields) items_[change.ordinal] += empties(change) ? 1U : 0U;
  const bool anew = decision.remote == Action::Recreate;
  const bool patched =
      decision.remote == Action::Patch && std::any_of(decision.remote_fields.begin(), decision.remote_fields.end(), differs);
  const bool reworded = std::any_of(decision.remote_fields.begin(), decision.remote_fields.end(), rewords);
  anew_ = anew_ || anew;
  reworded_ += anew || (patched && reworded) ? 1U : 0U;
  return patched;
}

void Guards::brought_back(const Instants& instants) { instants_ = ++older_ == 1 ? instants : overlap(instants_, instants); }

void Guards::add(const Guards& other) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i] += other.rows_[i];
    items_[i] += other.items_[i];
  }
  adopted_ += other.adopted_;
  reworded_ += other.reworded_;
  edits_ += other.edits_;
  anew_ = anew_ || other.anew_;
  if (other.older_ == 0) return;
  instants_ = older_ == 0 ? other.instants_ : overlap(instants_, other.instants_);
  older_ += other.older_;
}

/// All of two items, or three and a fifth of all, that are brought back to one instant: fewer are put right by hand. `remote` is 0 for a
/// run that was told what to change.
bool Guards::is_enough_to_tell(std::uint64_t remote) const {
  if (remote == 0 || bounds_.changed >= 100 || instants_.empty()) return false;
  return older_ >= kSmallestMass ? older_ * 100 >= remote * kTelling : older_ > 1 && older_ == remote;
}

/// All that would be sent is older; or so much as no one brings back by hand, all of one instant, whatever was edited beside it; or most of
/// what was changed since that instant, however little that is: a table that was restored brings back what was changed since, and no more.
bool Guards::is_restored(std::uint64_t remote, const ChangedSince& changed_since) const {
  if (edits_ == 0 && !anew_ && lockstep::is_mass(older_, remote, bounds_.changed)) return true;
  const std::uint64_t bound = bounds_.changed >= 100 ? bounds_.changed : std::min(bounds_.changed, kRestored);
  if (!instants_.empty() && lockstep::is_mass(older_, remote, bound)) return true;
  return is_enough_to_tell(remote) && older_ * 2 > changed_since(instants_.back().to);
}

std::optional<std::string> Guards::emptied(const std::vector<std::uint64_t>& counts, std::uint64_t whole, const std::string& what) const {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!is_mass(counts[i], whole, bounds_.emptied)) continue;
    return "this run would empty " + mapping_.fields()[i].column + " in " + std::to_string(counts[i]) + " of " + std::to_string(whole) +
           " " + what;
  }
  return std::nullopt;
}

std::optional<std::string> Guards::refusal(std::uint64_t linked, std::uint64_t remote, const std::string& items,
                                           const ChangedSince& changed_since) const {
  const std::uint64_t pairs = linked + adopted_;
  if (auto why = emptied(rows_, pairs, "rows")) return why;
  if (auto why = emptied(items_, pairs, items)) return why;
  const auto of = [&](std::uint64_t count) { return std::to_string(count) + " of " + std::to_string(remote) + " " + items; };
  if (remote >= kMany && is_mass(reworded_, remote, bounds_.changed)) return "this run would change " + of(reworded_);
  if (is_restored(remote, changed_since)) return "this run would bring back older values of " + of(older_);
  return std::nullopt;
}

}  // namespace lockstep
