// Newcomers: items that no link knows, or whose row bears another id by now, and that are decided upon when the list is complete: which row
// they belong to depends on what else is there.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class ComeBack;
class CreateClaims;
class Faults;
class MadeAnew;
class Markers;
class Outsiders;
class Processing;
class Twins;

class Newcomers : private Pass {
 public:
  Newcomers(RunContext& run, Chunk& chunk, ComeBack& come_back, CreateClaims& create_claims, Faults& faults, MadeAnew& made_anew,
            Markers& markers, Outsiders& outsiders, Processing& processing, Twins& twins);

  /// True when the record has to wait until the list is complete; it is kept then.
  bool await_list(const Item& item, std::string_view raw);
  /// The list is complete: decides on those that wait, and passes them on.
  void settle_awaited();
  /// An item that no link knows.
  bool settle_new(Item& item);
  /// The item of a link, which is there, and whose row bears another id by now. False when it was told of, and stays as it is.
  bool settle_moved(const Item& item);
  /// So many wait for the end of the list.
  std::size_t awaiting() const { return awaited_.size(); }

 private:
  struct Awaited {
    std::string id, raw;
    Hash128 hash;
    std::uint32_t link;
  };
  void take_up_successor(Item& item);
  void claim_successor(Item& item, std::string_view key);
  std::string made_anew_for(std::string_view id);
  bool settle_marked(Item& item);
  bool looks_like_row(const Item& item, std::string_view key);
  void tell_made_outside(const Item& item, std::string_view key);
  void tell_twin_of_marker(const Item& item, std::string_view other);
  bool is_twin(std::uint32_t link, const std::string& marker);

  Chunk& chunk_;
  ComeBack& come_back_;
  CreateClaims& create_claims_;
  Faults& faults_;
  MadeAnew& made_anew_;
  Markers& markers_;
  Outsiders& outsiders_;
  Processing& processing_;
  Twins& twins_;
  std::vector<Awaited> awaited_;
};

}  // namespace lockstep
