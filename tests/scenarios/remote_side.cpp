#include "scenarios/remote_side.h"

#include <algorithm>
#include <set>

#include "format/json.h"
#include "scenarios/database.h"

namespace lockstep::test {
namespace {

constexpr const char* kMarker = "lockstepMarker";
/// What the server itself changes with every write.
const std::set<std::string> kServerOwned = {"updatedAt", "latestVersion", "isServerUrlSecretSet"};

Json without_marker(Json body, bool& had) {
  Json* metadata = body.find("metadata");
  had = metadata != nullptr && metadata->find(kMarker) != nullptr;
  if (!had) return body;
  metadata->erase(kMarker);
  if (metadata->object()->empty()) body.erase("metadata");
  return body;
}

bool is_write(const sandbox::LoggedRequest& entry) { return entry.request.method == "POST" || entry.request.method == "PATCH"; }

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool same(const Json* a, const Json* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return json::canonical(*a) == json::canonical(*b);
}

/// Every value inside `value`, itself among them, as canonical text.
void collect(const Json& value, std::set<std::string>& out) {
  out.insert(json::canonical(value));
  if (value.object() != nullptr) {
    for (const Json::Member& member : *value.object()) collect(member.second, out);
  } else if (value.array() != nullptr) {
    for (const Json& element : *value.array()) collect(element, out);
  }
}

/// Leaves of `before` that `after` holds no more: path, old value. Arrays count as one value.
void lost(const std::string& path, const Json& before, const Json* after, std::vector<std::pair<std::string, const Json*>>& out) {
  if (before.object() == nullptr) {
    if (!before.is_null() && !same(&before, after)) out.emplace_back(path, &before);
    return;
  }
  for (const Json::Member& member : *before.object()) {
    const Json* now = after == nullptr ? nullptr : after->find(member.first);
    lost(path.empty() ? member.first : path + "." + member.first, member.second, now, out);
  }
}

/// Remote id → every value that the journal has as overwritten there.
std::map<std::string, std::set<std::string>> journaled(const std::string& file) {
  std::map<std::string, std::set<std::string>> out;
  if (!dump(file, true).contains("lockstep_change")) return out;
  for (const Cells& row : query(file, "SELECT remote_id, fields FROM lockstep_change WHERE side = 'remote' AND fields IS NOT NULL")) {
    const Json fields = json::parse(row[1]);
    for (const Json::Member& field : *fields.object()) {
      if (const Json* before = field.second.find("before")) collect(*before, out[row[0]]);
    }
  }
  return out;
}

}  // namespace

World world_of(const sandbox::Sandbox& sandbox) {
  World world;
  for (const sandbox::Kind kind : sandbox::kKinds) {
    for (const std::string& id : sandbox.ids(kind)) {
      if (auto item = sandbox.item(id)) world.emplace(id, std::move(*item));
    }
  }
  return world;
}

std::vector<std::string> writes_of(const std::vector<sandbox::LoggedRequest>& requests) {
  std::vector<std::string> out;
  for (const sandbox::LoggedRequest& entry : requests) {
    if (!is_write(entry)) continue;
    bool marked = false;
    const Json body = without_marker(json::parse(entry.request.body), marked);
    // A tool has no place for one.
    const bool unmarked_create = entry.request.method == "POST" && !marked && entry.request.path != "/tool";
    out.push_back(entry.request.method + " " + entry.request.path + " " + json::canonical(body) +
                  (unmarked_create ? " WITHOUT MARKER" : ""));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::size_t count_writes(const std::vector<sandbox::LoggedRequest>& requests) {
  return static_cast<std::size_t>(std::ranges::count_if(requests, is_write));
}

std::vector<std::string> touched_unnamed(const World& before, const World& after, const std::vector<sandbox::LoggedRequest>& requests) {
  std::map<std::string, std::set<std::string>> named;  // id → keys of its PATCHes
  std::size_t posts = 0;
  for (const sandbox::LoggedRequest& entry : requests) {
    posts += entry.request.method == "POST" ? 1U : 0U;
    if (entry.request.method != "PATCH") continue;
    std::set<std::string>& keys = named[last_part(entry.request.path)];
    const Json body = json::parse(entry.request.body);
    for (const Json::Member& member : *body.object()) keys.insert(member.first);
  }
  std::vector<std::string> out;
  for (const auto& [id, document] : before) {
    const auto now = after.find(id);
    if (now == after.end()) {
      out.push_back(id + " vanished");
      continue;
    }
    const auto keys = named.find(id);
    if (keys == named.end()) {
      if (json::to_text(document) != json::to_text(now->second)) out.push_back(id + " was not named and is another one now");
      continue;
    }
    for (const Json::Member& member : *document.object()) {
      if (keys->second.contains(member.first) || kServerOwned.contains(member.first)) continue;
      const Json* value = now->second.find(member.first);
      if (value == nullptr || json::to_text(member.second) != json::to_text(*value)) out.push_back(id + " " + member.first);
    }
  }
  std::size_t made = 0;
  for (const auto& [id, document] : after) made += before.contains(id) ? 0U : 1U;
  if (made > posts) out.push_back(std::to_string(made) + " items were made by " + std::to_string(posts) + " requests");
  return out;
}

std::vector<std::string> unjournaled_remote(const World& before, const World& after, const std::string& file) {
  const auto journal = journaled(file);
  std::vector<std::string> out;
  for (const auto& [id, document] : before) {
    const auto now = after.find(id);
    if (now == after.end()) continue;
    std::vector<std::pair<std::string, const Json*>> gone;
    lost("", document, &now->second, gone);
    for (const auto& [path, value] : gone) {
      if (kServerOwned.contains(path)) continue;
      const auto entries = journal.find(id);
      if (entries != journal.end() && entries->second.contains(json::canonical(*value))) continue;
      out.push_back(id + " " + path + ": " + json::to_text(*value));
    }
  }
  return out;
}

std::vector<std::string> visible_markers(const std::string& file) {
  std::vector<std::string> out;
  for (const auto& [table, rows] : dump(file, false)) {
    for (const auto& [key, cells] : rows) {
      for (const auto& [column, value] : cells) {
        if (value.find(kMarker) != std::string::npos) out.push_back(table + " " + key + " " + column + ": " + value);
      }
    }
  }
  return out;
}

}  // namespace lockstep::test
