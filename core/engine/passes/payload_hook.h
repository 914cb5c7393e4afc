// PayloadHook: the hook's word on a body before it is sent, and what it changes of it beyond the decision.
#pragma once

#include <string>
#include <vector>

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class Faults;

class PayloadHook : private Pass {
 public:
  PayloadHook(RunContext& run, Chunk& chunk, Faults& faults);

  /// Gives the hook `body`, where there is one. False when the record is refused, or nothing is left to send, which is told of then. Fills
  /// what the item says of the hook.
  bool ask(Item& item, Json& body);

 private:
  std::vector<Value> row_to_be(const Item& item) const;
  bool leave_open_fields(Item& item, const Json& composed, Json& body);
  bool keep_what_is_left_out(Item& item, const Json& composed, const Json& body);
  void find_additions(Item& item, const Json& composed, const Json& body);
  void add_fields(Item& item, Json& expected, const Json& after);
  void add_members(Item& item, const Json& standing, const Json& expected, const Json& after);

  Chunk& chunk_;
  Faults& faults_;
};

}  // namespace lockstep
