#include "engine/outgoing.h"

#include <algorithm>

#include "common/text.h"
#include "engine/merge.h"
#include "format/json.h"

namespace lockstep {
namespace {

const Json* find_path(const Json& document, std::string_view path) {
  const Json* node = &document;
  for (const std::string& step : split(path, '.')) {
    node = node == nullptr ? nullptr : node->find(step);
  }
  return node;
}

bool is_set(const Json* node) { return node != nullptr && !node->is_null(); }

bool same_meaning(const Json& a, const Json& b) { return a == b || json::canonical(a) == json::canonical(b); }

std::string top_of(std::string_view path) { return std::string(path.substr(0, path.find('.'))); }

bool names(const std::vector<std::string>& list, std::string_view key) { return std::find(list.begin(), list.end(), key) != list.end(); }

}  // namespace

std::string marker_of(const Json& document, const Resource& resource) {
  const std::string path = resource.marker_path();
  const Json* marker = path.empty() ? nullptr : find_path(document, path);
  return marker == nullptr || marker->text() == nullptr ? std::string() : *marker->text();
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

void Outgoing::lay_fields(const Item& item, Json& document) const {
  Arena arena;
  const Transformer transformer = shaper_.transformer();
  for (const FieldChange& change : item.decision.remote_fields) {
    try {
      lay(mapping_, change.ordinal, sent_value(item, change, arena), document, transformer);
    } catch (Error& failure) {
      throw Error(ErrorKind::Rejected, failure.message(), failure.hint());
    }
  }
}

/// An object that is sent replaces the stored one whole, and what is write-only inside it is not in what the server answers.
void Outgoing::refuse_lost_secrets(const Json& standing, const Json& body) const {
  for (const std::string& path : resource_.write_only) {
    const std::string top = top_of(path);
    const Json* sent = body.find(top);
    if (top == path || sent == nullptr || !is_set(standing.find(top)) || is_set(find_path(body, path))) continue;
    const auto flag = std::find_if(resource_.secret_flags.begin(), resource_.secret_flags.end(),
                                   [&](const Resource::SecretFlag& each) { return each.path == path; });
    const Json* says = flag == resource_.secret_flags.end() ? nullptr : find_path(standing, flag->flag);
    if (says != nullptr && says->boolean() != nullptr && !*says->boolean()) continue;
    throw Error(ErrorKind::Rejected,
                "sending " + top + " would erase " + path + ", which is " + (is_set(says) ? "set" : "perhaps set") + " and cannot be read",
                "change " + top + " where the API is administered, or let the hook `payload` add the secret");
  }
}

Json Outgoing::patch(const Item& item, bool whole) const {
  check(item, false);
  const Json standing = json::parse(item.raw);
  Json document = standing;
  lay_fields(item, document);
  Json body{Json::Object{}};
  for (const FieldChange& change : item.decision.remote_fields) {
    const std::string key = mapping_.fields()[change.ordinal].from.top();
    const Json* after = document.find(key);
    const Json* before = standing.find(key);
    if (after == nullptr || body.find(key) != nullptr) continue;
    if (!whole && before != nullptr && same_meaning(*before, *after)) continue;
    if (names(resource_.read_only, key)) continue;
    body[key] = *after;
  }
  refuse_lost_secrets(standing, body);
  return body;
}

void Outgoing::mark(Json& body, std::string_view marker) const {
  if (marker.empty()) return;
  Json* node = &body;
  for (const std::string& step : split(resource_.marker_path(), '.')) {
    if (node->object() == nullptr && !node->is_null())
      throw Error(ErrorKind::Rejected, resource_.marker + " must be an object: a new item carries Lockstep's marker there");
    node = &(*node)[step];
  }
  *node = marker;
}

Json Outgoing::create(const Item& item, std::string_view marker) const {
  check(item, true);
  Json body{Json::Object{}};
  lay_fields(item, body);
  mark(body, marker);
  return body;
}

bool Outgoing::may_be_created_with(std::string_view key) const {
  return !names(resource_.read_only, key) && !names(resource_.legacy, key) && (resource_.known.empty() || names(resource_.known, key));
}

Json Outgoing::recreate(const Item& item, std::string_view marker) const {
  check(item, true);
  const Json last = item.base == nullptr ? Json(Json::Object{}) : json::parse(item.base->document);
  Json body{Json::Object{}};
  for (const Json::Member& member : *last.object()) {
    if (may_be_created_with(member.first) && !member.second.is_null()) body[member.first] = member.second;
  }
  secrets_.remove_from(body);
  lay_fields(item, body);
  mark(body, marker);
  return body;
}

}  // namespace lockstep
