// OpenWork: what earlier runs left open: their entries in the journal, and remote writes that were promised and never seen confirmed. What
// the remote shows of them counts as agreed on before the record is decided, and they are over once link and base say so.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Absence;
class Chunk;
class CreateClaims;
class Markers;
class Outsiders;
class RemadeElsewhere;
class Undoing;

class OpenWork : private Pass {
 public:
  OpenWork(RunContext& run, Absence& absence, Chunk& chunk, CreateClaims& create_claims, Markers& markers, Outsiders& outsiders,
           RemadeElsewhere& remade_elsewhere, Undoing& undoing);

  /// Rows, links and journal of a run that was cut off committed together, so nothing is half done. Its entry gets its end.
  void recover();
  /// The sync's promises that are open.
  void load_intents();
  /// One more, that was taken over.
  void keep_open(const IntentEntry& intent);
  /// What an open create says of the item.
  IntentState intent_of(const Item& item);
  /// The create that made this item is over.
  void finish_create(const Item& item);
  /// Lets what the remote shows of open updates, and of the create that made the item, count as agreed on.
  void take_promises(Item& item);
  /// After the agreement is written. What was shown goes into the journal, for the run that sent it could not, and so does what may have
  /// been overwritten and nothing shows; what may still turn up is waited for.
  void keep_promises(const Item& item);
  /// A create had worked, and its row was deleted since: the item is like any other that has no row.
  void made_for_nobody(const Item& item);
  /// Everything has been looked at: a promise whose item or row is gone cannot be kept any more.
  void close_left_intents();
  /// A person's word on a create, as long as it can be carried out.
  void take_word_on_create();
  /// By local key.
  std::unordered_map<std::string, IntentEntry>& creates() { return open_creates_; }
  /// By remote id.
  const std::unordered_map<std::string, std::vector<IntentEntry>>& updates() const { return open_updates_; }

 private:
  void close_update(const Item& item, const IntentEntry& intent, const Json& shown);
  void close_update_of_gone(const IntentEntry& intent);
  void drop_open_create();
  void forget_prints(Item& item, const Json& shown) const;
  bool is_answered(const IntentEntry& create);
  std::string id_borne_by(std::string_view key) const;
  void check_free(const std::string& id, const std::string& key) const;

  Absence& absence_;
  Chunk& chunk_;
  CreateClaims& create_claims_;
  Markers& markers_;
  Outsiders& outsiders_;
  RemadeElsewhere& remade_elsewhere_;
  Undoing& undoing_;
  std::unordered_map<std::string, IntentEntry> open_creates_;               ///< by local key
  std::unordered_map<std::string, std::vector<IntentEntry>> open_updates_;  ///< by remote id
};

}  // namespace lockstep
