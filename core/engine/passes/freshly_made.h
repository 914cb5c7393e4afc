// FreshlyMade: items that were made so lately that the API need not show them yet: nothing is concluded about them, and edits of their rows
// wait.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class Deciding;
class RemadeRows;

class FreshlyMade : private Pass {
 public:
  FreshlyMade(RunContext& run, Chunk& chunk, Deciding& deciding, RemadeRows& remade_rows);

  /// Made so lately that the API need not show it yet.
  bool was_made_lately(std::string_view id);
  /// Told, and left to a later run.
  bool is_settling(const Item& item);

 private:
  void tell_waiting_edits(Item item);

  Chunk& chunk_;
  Deciding& deciding_;
  RemadeRows& remade_rows_;
};

}  // namespace lockstep
