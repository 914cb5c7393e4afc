// Remote writes: each record is fetched once more, decided anew, promised in the journal, sent, and the server's answer taken in. Several
// are under way at once; everything but the requests happens on the run's own thread.

#include <algorithm>

#include "common/text.h"
#include "engine/outgoing.h"
#include "engine/promised.h"
#include "engine/run.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// Requests under way at once; the provider's own limit may be lower.
constexpr std::size_t kAtOnce = 8;
/// Records begun before others are finished: while one answer is worked on, the next requests wait already.
constexpr std::size_t kWindow = 2 * kAtOnce;

/// These say that no other record would fare better.
bool concerns_all(const Error& failure) {
  return failure.kind() == ErrorKind::Credentials || failure.kind() == ErrorKind::Unreachable || failure.kind() == ErrorKind::RateLimited ||
         failure.kind() == ErrorKind::Interrupted;
}

std::string_view name_of(Action action) { return action == Action::Patch ? "update" : to_string(action); }

}  // namespace

/// One record on its way out.
struct Run::Shipment {
  Item* item = nullptr;
  IntentEntry intent;
  Json body;
  bool sent = false;  ///< the reply that is awaited is that of the write
};

void Run::send(std::span<Item*> items) {
  if (items.empty()) return;
  if (!courier_) courier_ = std::make_unique<Courier>(meter_, stop_, kAtOnce);
  std::vector<Shipment> shipments(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) shipments[i].item = items[i];
  std::vector<std::size_t> ready;
  std::size_t next = 0;
  std::optional<Error> stopped_by;
  while (true) {
    const bool stop = stopped_by.has_value() || stop_.stop_requested();
    while (!stop && next < shipments.size() && courier_->under_way() + ready.size() < kWindow) begin(shipments, next++, ready);
    // The promises of what goes out now, and all that has come back.
    writer_->commit();
    for (const std::size_t ticket : ready) dispatch(shipments[ticket], ticket);
    ready.clear();
    if (courier_->under_way() == 0 && (stop || next == shipments.size())) break;
    for (Courier::Reply& reply : courier_->take()) {
      const std::size_t ticket = reply.ticket;
      Shipment& shipment = shipments[ticket];
      if (reply.failure && concerns_all(*reply.failure) && !stopped_by) stopped_by = reply.failure;
      if (shipment.sent) {
        finish(shipment, std::move(reply));
      } else if (take_fresh(shipment, std::move(reply))) {
        ready.push_back(ticket);
      }
    }
  }
  check_stop();
  if (stopped_by) throw *stopped_by;
}

/// What exists is fetched first; what is to be made anew can go at once.
void Run::begin(std::vector<Shipment>& shipments, std::size_t ticket, std::vector<std::size_t>& ready) {
  Shipment& shipment = shipments[ticket];
  if (shipment.item->decision.remote != Action::Patch) {
    if (prepare(shipment)) ready.push_back(ticket);
    return;
  }
  courier_->read(ticket,
                 [this, id = std::string(shipment.item->id)](Call& call) { return sync_.provider->get(*sync_.resource, id, call); });
}

/// The remote as it is right now; true when there still is something to send.
bool Run::take_fresh(Shipment& shipment, Courier::Reply reply) {
  Item& item = *shipment.item;
  if (reply.failure) {
    if (reply.failure->kind() != ErrorKind::Interrupted) tally_.failed(item, reply.failure->what());
    return false;
  }
  const bool gone = !reply.document;
  if (gone && rollback_) {
    rollback_->gone(item.link);
    stand_in_base(item);
    if (!shape(item)) return false;
    know_references(std::span(&item, 1));
  } else if (gone) {
    item.raw = {};
    item.there = {};
  } else if (reply.document->json != item.raw) {
    item.raw = padded_copy(reply.document->json, arena_);
    item.hash = seeded_hash(hash128(reply.document->json), seed());
    item.packed = {};
    item.row_hash = {};
    item.keys = {};
    item.may_hold_secrets = true;
    item.there = {};
    if (!shape(item)) return false;
    know_references(std::span(&item, 1));
  }
  decide_item(item, gone);
  if (!as_planned(item)) return false;
  if (item.decision.remote != Action::None) return prepare(shipment);
  if (item.decision.local != Action::None) {
    later_.push_back(&item);
  } else {
    settle_unchanged(item);
  }
  return false;
}

