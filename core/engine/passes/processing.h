// Processing: the items of one chunk, from what the list shows of them to what becomes of them: completed, mapped, matched, decided, and
// routed.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class ComeBack;
class Deciding;
class Documents;
class Faults;
class Foreseer;
class Lagging;
class Markers;
class Matching;
class NobodysItems;
class Outsiders;
class PersonsWord;
class RemadeRows;
class Routing;

class Processing : private Pass {
 public:
  Processing(RunContext& run, Chunk& chunk, ComeBack& come_back, Deciding& deciding, Documents& documents, Faults& faults,
             Foreseer& foreseer, Lagging& lagging, Markers& markers, Matching& matching, NobodysItems& nobodys_items, Outsiders& outsiders,
             PersonsWord& persons_word, RemadeRows& remade_rows, Routing& routing);

  /// Those that are told of on the way, or wait for the end of the list, go no further.
  void process(std::vector<Item> items);

 private:
  void map(std::vector<Item>& items);
  void match(std::vector<Item>& items);
  bool shares_id(const Item& item) const;

  Chunk& chunk_;
  ComeBack& come_back_;
  Deciding& deciding_;
  Documents& documents_;
  Faults& faults_;
  Foreseer& foreseer_;
  Lagging& lagging_;
  Markers& markers_;
  Matching& matching_;
  NobodysItems& nobodys_items_;
  Outsiders& outsiders_;
  PersonsWord& persons_word_;
  RemadeRows& remade_rows_;
  Routing& routing_;
};

}  // namespace lockstep
