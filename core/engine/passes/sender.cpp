#include "engine/passes/sender.h"

#include <utility>

#include "common/text.h"
#include "engine/decide/answer.h"
#include "engine/passes/answers.h"
#include "engine/passes/applying.h"
#include "engine/passes/change_guards.h"
#include "engine/passes/chunk.h"
#include "engine/passes/composing.h"
#include "engine/passes/deciding.h"
#include "engine/passes/documents.h"
#include "engine/passes/faults.h"
#include "engine/passes/lagging.h"
#include "engine/passes/markers.h"
#include "engine/passes/open_work.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/routing.h"
#include "engine/passes/undoing.h"
#include "engine/passes/waiting.h"
#include "engine/write/promised.h"

namespace lockstep {
namespace {

/// Requests under way at once; the provider's own limit may be lower.
constexpr std::size_t kAtOnce = 8;
/// Records begun before others are finished: while one answer is worked on, the next requests wait already.
constexpr std::size_t kWindow = 2 * kAtOnce;
constexpr Millis kBeforeSecondTry{500};

/// Requests that may be made twice are made twice when nobody answered: a GET asks, and a PATCH carries whole values.
template <class Request>
auto twice_at_most(const Clock& clock, Call& call, Request request) {
  try {
    return request();
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Unreachable || failure.status() != 0 || !clock.sleep(kBeforeSecondTry, call.stop)) throw;
  }
  return request();
}

std::string_view name_of(Action action) { return action == Action::Patch ? "update" : to_string(action); }

}  // namespace

/// One record on its way out.
struct Sender::Shipment {
  Item* item = nullptr;
  IntentEntry intent;
  std::shared_ptr<const Json> body;
  std::vector<std::string> untold;  ///< members that the fresh look did not show, and that were known
  bool sent = false;                ///< the reply that is awaited is that of the write
};

Sender::Sender(RunContext& run, Answers& answers, Applying& applying, ChangeGuards& change_guards, Chunk& chunk, Composing& composing,
               Deciding& deciding, Documents& documents, Faults& faults, Lagging& lagging, Markers& markers, OpenWork& open_work,
               PlanKeeper& plan_keeper, Routing& routing, Undoing& undoing, Waiting& waiting)
    : Pass(run),
      answers_(answers),
      applying_(applying),
      change_guards_(change_guards),
      chunk_(chunk),
      composing_(composing),
      deciding_(deciding),
      documents_(documents),
      faults_(faults),
      lagging_(lagging),
      markers_(markers),
      open_work_(open_work),
      plan_keeper_(plan_keeper),
      routing_(routing),
      undoing_(undoing),
      waiting_(waiting) {}

Courier& Sender::courier() {
  if (!courier_) courier_ = std::make_unique<Courier>(meter_, stop_, kAtOnce, mapping_.secrets());
  return *courier_;
}

void Sender::send(std::span<Item*> items) {
  if (items.empty()) return;
  std::vector<Shipment> shipments(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) shipments[i].item = items[i];
  try {
    ship(shipments);
  } catch (...) {
    // What is under way takes effect all the same; its promise stays open, and the next run finds it.
    for (const Courier::Reply& reply : courier().abandon()) note_effect(shipments[reply.ticket], reply);
    throw;
  }
}

void Sender::ship(std::vector<Shipment>& shipments) {
  Courier& out = courier();
  std::vector<std::size_t> ready;
  std::size_t next = 0;
  std::optional<Error> stopped_by;
  std::uint64_t sent = 0;
  while (true) {
    const bool stop = stopped_by.has_value() || stop_.stop_requested();
    while (!stop && next < shipments.size() && out.under_way() + ready.size() < kWindow) begin(shipments, next++, ready);
    if (!stopped_by) stopped_by = change_guards_.stopped();
    if (!stopped_by) stopped_by = faults_.hook_failure();
    // The promises of what goes out now, and all that has come back.
    writer_->commit();
    for (const std::size_t ticket : ready) dispatch(shipments[ticket], ticket);
    ready.clear();
    if (out.under_way() == 0 && (stop || next == shipments.size())) break;
    std::vector<Courier::Reply> replies = out.take();
    for (const Courier::Reply& reply : replies) note_effect(shipments[reply.ticket], reply);
    for (Courier::Reply& reply : replies) {
      const std::size_t ticket = reply.ticket;
      const bool written = shipments[ticket].sent;
      if (!stopped_by) stopped_by = reason_to_stop(reply);
      if (receive(shipments[ticket], std::move(reply))) ready.push_back(ticket);
      if (written) applying_.tell_applied(++sent);
    }
  }
  check_stop();
  if (stopped_by) throw *stopped_by;
}

