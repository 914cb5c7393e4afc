// Rollback: what a run wrote, read back from its journal as values (decide/undo.h). The pass is in undoing.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/arena.h"
#include "engine/decide/undo.h"
#include "engine/engine.h"
#include "engine/passes/guards.h"
#include "engine/passes/later_writes.h"
#include "engine/sides/secrets.h"
#include "state/state.h"

namespace lockstep {

class Rollback {
 public:
  /// What a cell of a lookup field, or the remote's value of one, is compared as; nullopt: it refers to no row. See
  /// FactsBuilder::comparable_cell().
  using Referred = std::function<std::optional<Value>(Side side, std::size_t ordinal, const Value& value)>;

  Rollback(const Mapping& mapping, const SecretPaths& secrets, Referred referred)
      : mapping_(mapping), secrets_(secrets), referred_(std::move(referred)) {}

  /// An entry of the journal; oldest first. `link`: index of its pair, or kNoIndex.
  void add(const ChangeEntry& entry, std::uint32_t link, Stays unpaired = Stays::Unlinked);
  /// A remote write that the run promised and of which it is not known whether it took effect: the remote's value tells.
  void add(const IntentEntry& intent, std::uint32_t link);

  /// What was written since to a pair: called once the journal of the run is known.
  void mark_written_since(std::uint32_t link, const LaterWrites::OfLink& later);

  /// These names, in lower case, meant other columns or rules when the journal was written: nothing is restored under them.
  void leave_out(std::set<std::string> names) { exchanged_ = std::move(names); }

  /// By index of the link.
  std::map<std::uint32_t, Undo>& pairs() { return pairs_; }
  const std::vector<CreatedLeft>& created() const { return created_; }
  /// What the guards of the next run of each mode would count of a pair, by kModes; none: nothing is written.
  std::map<std::uint32_t, std::vector<Guards>>& next_guards() { return next_guards_; }
  void gone(std::uint32_t link) { pairs_.at(link).item_gone = true; }
  /// What the next runs make of all pairs.
  Outlooks next() const;
  /// Everything that was left, for the report.
  std::vector<SkippedField> skipped(const Nouns& nouns) const;

 private:
  void take(Undo& undo, Side side, const Json& fields, bool adopted);
  void take_field(Undo& undo, Side side, const std::string& column, const Json& values, bool adopted);
  bool shows_another(const LaterWrites::Write& later, Side side, const Written& written);
  std::optional<Value> value(Side side, std::size_t ordinal, const Json& json);
  bool hides_secret(std::size_t ordinal, const Json& before) const;

  const Mapping& mapping_;
  const SecretPaths& secrets_;
  Referred referred_;
  Arena arena_;
  std::map<std::uint32_t, Undo> pairs_;
  std::map<std::uint32_t, std::vector<Guards>> next_guards_;
  std::vector<Undo> unlinked_;
  std::vector<CreatedLeft> created_;
  std::set<std::string> exchanged_;
};

}  // namespace lockstep