/// Body and promise. False when this record is refused, or nothing is left to send.
bool Run::prepare(Shipment& shipment) {
  Item& item = *shipment.item;
  const Outgoing outgoing(mapping_, *sync_.resource, secrets_, target_, shaper_);
  const Action action = item.decision.remote;
  try {
    if (action == Action::Patch) {
      shipment.body = outgoing.patch(item, policy_.force);
    } else {
      promise_create(shipment);
      shipment.body =
          action == Action::Create ? outgoing.create(item, shipment.intent.marker) : outgoing.recreate(item, shipment.intent.marker);
    }
    if (!ask_payload_hook(shipment)) return false;
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Rejected) throw;
    reject(item, failure.what());
    return false;
  }
  if (action == Action::Patch && shipment.body.object()->empty()) {
    settle_unchanged(item);
    return false;
  }
  shipment.intent.action = name_of(action);
  shipment.intent.local_key = item.key;
  shipment.intent.remote_id = item.id;
  shipment.intent.body = body_of_repeated(shipment.intent.body, promised_fields(item));
  writer_->open_intent(shipment.intent);
  return true;
}

/// A create that an earlier run left open is repeated with the marker that it had.
void Run::promise_create(Shipment& shipment) {
  if (sync_.resource->marker.empty()) return;
  if (const auto open = open_creates_.find(shipment.item->key); open != open_creates_.end()) {
    shipment.intent = open->second;
  } else {
    shipment.intent.marker = make_ulid(clock_.now());
  }
}

bool Run::ask_payload_hook(Shipment& shipment) {
  if (!sync_.hook || !sync_.hook->has(Hook::Stage::Payload)) return true;
  const Item& item = *shipment.item;
  const HookVerdict refused = sync_.hook->payload({item.id, item.label, sync_.nouns.one}, shipment.body,
                                                  row_object(*mapping_.shape(), target_.fields(item.stored)));
  if (!refused) return true;
  reject(item, *refused);
  return false;
}

void Run::dispatch(Shipment& shipment, std::size_t ticket) {
  shipment.sent = true;
  const bool update = shipment.item->decision.remote == Action::Patch;
  courier_->write(ticket, [this, update, id = std::string(shipment.item->id), body = std::move(shipment.body)](Call& call) {
    return std::optional(update ? sync_.provider->update(*sync_.resource, id, body, call)
                                : sync_.provider->create(*sync_.resource, body, call));
  });
}

/// What is sent, field by field: for the promise and for the journal.
Json Run::remote_fields(const Item& item) const { return item.decision.remote == Action::Create ? Json() : promised_fields(item); }

/// The same of a create too: what the row held then tells later edits of it apart.
Json Run::promised_fields(const Item& item) const {
  Json fields;
  for (const FieldChange& change : item.decision.remote_fields) {
    if (identical(change.before, change.after)) continue;  // a leaf that is only kept
    Json& entry = fields[mapping_.fields()[change.ordinal].column];
    entry["before"] = json::from_value(change.before);
    entry["after"] = json::from_value(change.after);
  }
  return fields;
}

void Run::finish(Shipment& shipment, Courier::Reply reply) {
  if (reply.failure) return send_failed(shipment, *reply.failure);
  Item& item = *shipment.item;
  Arrival arrival;
  arrival.item = &item;
  arrival.intent = shipment.intent;
  arrival.remote_fields = remote_fields(item);
  arrival.remote_event = tally_.remote_change_of(item);
  arrival.remote_event.remote_id = reply.document->id;
  arrival.tell_local = item.decision.local == Action::Update;
  take_answer(item, *reply.document, arrival);
  note_stored(item, arrival.remote_fields);
  writer_->arrived(arrival);
  finish_create(item);
  keep_promises(item);
  open_creates_.erase(item.key);
  if (!arrival.refused.empty()) {
    tally_.failed(item, arrival.refused);
    writer_->reject(item, arrival.refused);
  }
}