/// The remote has been written, or may have been, whatever comes now.
void Sender::note_effect(const Shipment& shipment, const Courier::Reply& reply) {
  if (shipment.sent && (!reply.failure || reply.failure->effect() != Effect::None)) report_.written = true;
}

/// The error that no other record would escape either.
std::optional<Error> Sender::reason_to_stop(const Courier::Reply& reply) {
  if (!reply.failure) {
    reachability_.answered();
    return std::nullopt;
  }
  reachability_.met(*reply.failure);
  const bool stops = scope_of(*reply.failure) == Scope::Run || reachability_.lost();
  return stops ? reply.failure : std::nullopt;
}

/// True when there is something to send now.
bool Sender::receive(Shipment& shipment, Courier::Reply reply) {
  if (shipment.sent) {
    finish(shipment, std::move(reply));
    return false;
  }
  bool ready = false;
  faults_.spare(*shipment.item, [&] { ready = take_fresh(shipment, std::move(reply)); });
  return ready;
}

/// What exists is fetched first; what is to be made anew can go at once.
void Sender::begin(std::vector<Shipment>& shipments, std::size_t ticket, std::vector<std::size_t>& ready) {
  Shipment& shipment = shipments[ticket];
  if (shipment.item->decision.remote != Action::Patch) {
    faults_.spare(*shipment.item, [&] {
      if (prepare(shipment)) ready.push_back(ticket);
    });
    return;
  }
  courier().read(ticket, [this, id = std::string(shipment.item->id)](Call& call) {
    return twice_at_most(clock_, call, [&] { return sync_.provider->get(*sync_.resource, id, call); });
  });
}

/// The remote as it is right now; true when there still is something to send.
bool Sender::take_fresh(Shipment& shipment, Courier::Reply reply) {
  Item& item = *shipment.item;
  if (reply.failure) {
    if (reply.failure->kind() != ErrorKind::Interrupted) faults_.refuse(item, *reply.failure);
    return false;
  }
  const bool gone = !reply.document;
  if (gone && undoing()) {
    undoing_.stand_in_gone(item);
    if (!chunk_.shape(item)) return false;
    chunk_.know_references(std::span(&item, 1));
  } else if (gone) {
    faults_.reject(item, contradiction());
    return false;
  } else if (lagging_.is_stale(reply.document->json, item.raw)) {
    faults_.reject(item,
                   sync_.nouns.provider + " answers with an older state than its list shows; nothing was sent over what it does not show");
    return false;
  } else if (reply.document->json != item.raw) {
    shipment.untold = documents_.take_document(item, reply.document->json);
    if (!chunk_.shape(item)) return false;
    chunk_.know_references(std::span(&item, 1));
  }
  deciding_.decide_item(item, gone);
  if (!plan_keeper_.as_planned(item)) return false;
  plan_keeper_.decided(item);
  if (item.decision.remote != Action::None) return prepare(shipment);
  if (item.decision.local != Action::None) {
    later_.push_back(&item);
  } else {
    routing_.settle_unchanged(item);
  }
  return false;
}

/// Body and promise. False when this record is refused, or nothing is left to send.
bool Sender::prepare(Shipment& shipment) {
  Item& item = *shipment.item;
  if (item.decision.remote != Action::Patch) composing_.promise_create(item, shipment.intent);
  std::optional<Json> body = composing_.compose(item, shipment.intent.marker);
  if (!body) return false;
  if (item.decision.remote == Action::Patch && body->object()->empty()) {
    item.decision.remote = Action::None;
    if (item.decision.local == Action::None) {
      routing_.settle_unchanged(item);
    } else {
      later_.push_back(&item);
    }
    return false;
  }
  if (!documents_.was_shown(item, *body, shipment.untold) || !change_guards_.may_send(item)) return false;
  shipment.body = std::make_shared<const Json>(*std::move(body));
  shipment.intent.action = name_of(item.decision.remote);
  shipment.intent.local_key = item.key;
  shipment.intent.remote_id = item.id;
  shipment.intent.body = body_of_repeated(shipment.intent.body, composing_.promised_on_both_sides(item));
  writer_->open_intent(shipment.intent);
  return true;
}

void Sender::dispatch(Shipment& shipment, std::size_t ticket) {
  shipment.sent = true;
  const Item& item = *shipment.item;
  Sending sending{item.decision.remote == Action::Patch, std::string(item.id), std::string(item.raw), shipment.body};
  courier().write(ticket, [this, sending = std::move(sending)](Call& call) { return std::optional(carry_out(sending, call)); });
}

