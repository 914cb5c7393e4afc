// CreateClaims: which row an open create, or the item that it made, belongs to: the one that its marker names, or the one that got another
// key, or was made again under one.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class Markers;
class OpenWork;
class Outsiders;
class RemadeElsewhere;
class RemadeRows;

class CreateClaims : private Pass {
 public:
  enum class Likeness : std::uint8_t { None, Alike, Equal };
  CreateClaims(RunContext& run, Chunk& chunk, Markers& markers, OpenWork& open_work, Outsiders& outsiders,
               RemadeElsewhere& remade_elsewhere, RemadeRows& remade_rows);

  /// A record that no row is known for may be what an earlier run made: then it carries the marker of that run's promise.
  void claim_created(Item& item);
  /// The row with this key goes with the item.
  void claim_row(Item& item, std::string_view key);
  /// A row that got another key, or was made again under one, takes over the create that was open for it: it bears the id that the create
  /// was to replace, it holds all that was sent, or it alone looks like that.
  void follow_rows_made_again();
  /// Key of the row; empty: there is none, or several may be it.
  std::string row_of_lost_create(const IntentEntry& intent);
  /// How much the row holds of what a create sent.
  Likeness likeness_to_sent(const std::string& key, const Json& sent);
  /// `probe` has the row.
  Likeness likeness_to_sent(Item probe, const Json& sent);
  /// Marker → the id that was linked by it in this run.
  std::unordered_map<std::string, std::string>& marked() { return marked_; }
  /// Ids whose marker led to their row.
  std::unordered_set<std::string>& claimed() { return claimed_; }

 private:
  bool is_row_of_create(const std::string& key, const Json& sent);
  void claim_link(Item& item, std::uint32_t link);

  Chunk& chunk_;
  Markers& markers_;
  OpenWork& open_work_;
  Outsiders& outsiders_;
  RemadeElsewhere& remade_elsewhere_;
  RemadeRows& remade_rows_;
  std::unordered_map<std::string, std::string> marked_;  ///< marker → the id that was linked by it in this run
  std::unordered_set<std::string> claimed_;              ///< ids whose marker led to their row
};

}  // namespace lockstep
