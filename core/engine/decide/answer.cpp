#include "engine/decide/answer.h"

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

bool lists(const std::vector<std::string>& paths, const std::string& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

const Json* member_of(const Json* object, const std::string& name) { return object == nullptr ? nullptr : object->find(name); }

/// Does `told` hold what was sent at this place? `before`: what stood there; null pointers: nothing.
bool shows(const Json* told, const Json* before, const Json& sent, const std::string& path, const Resource& resource) {
  if (lists(resource.write_only, path) || equal(before, &sent)) return true;
  const bool inner = sent.object() != nullptr && told != nullptr && told->object() != nullptr;
  if (!inner) return equal(told, &sent);
  const bool all = std::all_of(sent.object()->begin(), sent.object()->end(), [&](const Json::Member& member) {
    return shows(told->find(member.first), member_of(before, member.first), member.second, path + "." + member.first, resource);
  });
  if (!all || before == nullptr || before->object() == nullptr || lists(resource.merged, path)) return all;
  // A member that was taken out of an object that is replaced whole.
  return std::none_of(before->object()->begin(), before->object()->end(), [&](const Json::Member& member) {
    return !member.second.is_null() && sent.find(member.first) == nullptr && equal(told->find(member.first), &member.second);
  });
}

/// What stands at this place once `sent` has arrived: that, or, in an object that the API merges, both.
Json arrived(const Json* before, const Json& sent, const std::string& path, const Resource& resource) {
  const bool merges = before != nullptr && before->object() != nullptr && sent.object() != nullptr && lists(resource.merged, path);
  if (!merges) return sent;
  Json out = *before;
  for (const auto& [name, value] : *sent.object()) {
    if (value.is_null()) {
      out.erase(name);
    } else {
      out[name] = arrived(before->find(name), value, path + "." + name, resource);
    }
  }
  return out;
}

}  // namespace

bool shows_sent(std::string_view answer, std::string_view standing, const Json& sent, const Resource& resource) {
  const Json told = json::parse(answer), before = json::parse(standing);
  return std::all_of(sent.object()->begin(), sent.object()->end(), [&](const Json::Member& member) {
    return shows(told.find(member.first), before.find(member.first), member.second, member.first, resource);
  });
}

bool tells_all(std::string_view answer, std::string_view standing, const Json& sent, const Resource& resource) {
  if (answer.empty()) return false;
  const Json told = json::parse(answer);
  const Json before = standing.empty() ? Json(Json::Object{}) : json::parse(standing);
  return names_all(told, standing_after(before, sent, resource), "", resource);
}

Json standing_after(const Json& standing, const Json& sent, const Resource& resource) {
  Json after = standing;
  for (const auto& [name, value] : *sent.object()) after[name] = arrived(standing.find(name), value, name, resource);
  return after;
}

std::vector<std::size_t> untold(const Mapping& mapping, const Json& answer, const Json& known, const Resource& resource) {
  std::vector<std::size_t> ordinals;
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    if (mapping.fields()[ordinal].write_only) continue;
    const Path place = mapping.place_in(ordinal, known);
    const Json* before = place.find(known);
    if (before == nullptr || before->is_null()) continue;
    const Json* now = place.find(answer);
    const std::string inside = mapping.fields()[ordinal].whole ? "" : place.text() + ".";
    if (now == nullptr || (!now->is_null() && !names_all(*now, *before, inside, resource))) ordinals.push_back(ordinal);
  }
  return ordinals;
}

std::vector<std::size_t> changed_places(const Mapping& mapping, const Decision& decision, const Json& composed, const Json& sent) {
  std::vector<std::size_t> ordinals;
  for (const FieldChange& change : decision.remote_fields) {
    const Path& from = mapping.fields()[change.ordinal].from;
    const bool left_out = decision.remote == Action::Patch && sent.find(from.top()) == nullptr;
    if (!left_out && !equal(from.find(composed), from.find(sent))) ordinals.push_back(change.ordinal);
  }
  return ordinals;
}

std::vector<std::string> untold_members(const Json& answer, const Json& known, const Resource& resource) {
  std::vector<std::string> names;
  for (const auto& [name, before] : *known.object()) {
    Json one{Json::Object{{name, before}}};
    if (!names_all(answer, one, "", resource)) names.push_back(name);
  }
  return names;
}

Json completed(Json answer, const Json& known) {
  if (answer.object() == nullptr || known.object() == nullptr) return answer;
  for (const auto& [name, value] : *known.object()) {
    const Json* said = answer.find(name);
    answer[name] = said == nullptr ? value : completed(*said, value);
  }
  return answer;
}

bool is_remnant(const Json& answer, const Json& known, const Resource& resource) {
  constexpr std::size_t kFew = 4;
  Json rest = known;
  rest.erase(resource.key);
  const std::size_t all = untold_members(Json(Json::Object{}), rest, resource).size();
  const std::size_t gone = untold_members(answer, rest, resource).size();
  return all > 1 && (gone == all || (all >= kFew && gone * 2 > all));
}

Json expected_of_new(const Json& answer, const Json& sent, const Resource& resource) {
  const Json nothing{Json::Object{}};
  const bool part = untold_members(answer, sent, resource).size() * 2 > untold_members(nothing, sent, resource).size();
  return part ? sent : nothing;
}

Json expected_after(const Json& answer, const Json& standing, const Json& sent, const Resource& resource) {
  Json known = standing, all = standing;
  for (const auto& [name, value] : *sent.object()) {
    const Json* before = standing.find(name);
    const bool held = before != nullptr && !before->is_null();
    known.erase(name);
    all.erase(name);
    // In an object that is merged, what was not sent is expected as before.
    if (answer.find(name) != nullptr && !(held && lists(resource.merged, name))) continue;
    Json whole = arrived(before, value, name, resource);
    if (held) known[name] = whole;
    all[name] = std::move(whole);
  }
  return names_all(answer, known, "", resource) ? known : all;
}

std::vector<std::size_t> not_taken(const Mapping& mapping, const Decision& decision, const Json& sent, const Json& answer, Row shown) {
  std::vector<std::size_t> ordinals;
  for (const FieldChange& change : decision.remote_fields) {
    const Field& field = mapping.fields()[change.ordinal];
    const bool kept = identical(change.before, change.after) && decision.remote == Action::Patch;
    if (kept || shown[change.ordinal].is_absent() || field.write_only || field.remote_owned() || sent.find(field.from.top()) == nullptr)
      continue;
    if (equal(field.from.find(sent), field.from.find(answer))) continue;
    if (!same(field, change.after, shown[change.ordinal])) ordinals.push_back(change.ordinal);
  }
  return ordinals;
}

bool is_news(const Mapping& mapping, std::size_t ordinal, const Json& standing, const Json& sent, const Json& answer,
             const Resource& resource) {
  const Path& from = mapping.fields()[ordinal].from;
  const Json *before = from.find(standing), *asked = from.find(sent), *told = from.find(answer);
  if (asked == nullptr || asked->object() == nullptr || told == nullptr || told->object() == nullptr) return false;
  const bool merged = lists(resource.merged, from.text());
  if (!std::all_of(asked->object()->begin(), asked->object()->end(), [&](const Json::Member& member) {
        return shows(told->find(member.first), member_of(before, member.first), member.second, from.text() + "." + member.first, resource);
      }))
    return false;
  return std::all_of(told->object()->begin(), told->object()->end(), [&](const Json::Member& member) {
    return merged || asked->find(member.first) != nullptr || lists(resource.read_only, from.text() + "." + member.first);
  });
}

}  // namespace lockstep
