// Remote writes: each record is fetched once more, decided anew, promised in the journal, sent, and the server's answer taken in. Several
// are under way at once; everything but the requests happens on the run's own thread.

#include <algorithm>

#include "common/text.h"
#include "engine/decide/answer.h"
#include "engine/decide/merge.h"
#include "engine/passes/run.h"
#include "engine/sides/hook_result.h"
#include "engine/sides/marker.h"
#include "engine/write/outgoing.h"
#include "engine/write/promised.h"
#include "format/json.h"
#include "mapping/sets.h"

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
struct Run::Shipment {
  Item* item = nullptr;
  IntentEntry intent;
  std::shared_ptr<const Json> body;
  std::vector<std::string> untold;  ///< members that the fresh look did not show, and that were known
  bool sent = false;                ///< the reply that is awaited is that of the write
};

void Run::send(std::span<Item*> items) {
  if (items.empty()) return;
  if (!courier_) courier_ = std::make_unique<Courier>(meter_, stop_, kAtOnce, mapping_.secrets());
  std::vector<Shipment> shipments(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) shipments[i].item = items[i];
  std::vector<std::size_t> ready;
  std::size_t next = 0;
  std::optional<Error> stopped_by;
  std::uint64_t sent = 0;
  while (true) {
    const bool stop = stopped_by.has_value() || stop_.stop_requested();
    while (!stop && next < shipments.size() && courier_->under_way() + ready.size() < kWindow) begin(shipments, next++, ready);
    if (!stopped_by) stopped_by = stopped_by_guard_;
    if (!stopped_by) stopped_by = hook_failure();
    // The promises of what goes out now, and all that has come back.
    writer_->commit();
    for (const std::size_t ticket : ready) dispatch(shipments[ticket], ticket);
    ready.clear();
    if (courier_->under_way() == 0 && (stop || next == shipments.size())) break;
    for (Courier::Reply& reply : courier_->take()) {
      const std::size_t ticket = reply.ticket;
      const bool written = shipments[ticket].sent;
      if (!stopped_by) stopped_by = reason_to_stop(reply);
      if (receive(shipments[ticket], std::move(reply))) ready.push_back(ticket);
      if (written) tell_applied(++sent);
    }
  }
  check_stop();
  if (stopped_by) throw *stopped_by;
}

/// The error that no other record would escape either.
std::optional<Error> Run::reason_to_stop(const Courier::Reply& reply) {
  if (!reply.failure) {
    reachability_.answered();
    return std::nullopt;
  }
  reachability_.met(*reply.failure);
  const bool stops = scope_of(*reply.failure) == Scope::Run || reachability_.lost();
  return stops ? reply.failure : std::nullopt;
}

/// True when there is something to send now.
bool Run::receive(Shipment& shipment, Courier::Reply reply) {
  if (shipment.sent) {
    finish(shipment, std::move(reply));
    return false;
  }
  bool ready = false;
  spare(*shipment.item, [&] { ready = take_fresh(shipment, std::move(reply)); });
  return ready;
}

/// What exists is fetched first; what is to be made anew can go at once.
void Run::begin(std::vector<Shipment>& shipments, std::size_t ticket, std::vector<std::size_t>& ready) {
  Shipment& shipment = shipments[ticket];
  if (shipment.item->decision.remote != Action::Patch) {
    spare(*shipment.item, [&] {
      if (prepare(shipment)) ready.push_back(ticket);
    });
    return;
  }
  courier_->read(ticket, [this, id = std::string(shipment.item->id)](Call& call) {
    return twice_at_most(clock_, call, [&] { return sync_.provider->get(*sync_.resource, id, call); });
  });
}

