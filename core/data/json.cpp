#include "data/json.h"

#include <algorithm>

namespace lockstep {

const Json* Json::find(std::string_view key) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto found = std::find_if(members->begin(), members->end(), [&](const Member& member) { return member.first == key; });
  return found == members->end() ? nullptr : &found->second;
}

Json* Json::find(std::string_view key) { return const_cast<Json*>(std::as_const(*this).find(key)); }

Json& Json::operator[](std::string_view key) {
  if (is_null()) node_ = Object{};
  if (Json* found = find(key)) return *found;
  Object& members = std::get<Object>(node_);
  members.emplace_back(std::string(key), Json());
  return members.back().second;
}

bool Json::erase(std::string_view key) {
  Object* members = object();
  if (members == nullptr) return false;
  return std::erase_if(*members, [&](const Member& member) { return member.first == key; }) > 0;
}

std::string Json::text_at(std::string_view key, std::string_view fallback) const {
  const Json* found = find(key);
  return found != nullptr && found->text() != nullptr ? *found->text() : std::string(fallback);
}

}  // namespace lockstep
