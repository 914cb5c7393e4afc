// Composing: what is sent for a record: its body, hook included, and what is promised and journaled of it.
#pragma once

#include "engine/passes/pass.h"
#include "engine/write/outgoing.h"

namespace lockstep {

class Faults;
class Foreseer;
class OpenWork;
class PayloadHook;

class Composing : private Pass {
 public:
  Composing(RunContext& run, Faults& faults, Foreseer& foreseer, OpenWork& open_work, PayloadHook& payload_hook);

  /// What would be sent for a record, hook included. Nothing when the record is refused, which is told of then. A dry run composes as a run
  /// does.
  std::optional<Json> compose(Item& item, std::string_view marker);
  /// A create that an earlier run left open is repeated with the marker that it had.
  void promise_create(const Item& item, IntentEntry& intent);
  /// What is sent, field by field: for the promise and for the journal.
  Json remote_fields(const Item& item) const;
  /// The same with what the row holds where it is to get the sent value, too: a person's word on a conflict, or a hook's.
  Json promised_on_both_sides(const Item& item) const;

 private:
  Json promised_fields(const Item& item) const;
  Json body_of(const Item& item, const Outgoing& outgoing, std::vector<Outgoing::HeldBack>& held) const;
  std::vector<Value> cells_to_judge(const Item& item) const;
  void tell_left_out_secrets(const Item& item, const Json& body);
  void keep_pending(Item& item, const std::vector<Outgoing::HeldBack>& held);
  std::optional<Json> raw_before(const Item& item, const FieldChange& change, const Json& standing) const;

  Faults& faults_;
  Foreseer& foreseer_;
  OpenWork& open_work_;
  PayloadHook& payload_hook_;
};

}  // namespace lockstep
