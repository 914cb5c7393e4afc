#include "engine/write/outgoing.h"

#include <algorithm>
#include <span>

#include "common/text.h"
#include "engine/decide/merge.h"
#include "format/json.h"
#include "format/path.h"

namespace lockstep {
namespace {

const Json* find_path(const Json& document, std::string_view path) {
  const Json* node = &document;
  for (const std::string& step : path_keys(path)) {
    node = node == nullptr ? nullptr : node->find(step);
  }
  return node;
}

bool is_set(const Json* node) { return node != nullptr && !node->is_null(); }

bool same_meaning(const Json& a, const Json& b) { return a == b || json::canonical(a) == json::canonical(b); }

std::string top_of(std::string_view path) { return path_keys(path).front(); }

/// Takes a place out, in every element where the path says so, and the objects around it that held nothing else.
void prune(Json& node, std::span<const std::string> keys) {
  if (keys.size() == 1) {
    node.erase(keys.front());
  } else if (keys.front() != "*") {
    Json* inner = node.find(keys.front());
    if (inner == nullptr || (inner->object() != nullptr && inner->object()->empty())) return;
    prune(*inner, keys.subspan(1));
    if (inner->object() != nullptr && inner->object()->empty()) node.erase(keys.front());
  } else if (Json::Array* items = node.array()) {
    for (Json& item : *items) prune(item, keys.subspan(1));
  } else if (Json::Object* members = node.object()) {
    for (Json::Member& member : *members) prune(member.second, keys.subspan(1));
  }
}

bool names(const std::vector<std::string>& list, std::string_view key) { return std::find(list.begin(), list.end(), key) != list.end(); }

}  // namespace

std::string marker_of(const Json& document, const Resource& resource) {
  const std::string path = resource.marker_path();
  const Json* marker = path.empty() ? nullptr : find_path(document, path);
  return marker == nullptr || marker->text() == nullptr ? std::string() : *marker->text();
}

bool names_marker_place(const Json& document, const Resource& resource) {
  return !resource.marker.empty() && find_path(document, resource.marker) != nullptr;
}

bool holds_marker(std::string_view document, const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return document.find('"' + path.substr(dot + 1) + '"') != std::string_view::npos;
}

/// A patch answers for what it sends; what stood wrong before is not its business.
void Outgoing::check(const Item& item, bool all) const {
  if (item.decision.restores) return;  // what is sent is not the row's, and the API held it before
  std::vector<std::string> reasons;
  for (const FieldProblem& problem : validate(mapping_, target_.fields(item.stored))) {
    if (all || merging::find(item.decision.remote_fields, problem.ordinal) != nullptr) reasons.push_back(problem.message);
  }
  if (!reasons.empty()) throw Error(ErrorKind::Rejected, join(reasons, "; "));
}

/// The decision holds masked values where a field has secrets: the real ones are the row's, or the remote's where its leaf is kept.
Value Outgoing::sent_value(const Item& item, const FieldChange& change, Arena& arena) const {
  const Field& field = mapping_.fields()[change.ordinal];
  if (change.after.is_nothing()) return Value::null();
  if (item.decision.restores) return change.after;
  const Value known[] = {normalise(field, target_.fields(item.stored)[change.ordinal], arena),
                         item.there.empty() ? Value() : item.there[change.ordinal]};
  const std::optional<Value> unmasked = secrets_.unmask(change.ordinal, change.after, known);
  if (!unmasked) throw Error(ErrorKind::Rejected, field.column + " holds a secret that neither side has");
  return *unmasked;
}

/// A leaf stays as the remote has it beside an object that is sent: what stands there, and not what its column can hold of it.
void Outgoing::keep_leaf(std::size_t ordinal, const Json& answered, Json& document) const {
  const Json* standing = mapping_.place_in(ordinal, answered).find(answered);
  const Path place = mapping_.place_in(ordinal, document);
  if (standing == nullptr) return place.erase(document);
  place.reach(document) = *standing;
}

/// `answered`: the item as the remote has it; empty where it has none.
void Outgoing::lay_fields(const Item& item, const Json& answered, Json& document) const {
  Arena arena;
  const Transformer transformer = shaper_.transformer();
  shaper_.turn_to(item.id.empty() ? item.key : item.id);
  for (const FieldChange& change : item.decision.remote_fields) {
    try {
      if (merging::keeps_leaf(mapping_, item.decision, change)) {
        keep_leaf(change.ordinal, answered, document);
        continue;
      }
      lay(mapping_, change.ordinal, sent_value(item, change, arena), document, transformer);
      for (const auto& [ordinal, raw] : item.decision.raw) {
        if (ordinal == change.ordinal) mapping_.place_in(ordinal, document).reach(document) = raw;
      }
    } catch (Error& failure) {
      throw Error(ErrorKind::Rejected, failure.message(), failure.hint());
    }
  }
}

void Outgoing::strip(Json& body, const Json& standing) const {
  for (const std::string& path : resource_.read_only) prune(body, path_keys(path));
  for (const std::string& path : resource_.legacy) {
    if (find_path(standing, path) == nullptr) prune(body, path_keys(path));
  }
}

bool Outgoing::merges(const std::vector<std::string>& place) const {
  return std::any_of(resource_.merged.begin(), resource_.merged.end(), [&](const std::string& path) { return path_keys(path) == place; });
}

/// Of an object into which the API merges what it gets: what differs, and null for what is gone.
Json Outgoing::changed_members(const Json& before, const Json& after, std::vector<std::string>& place) const {
  Json out{Json::Object{}};
  for (const auto& [name, value] : *after.object()) {
    const Json* stood = before.find(name);
    if (stood != nullptr && same_meaning(*stood, value)) continue;
    place.push_back(name);
    const bool inner = stood != nullptr && stood->object() != nullptr && value.object() != nullptr && merges(place);
    out[name] = inner ? changed_members(*stood, value, place) : value;
    place.pop_back();
  }
  for (const auto& [name, value] : *before.object()) {
    if (after.find(name) == nullptr && !value.is_null()) out[name] = nullptr;
  }
  return out;
}

/// An object that is sent replaces the stored one whole, and what is write-only inside it is not in what the server answers: what may stand
/// there is a mask.
std::vector<Outgoing::HeldBack> Outgoing::take_out_lost_secrets(const Json& standing, Json& body) const {
  std::vector<HeldBack> held;
  for (const std::string& path : resource_.write_only) {
    const std::string top = top_of(path);
    const Json* sent = body.find(top);
    if (top == path || sent == nullptr || !is_set(standing.find(top)) || merges({top})) continue;
    const Json* own = find_path(body, path);
    const Json* shown = find_path(standing, path);
    const bool is_echo = shown != nullptr && own != nullptr && *own == *shown;
    if (is_set(own) && !is_echo) continue;
    const auto flag = std::find_if(resource_.secret_flags.begin(), resource_.secret_flags.end(),
                                   [&](const Resource::SecretFlag& each) { return each.path == path; });
    const Json* says = flag == resource_.secret_flags.end() ? nullptr : find_path(standing, flag->flag);
    if (says != nullptr && says->boolean() != nullptr && !*says->boolean()) continue;
    held.push_back({top, "sending " + top + " would erase " + path + ", which is " + (is_set(says) ? "set" : "perhaps set") +
                             " and cannot be read: change " + top +
                             " where the API is administered, or let the hook `payload` add the secret"});
    body.erase(top);
  }
  return held;
}

Json Outgoing::patch(const Item& item, bool whole, std::vector<HeldBack>& held) const {
  check(item, false);
  const Json answered = json::parse(item.raw);
  Json standing = answered;
  Json document = answered;
  lay_fields(item, answered, document);
  strip(standing, answered);
  strip(document, answered);
  Json body{Json::Object{}};
  for (const FieldChange& change : item.decision.remote_fields) {
    const std::string key = mapping_.place_in(change.ordinal, document).top();
    const Json* after = document.find(key);
    const Json* before = standing.find(key);
    if (after == nullptr || body.find(key) != nullptr) continue;
    if (!whole && before != nullptr && same_meaning(*before, *after)) continue;
    std::vector<std::string> place{key};
    const bool merged = before != nullptr && before->object() != nullptr && after->object() != nullptr && merges(place);
    body[key] = merged ? changed_members(*before, *after, place) : *after;
  }
  held = take_out_lost_secrets(answered, body);
  if (!held.empty() && body.object()->empty()) throw Error(ErrorKind::Rejected, reasons_of(held));
  return body;
}

void Outgoing::mark(Json& body, std::string_view marker) const {
  if (marker.empty()) return;
  Json* node = &body;
  for (const std::string& step : path_keys(resource_.marker_path())) {
    if (node->object() == nullptr && !node->is_null())
      throw Error(ErrorKind::Rejected, resource_.marker + " must be an object: a new item carries Lockstep's marker there");
    node = &(*node)[step];
  }
  *node = marker;
}

void Outgoing::seal(const Item& item, std::string_view marker, Json& body) const {
  const bool server_owned = names(resource_.read_only, resource_.key) || item.decision.remote == Action::Patch;
  if (server_owned) body.erase(resource_.key);
  if (item.decision.remote != Action::Patch) return mark(body, marker);
  const std::string path = resource_.marker_path();
  if (path.empty() || body.find(top_of(path)) == nullptr) return;
  mark(body, marker_of(json::parse(item.raw), resource_));
}

Json Outgoing::document(const Item& item) const {
  Json document = json::parse(item.raw);
  const Json answered = document;
  lay_fields(item, answered, document);
  for (const std::string& path : resource_.legacy) {
    if (find_path(answered, path) == nullptr) prune(document, path_keys(path));
  }
  return document;
}

Json Outgoing::create(const Item& item) const {
  check(item, true);
  Json body{Json::Object{}};
  lay_fields(item, {}, body);
  strip(body, Json(Json::Object{}));
  return body;
}

bool Outgoing::may_be_created_with(std::string_view key) const {
  return !names(resource_.read_only, key) && !names(resource_.legacy, key) && (resource_.known.empty() || names(resource_.known, key));
}

Json Outgoing::recreate(const Item& item) const {
  check(item, true);
  const Json last = item.base == nullptr ? Json(Json::Object{}) : json::parse(item.base->document);
  Json body{Json::Object{}};
  for (const Json::Member& member : *last.object()) {
    if (may_be_created_with(member.first) && !member.second.is_null()) body[member.first] = member.second;
  }
  secrets_.remove_from(body);
  lay_fields(item, {}, body);
  strip(body, Json(Json::Object{}));
  return body;
}

std::string reasons_of(const std::vector<Outgoing::HeldBack>& held) {
  std::vector<std::string> reasons;
  for (const Outgoing::HeldBack& one : held) reasons.push_back(one.reason);
  return join(reasons, "; ");
}

}  // namespace lockstep
