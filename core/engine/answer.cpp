#include "engine/answer.h"

#include <algorithm>

#include "format/json.h"

namespace lockstep {
namespace {

/// Does `answer` name what `expected` names? `path` is that of both, with a dot at its end.
bool names_all(const Json& answer, const Json& expected, const std::string& path, const Resource& resource) {
  if (expected.object() == nullptr) return true;
  if (answer.object() == nullptr) return path.empty() ? false : !answer.is_null();
  return std::all_of(expected.object()->begin(), expected.object()->end(), [&](const Json::Member& member) {
    const std::string here = path + member.first;
    if (member.second.is_null()) return true;
    const auto& hidden = resource.write_only;
    if (std::find(hidden.begin(), hidden.end(), here) != hidden.end()) return true;
    const Json* found = answer.find(member.first);
    if (found == nullptr) return false;
    return found->is_null() || names_all(*found, member.second, here + ".", resource);
  });
}

bool equal(const Json* a, const Json* b) {
  const bool no_a = a == nullptr || a->is_null(), no_b = b == nullptr || b->is_null();
  if (no_a || no_b) return no_a == no_b;
  return *a == *b || json::canonical(*a) == json::canonical(*b);
}

}  // namespace

bool tells_all(std::string_view answer, std::string_view standing, const Json& sent, const Resource& resource) {
  if (answer.empty()) return false;
  const Json told = json::parse(answer);
  // What is sent replaces what stood there, whole.
  Json expected = standing.empty() ? Json(Json::Object{}) : json::parse(standing);
  for (const Json::Member& member : *sent.object()) expected[member.first] = member.second;
  return names_all(told, expected, "", resource);
}

std::vector<std::size_t> not_taken(const Mapping& mapping, const Decision& decision, const Json& sent, const Json& answer, Row shown) {
  std::vector<std::size_t> ordinals;
  for (const FieldChange& change : decision.remote_fields) {
    const Field& field = mapping.fields()[change.ordinal];
    const bool kept = identical(change.before, change.after) && decision.remote == Action::Patch;
    if (kept || field.write_only || field.remote_owned() || sent.find(field.from.top()) == nullptr) continue;
    if (equal(field.from.find(sent), field.from.find(answer))) continue;
    if (!same(field, change.after, shown[change.ordinal])) ordinals.push_back(change.ordinal);
  }
  return ordinals;
}

}  // namespace lockstep