/// The remote as it is right now; true when there still is something to send.
bool Run::take_fresh(Shipment& shipment, Courier::Reply reply) {
  Item& item = *shipment.item;
  if (reply.failure) {
    if (reply.failure->kind() != ErrorKind::Interrupted) refuse(item, *reply.failure);
    return false;
  }
  const bool gone = !reply.document;
  if (gone && rollback_) {
    rollback_->gone(item.link);
    stand_in_base(item);
    if (!shape(item)) return false;
    know_references(std::span(&item, 1));
  } else if (gone) {
    reject(item, contradiction());
    return false;
  } else if (reply.document->json != item.raw) {
    shipment.untold = take_document(item, reply.document->json);
    if (!shape(item)) return false;
    know_references(std::span(&item, 1));
  }
  decide_item(item, gone);
  if (!as_planned(item)) return false;
  decided(item);
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
  if (item.decision.remote != Action::Patch) promise_create(shipment);
  std::optional<Json> body = compose(item, shipment.intent.marker);
  if (!body) return false;
  if (item.decision.remote == Action::Patch && body->object()->empty()) {
    item.decision.remote = Action::None;
    if (item.decision.local == Action::None) {
      settle_unchanged(item);
    } else {
      later_.push_back(&item);
    }
    return false;
  }
  if (!was_shown(item, *body, shipment.untold) || !may_send(item)) return false;
  shipment.body = std::make_shared<const Json>(*std::move(body));
  shipment.intent.action = name_of(item.decision.remote);
  shipment.intent.local_key = item.key;
  shipment.intent.remote_id = item.id;
  shipment.intent.body = body_of_repeated(shipment.intent.body, promised_on_both_sides(item));
  writer_->open_intent(shipment.intent);
  return true;
}

/// What would be sent for a record, hook included. Nothing when the record is refused, which is told of then. A dry run composes as a run
/// does.
std::optional<Json> Run::compose(Item& item, std::string_view marker) {
  if (const std::string why = item.decision.remote == Action::Patch ? std::string() : stands_in_way(item); !why.empty()) {
    reject(item, why);
    return std::nullopt;
  }
  const Outgoing outgoing(mapping_, *sync_.resource, secrets_, target_, shaper_);
  try {
    std::vector<Outgoing::HeldBack> held;
    Json body = item.decision.remote == Action::Patch    ? outgoing.patch(item, policy_.force, held)
                : item.decision.remote == Action::Create ? outgoing.create(item)
                                                         : outgoing.recreate(item);
    keep_pending(item, held);
    const bool nothing = body.object()->empty();
    if (!ask_payload_hook(item, body)) return std::nullopt;
    if (item.decision.remote == Action::Recreate) tell_left_out_secrets(item, body);
    if (!nothing || !body.object()->empty()) outgoing.seal(item, marker, body);
    return body;
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Rejected) throw;
    reject(item, failure.what());
    return std::nullopt;
  }
}

/// The state keeps no secret: what no column holds is not made anew with its item.
void Run::tell_left_out_secrets(const Item& item, const Json& body) {
  if (item.base == nullptr) return;
  const std::vector<std::string> missing = secrets_.missing(json::parse(item.base->document), body);
  if (missing.empty()) return;
  tally_.warn(
      item, "secrets_left_out",
      "is made anew without " + join(missing, ", ") + ", which no column holds: set it where " + sync_.nouns.provider + " is administered");
}

/// These keys' edits stay pending, as if this run might not write them.
void Run::keep_pending(Item& item, const std::vector<Outgoing::HeldBack>& held) {
  Decision& decision = item.decision;
  for (const Outgoing::HeldBack& one : held) {
    const auto is_its = [&](const FieldChange& change) { return mapping_.fields()[change.ordinal].from.top() == one.key; };
    for (const FieldChange& change : decision.remote_fields) {
      if (is_its(change)) decision.pending_local.push_back(change.ordinal);
    }
    std::erase_if(decision.remote_fields, is_its);
  }
  item.held_back = held.empty() ? std::string() : reasons_of(held);
}

/// A create that an earlier run left open is repeated with the marker that it had.
void Run::promise_create(Shipment& shipment) {
  const Micros now = clock_.now();
  if (!policy_.can_repeat_create) return;
  if (const auto open = open_creates_.find(shipment.item->key); open != open_creates_.end()) {
    shipment.intent = open->second;
  } else {
    shipment.intent.marker = Marker{database_.database_id, target_.table.name, shipment.item->key, make_ulid(now)}.text();
  }
  shipment.intent.until = now + at_work_for(sync_.resource->time_out);
}

