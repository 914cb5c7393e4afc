// HiddenMarkers: lists that may not show markers: they name their items in summary, or without the object that would hold the marker. While
// a create is open whose marker was not found, the items that nobody owns wait until the list is complete, and are then asked for one by
// one.
#pragma once

#include "engine/passes/pass.h"
#include "engine/write/spool.h"

namespace lockstep {

class Chunk;
class CreateClaims;
class Faults;
class Markers;
class Newcomers;
class OpenWork;
class Outsiders;
class Processing;

class HiddenMarkers : private Pass {
 public:
  HiddenMarkers(RunContext& run, Chunk& chunk, CreateClaims& create_claims, Faults& faults, Markers& markers, Newcomers& newcomers,
                OpenWork& open_work, Outsiders& outsiders, Processing& processing);

  /// What a list shows of one item it shows of all.
  void note_marker_place(const ReadRecord& record);
  /// True when the item has to wait until the list is complete; it is kept then.
  bool await_marker(const Item& item);
  /// The list is complete: asks for those that wait, and passes them on.
  void settle_hidden();
  /// Items were not asked for that may carry the marker of an open create.
  bool has_unseen() const { return unseen_ > 0; }

 private:
  bool awaits_markers() const;
  bool has_unfound_create() const;
  bool finds_witness();
  bool look_for_hidden_marker(Item& item, std::size_t& looks);
  void tell_unseen();

  Chunk& chunk_;
  CreateClaims& create_claims_;
  Faults& faults_;
  Markers& markers_;
  Newcomers& newcomers_;
  OpenWork& open_work_;
  Outsiders& outsiders_;
  Processing& processing_;
  bool list_shows_markers_ = false;       ///< the place of the marker was seen in this run's list
  std::vector<std::uint32_t> witnesses_;  ///< links that the list names as they were
  std::unique_ptr<Spool> hidden_;         ///< items of nobody of which the list shows no place for a marker
  std::size_t unseen_ = 0;                ///< of these: not asked for
};

}  // namespace lockstep