/// On a thread of the courier: the write, and the whole item as it stands after it.
Document Sender::carry_out(const Sending& sending, Call& call) const {
  const auto write = [&] {
    return sending.update ? sync_.provider->update(*sync_.resource, sending.id, *sending.body, call)
                          : sync_.provider->create(*sync_.resource, *sending.body, call);
  };
  Document answer = sending.update ? twice_at_most(clock_, call, write) : write();
  if (answer.id.empty()) answer.id = sending.id;
  // Of another item is nothing said of this one.
  if (sending.update && answer.id != sending.id) answer = {sending.id, {}};
  const bool complete = tells_all(answer.json, sending.update ? sending.standing : std::string(), *sending.body, *sync_.resource);
  // An answer may come from a copy that has not heard of the write yet.
  const bool shown = !complete || !sending.update || shows_sent(answer.json, sending.standing, *sending.body, *sync_.resource);
  if ((complete && shown) || !sync_.resource->can_get) return answer;
  try {
    auto whole = twice_at_most(clock_, call, [&] { return sync_.provider->get(*sync_.resource, answer.id, call); });
    if (whole) return *std::move(whole);
    if (complete) return answer;
  } catch (Error& failure) {
    throw failure.with_effect(Effect::Maybe).at("it was written, and could not be read back");
  }
  throw Error(ErrorKind::Corrupt, "it was written, and " + sync_.nouns.provider + " does not know it when asked for it by its ID")
      .with_effect(Effect::Maybe);
}

/// Why the answer to a create is not about what was made: it names an item that another record has. Empty: it may be.
std::string Sender::answered_with_anothers(const Shipment& shipment, const Document& document) const {
  const Item& item = *shipment.item;
  const std::optional<std::size_t> other = links_.by_remote(document.id);
  if (item.decision.remote != Action::Patch && neighbours_.owns(document.id))
    return sync_.nouns.provider + " answered the create with the ID " + in_quotes(printable(document.id)) + ", which is that of a " +
           sync_.nouns.one + " of sync " + std::string(neighbours_.owner_of(document.id)) + "; nothing was linked";
  if (item.decision.remote == Action::Patch || !other || *other == item.link || links_[*other].gone_at != 0) return {};
  return sync_.nouns.provider + " answered the create with the ID " + in_quotes(printable(document.id)) + ", which is that of another " +
         sync_.nouns.one + ": row " + printable(links_[*other].local_key) + " has it; nothing was linked";
}

/// What cannot be taken in is the next run's to find, by the promise that stays open.
void Sender::finish(Shipment& shipment, Courier::Reply reply) {
  if (reply.failure) return send_failed(shipment, *reply.failure);
  if (const std::string whose = answered_with_anothers(shipment, *reply.document); !whose.empty())
    return send_failed(shipment, Error(ErrorKind::Corrupt, whose).with_effect(Effect::Maybe));
  try {
    take_reply(shipment, *reply.document);
  } catch (const std::exception&) {
    const Error fault = current_fault();
    if (scope_of(fault) != Scope::Record) throw;
    tally_.failed(*shipment.item, "it was written, and its answer could not be taken in: " + std::string(fault.what()));
  }
}

void Sender::take_reply(Shipment& shipment, const Document& document) {
  Item& item = *shipment.item;
  Arrival arrival;
  arrival.item = &item;
  arrival.intent = shipment.intent;
  arrival.remote_fields = composing_.remote_fields(item);
  arrival.remote_event = tally_.remote_change_of(item);
  arrival.remote_event.remote_id = document.id;
  arrival.tell_local = item.decision.local == Action::Update;
  for (const FieldChange& change : item.decision.local_fields) arrival.news.push_back(change.ordinal);
  answers_.take_answer(item, document, *shipment.body, arrival);
  answers_.note_stored(item, arrival.remote_fields);
  const std::string& marker = shipment.intent.marker;
  if (item.decision.remote != Action::Patch && !marker.empty()) markers_.look_for_marker(item, marker);
  const std::vector<FieldChange> decided = item.decision.local_fields;
  writer_->arrived(arrival);
  open_work_.finish_create(item);
  open_work_.keep_promises(item);
  if (arrival.refused.empty()) open_work_.creates().erase(item.key);
  if (!item.held_back.empty()) faults_.reject(item, item.held_back);
  if (!arrival.refused.empty() && waiting_.may_wait_for_others(arrival)) return waiting_.postpone_rest(item, decided);
  if (!arrival.refused.empty()) {
    tally_.failed(item, arrival.refused);
    writer_->reject(item, arrival.refused);
  }
}

void Sender::send_failed(Shipment& shipment, const Error& failure) {
  Item& item = *shipment.item;
  if (failure.effect() == Effect::None) {
    writer_->close_intent(shipment.intent);
    open_work_.creates().erase(item.key);
    return faults_.refuse(item, failure);
  }
  faults_.refuse(item,
                 Error(failure.kind(), failure.what() + std::string("; whether it took effect is not known, the next run finds out")));
}

}  // namespace lockstep