bool Run::ask_payload_hook(Item& item, Json& body) {
  if (!sync_.hook || !sync_.hook->has(Hook::Stage::Payload)) return true;
  const Json composed = body;
  std::vector<std::string> meant;
  for (const Json::Member& member : *composed.object()) meant.push_back(member.first);
  const HookVerdict refused =
      sync_.hook->payload({item.id, item.label, sync_.nouns.one}, body, row_object(*mapping_.shape(), target_.fields(item.stored)));
  if (refused) {
    reject(item, *refused);
    return false;
  }
  if (item.decision.remote != Action::Patch && body.object()->empty() && !meant.empty()) {
    reject(item, "the hook payload left nothing to send: " + join(meant, ", "));
    return false;
  }
  item.hook_sends = changed_places(mapping_, item.decision, composed, body);
  return item.decision.remote != Action::Patch || meant.empty() || keep_what_is_left_out(item, body, meant);
}

/// An edit that the hook took out of the body is not sent, and stays one. False when nothing is left to send.
bool Run::keep_what_is_left_out(Item& item, const Json& body, const std::vector<std::string>& meant) {
  const auto left_out = [&](const FieldChange& change) {
    const std::string key = mapping_.fields()[change.ordinal].from.top();
    return std::find(meant.begin(), meant.end(), key) != meant.end() && body.find(key) == nullptr;
  };
  std::vector<std::string> columns;
  for (const FieldChange& change : item.decision.remote_fields) {
    if (!left_out(change) || identical(change.before, change.after)) continue;
    columns.push_back(mapping_.fields()[change.ordinal].column);
    item.decision.pending_local.push_back(change.ordinal);
  }
  if (body.object()->empty()) {
    reject(item, "the hook payload left nothing to send: " + join(columns, ", "));
    return false;
  }
  if (columns.empty()) return true;
  std::erase_if(item.decision.remote_fields, left_out);
  tally_.warn(item, "left_out", tally_.name_of(item) + ": the hook payload left out " + join(columns, ", ") + "; the edit stays pending");
  return true;
}

void Run::dispatch(Shipment& shipment, std::size_t ticket) {
  shipment.sent = true;
  const Item& item = *shipment.item;
  Sending sending{item.decision.remote == Action::Patch, std::string(item.id), std::string(item.raw), shipment.body};
  courier_->write(ticket, [this, sending = std::move(sending)](Call& call) { return std::optional(carry_out(sending, call)); });
}

