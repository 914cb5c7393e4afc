// Answers: what the server made of what was sent: both sides agree on it from now on, and it comes back into the row.
#pragma once

#include "engine/passes/pass.h"
#include "engine/write/writer.h"

namespace lockstep {

class Chunk;
class Documents;

class Answers : private Pass {
 public:
  Answers(RunContext& run, Chunk& chunk, Documents& documents);

  /// The server's answer is what both sides agree on from now on: what it made of the values comes back into the row.
  void take_answer(Item& item, const Document& document, const Json& sent, Arrival& arrival);
  /// What the server made of a value that was sent: the journal keeps it, so that a rollback knows the value again.
  void note_stored(const Item& item, Json& fields) const;

 private:
  bool lacks(const Item& item, std::size_t ordinal) const;
  void bring_back(Item& item, Row shown);
  void take_identity(Item& item, std::string_view old_id, Arrival& arrival);
  void find_not_taken(Item& item, const Json& standing, const Json& sent, Row shown);
  void keep_what_the_hook_sent(Item& item, Row shown);

  Chunk& chunk_;
  Documents& documents_;
};

}  // namespace lockstep