/// The server's answer is what both sides agree on from now on: what it made of the values comes back into the row.
void Run::take_answer(Item& item, const Document& document, Arrival& arrival) {
  const std::string_view old_id = item.id;
  item.id = arena_.copy(document.id);
  item.raw = padded_copy(document.json, arena_);
  item.hash = seeded_hash(hash128(document.json), seed());
  item.packed = {};
  item.row_hash = {};
  item.keys = {};
  item.may_hold_secrets = true;
  std::span<Value> answer = arena_.make<Value>(mapping_.fields().size());
  const HookVerdict refused = shaper_.shape({item.id, item.label, sync_.nouns.one}, item.raw, answer, arena_);
  if (refused) {
    tally_.warn(item, "answer", tally_.name_of(item) + " was written; of the answer nothing is taken over: " + *refused);
    const Row row = references_.to_remote(target_.fields(item.stored), arena_);
    for (std::size_t i = 0; i < row.size(); ++i) answer[i] = normalise(mapping_.fields()[i], row[i], arena_);
    answer[0] = Value::text(item.id);
  }
  item.there = answer;
  std::vector<Value> shown;
  for (std::size_t i = 0; i < answer.size(); ++i) shown.push_back(secrets_.mask(i, answer[i], arena_));
  warn_of_ignored(item, shown);
  bring_back(item, shown);
  if (item.decision.remote != Action::Patch) take_identity(item, old_id, arrival);
  arrival.local_event = tally_.change_of(item);
  arrival.local_event.second = true;
}

/// What is to be written into the row: what the decision said, and what the server made of what was sent.
void Run::bring_back(Item& item, Row shown) {
  std::vector<FieldChange>& changes = item.decision.local_fields;
  for (const FieldChange& change : after_write(mapping_, item.facts, item.decision, shown)) {
    const auto known = std::find_if(changes.begin(), changes.end(), [&](const FieldChange& one) { return one.ordinal == change.ordinal; });
    if (known == changes.end()) {
      changes.push_back(change);
    } else {
      known->after = change.after;
    }
  }
  if (item.decision.local == Action::None && !changes.empty()) item.decision.local = Action::Update;
}

void Run::take_identity(Item& item, std::string_view old_id, Arrival& arrival) {
  std::vector<FieldChange>& changes = item.decision.local_fields;
  std::erase_if(changes, [](const FieldChange& change) { return change.ordinal == 0; });
  changes.insert(changes.begin(), {0, item.facts.here.front(), Value::text(item.id)});
  if (item.decision.local == Action::None) item.decision.local = Action::Link;
  if (changes.size() == 1) item.decision.local = Action::Link;
  if (old_id.empty()) return;
  Json& entry = arrival.remote_fields[mapping_.key().column];
  entry["before"] = Json(old_id);
  entry["after"] = Json(item.id);
  if (item.link != kNoIndex) links_.relink(item.link, item.id);
}

/// A null that the server does not take is said once; the base then remembers what each side holds, and it is not sent again.
void Run::warn_of_ignored(const Item& item, Row shown) {
  std::vector<std::string> ignored;
  for (const FieldChange& change : item.decision.remote_fields) {
    if (change.after.is_nothing() && !change.before.is_nothing() && !shown[change.ordinal].is_nothing()) {
      ignored.push_back(mapping_.fields()[change.ordinal].column);
    }
  }
  if (ignored.empty()) return;
  tally_.warn(item, "null_ignored",
              sync_.nouns.provider + " keeps its value where " + tally_.name_of(item) + " was emptied: " + join(ignored, ", "));
}

void Run::send_failed(Shipment& shipment, const Error& failure) {
  Item& item = *shipment.item;
  const bool unknown = failure.effect() != Effect::None;
  const std::string text = failure.what();
  if (!unknown) {
    writer_->close_intent(shipment.intent);
    open_creates_.erase(item.key);
  }
  if (concerns_all(failure)) {
    tally_.failed(item, text);
  } else {
    reject(item, unknown ? text + "; whether it took effect is not known, the next run finds out" : text);
  }
}

}  // namespace lockstep