/// On a thread of the courier: the write, and the whole item as it stands after it.
Document Run::carry_out(const Sending& sending, Call& call) const {
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

/// What is sent, field by field: for the promise and for the journal.
Json Run::remote_fields(const Item& item) const { return item.decision.remote == Action::Create ? Json() : promised_fields(item); }

/// The same of a create too: what the row held then tells later edits of it apart.
Json Run::promised_fields(const Item& item) const {
  Json fields;
  const Json standing = item.decision.remote == Action::Patch ? json::parse(item.raw) : Json();
  for (const FieldChange& change : item.decision.remote_fields) {
    if (identical(change.before, change.after)) continue;  // a leaf that is only kept
    Json& entry = fields[mapping_.fields()[change.ordinal].column];
    entry["before"] = json::to_kept(change.before);
    entry["after"] = json::to_kept(change.after);
    if (std::optional<Json> raw = raw_before(item, change, standing)) entry["raw"] = *std::move(raw);
  }
  return fields;
}

/// The same with what the row holds where it is to get the sent value, too: a person's word on a conflict, or a hook's.
Json Run::promised_on_both_sides(const Item& item) const {
  Json fields = promised_fields(item);
  for (const FieldChange& change : item.decision.local_fields) {
    Json* entry = fields.find(mapping_.fields()[change.ordinal].column);
    if (entry != nullptr && item.decision.remote == Action::Patch) promise_for_row(*entry, change.before);
  }
  return fields;
}

/// What stands in the document, where the rules made something else of it and would not make it again of that: only this can be restored.
std::optional<Json> Run::raw_before(const Item& item, const FieldChange& change, const Json& standing) const {
  const Field& field = mapping_.fields()[change.ordinal];
  if (item.decision.remote != Action::Patch || field.write_only || secrets_.may_be_secret(change.ordinal)) return std::nullopt;
  const Json* found = mapping_.place_in(change.ordinal, standing).find(standing);
  const Json raw = found == nullptr ? Json() : *found;
  if (secrets_.may_hold(json::to_text(raw))) return std::nullopt;
  const bool plain = field.transforms.empty() && !field.lookup;
  if (plain && json::canonical(json::from_value(change.before)) == json::canonical(raw)) return std::nullopt;
  try {
    Json again = standing;
    lay(mapping_, change.ordinal, change.after, again, shaper_.transformer());
    lay(mapping_, change.ordinal, change.before, again, shaper_.transformer());
    const Json* restored = mapping_.place_in(change.ordinal, again).find(again);
    if (json::canonical(restored == nullptr ? Json() : *restored) == json::canonical(raw)) return std::nullopt;
  } catch (const Error& failure) {
    if (scope_of(failure) != Scope::Record) throw;
  }
  return raw;
}

/// Why the answer to a create is not about what was made: it names an item that another record has. Empty: it may be.
std::string Run::answered_with_anothers(const Shipment& shipment, const Document& document) const {
  const Item& item = *shipment.item;
  const std::optional<std::size_t> other = links_.by_remote(document.id);
  if (item.decision.remote != Action::Patch && neighbours_.owns(document.id))
    return sync_.nouns.provider + " answered the create with the ID " + in_quotes(printable(document.id)) + ", which is that of a " +
           sync_.nouns.one + " of sync " + std::string(neighbours_.owner_of(document.id)) + "; nothing was linked";
  if (item.decision.remote == Action::Patch || !other || *other == item.link || links_[*other].gone_at != 0) return {};
  return sync_.nouns.provider + " answered the create with the ID " + in_quotes(printable(document.id)) + ", which is that of another " +
         sync_.nouns.one + ": row " + printable(links_[*other].local_key) + " has it; nothing was linked";
}

/// The remote has been written, whatever comes now: what cannot be taken in is the next run's to find, by the promise that stays open.
void Run::finish(Shipment& shipment, Courier::Reply reply) {
  if (reply.failure) return send_failed(shipment, *reply.failure);
  report_.written = true;
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

void Run::take_reply(Shipment& shipment, const Document& document) {
  Item& item = *shipment.item;
  Arrival arrival;
  arrival.item = &item;
  arrival.intent = shipment.intent;
  arrival.remote_fields = remote_fields(item);
  arrival.remote_event = tally_.remote_change_of(item);
  arrival.remote_event.remote_id = document.id;
  arrival.tell_local = item.decision.local == Action::Update;
  for (const FieldChange& change : item.decision.local_fields) arrival.news.push_back(change.ordinal);
  take_answer(item, document, *shipment.body, arrival);
  note_stored(item, arrival.remote_fields);
  const std::string& marker = shipment.intent.marker;
  if (item.decision.remote != Action::Patch && !marker.empty()) look_for_marker(item, marker);
  const std::vector<FieldChange> decided = item.decision.local_fields;
  writer_->arrived(arrival);
  finish_create(item);
  keep_promises(item);
  if (arrival.refused.empty()) open_creates_.erase(item.key);
  if (!item.held_back.empty()) reject(item, item.held_back);
  if (!arrival.refused.empty() && may_wait_for_others(arrival)) return postpone_rest(item, decided);
  if (!arrival.refused.empty()) {
    tally_.failed(item, arrival.refused);
    writer_->reject(item, arrival.refused);
  }
}

/// The server's answer is what both sides agree on from now on: what it made of the values comes back into the row.
void Run::take_answer(Item& item, const Document& document, const Json& sent, Arrival& arrival) {
  const std::string_view old_id = item.id;
  item.id = arena_.copy(document.id);
  take_told(item, document.json, sent);
  item.account = arena_.copy(accounts_.text_of(item.raw));
  std::span<Value> answer = arena_.make<Value>(mapping_.fields().size());
  const HookVerdict refused = shaper_.shape({item.id, item.label, sync_.nouns.one}, item.raw, answer, arena_);
  if (refused) {
    tally_.warn(item, "answer", tally_.name_of(item) + " was written; of the answer nothing is taken over: " + *refused);
    const Row row = references_.to_remote(target_.fields(item.stored), arena_);
    for (std::size_t i = 0; i < row.size(); ++i) answer[i] = normalise(mapping_.fields()[i], row[i], arena_);
    answer[0] = Value::text(item.id);
  }
  for (const std::size_t ordinal : item.untold) answer[ordinal] = Value();
  item.there = answer;
  std::vector<Value> shown;
  for (std::size_t i = 0; i < answer.size(); ++i) shown.push_back(secrets_.mask(i, answer[i], arena_));
  if (!refused) find_not_taken(item, sent, shown);
  bring_back(item, shown);
  if (item.decision.remote != Action::Patch) take_identity(item, old_id, arrival);
  arrival.local_event = tally_.change_of(item);
  arrival.local_event.second = true;
}

/// What is to be written into the row: what the decision said, and what the server made of what was sent.
void Run::bring_back(Item& item, Row shown) {
  // A run of one direction touches one side.
  const bool fill = rollback_ || policy_.mode != Mode::Export || mapping_.fill();
  std::vector<FieldChange>& changes = item.decision.local_fields;
  for (const FieldChange& change : after_write(mapping_, item.facts, item.decision, shown, fill)) {
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
  arrival.replaces = old_id;
}

/// What the server did not take is said once; the base then remembers what each side holds, and it is not sent again until it changes.
void Run::find_not_taken(Item& item, const Json& sent, Row shown) {
  std::vector<std::size_t>& out = item.decision.not_taken;
  out = not_taken(mapping_, item.decision, sent, json::parse(item.raw), shown);
  std::erase_if(out, [&](std::size_t ordinal) { return merging::contains(item.hook_sends, ordinal); });
  std::vector<std::string> values, nulls;
  for (const std::size_t ordinal : item.decision.not_taken) {
    const FieldChange& change = *merging::find(item.decision.remote_fields, ordinal);
    (change.after.is_nothing() ? nulls : values).push_back(mapping_.fields()[ordinal].column);
  }
  keep_what_the_hook_sent(item, shown);
  if (!nulls.empty()) {
    tally_.warn(item, "null_ignored",
                sync_.nouns.provider + " keeps its value where " + tally_.name_of(item) + " was emptied: " + join(nulls, ", "));
  }
  if (!values.empty()) {
    tally_.warn(item, "not_taken",
                sync_.nouns.provider + " did not take " + join(values, ", ") + ": " + tally_.name_of(item) +
                    " holds something else there; it is not sent again until it is edited");
  }
}

/// What the hook sent in the place of the row's value leaves the sides different, and is remembered like what was not taken.
void Run::keep_what_the_hook_sent(Item& item, Row shown) {
  std::vector<std::string> columns;
  for (const std::size_t ordinal : item.hook_sends) {
    const FieldChange* change = merging::find(item.decision.remote_fields, ordinal);
    const Field& field = mapping_.fields()[ordinal];
    if (change == nullptr || field.write_only || same(field, change->after, shown[ordinal])) continue;
    item.decision.not_taken.push_back(ordinal);
    columns.push_back(field.column);
  }
  if (columns.empty()) return;
  tally_.warn(item, "not_taken",
              "the hook payload sent something else of " + tally_.name_of(item) + " than its row holds: " + join(columns, ", ") +
                  "; the row keeps its own, and it is not sent again until it is edited");
}

void Run::send_failed(Shipment& shipment, const Error& failure) {
  Item& item = *shipment.item;
  const bool unknown = failure.effect() != Effect::None;
  if (unknown) {
    report_.written = true;
  } else {
    writer_->close_intent(shipment.intent);
    open_creates_.erase(item.key);
  }
  if (!unknown) return refuse(item, failure);
  refuse(item, Error(failure.kind(), failure.what() + std::string("; whether it took effect is not known, the next run finds out")));
}

/// One record's request failed: it is kept under `lockstep rejected`, counted as what the API refused or as what did not get there.
void Run::refuse(const Item& item, const Error& failure) {
  const bool got_there = failure.kind() != ErrorKind::Unreachable && scope_of(failure) == Scope::Record;
  if (got_there) return reject(item, failure.what());
  tally_.failed(item, failure.what());
  writer_->reject(item, failure.what());
}

}  // namespace lockstep
