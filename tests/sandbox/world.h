// World: all that the sandbox knows about its organisation: assistants, phone numbers, tools, and the cached bodies of lists asked before.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.h"
#include "data/json.h"
#include "sandbox/collection.h"
#include "sandbox/generated.h"
#include "sandbox/reply.h"
#include "sandbox/rules.h"

namespace lockstep::sandbox {

/// `orgId` of what a create makes.
inline constexpr const char* kOrganisation = "5e0f1a6c-3f7d-4f43-9c0e-2b4f6f1f7a10";

/// Not thread-safe.
class World {
 public:
  explicit World(const Clock& clock) : clock_(clock) {}

  const Collection& items(Kind kind) const { return collections_[index(kind)]; }
  /// The body of a list, made once per query until something changes.
  std::shared_ptr<const Body> page(Kind kind, const ListQuery& query, Order order);

  /// Takes a document as an API would answer it (id, createdAt, updatedAt; what is missing is made up); a server.secret is hidden.
  /// Returns the id.
  std::string put(Kind kind, Json document);
  /// Many documents at once.
  void put_all(Kind kind, std::vector<Json> documents);
  /// A create or an update that passed the rules. Returns the text to answer.
  std::string create(Kind kind, const Json& body);
  std::string update(Kind kind, const Item& held, const Json& body);
  bool remove(Kind kind, std::string_view id);
  void clear();

  /// Sets `path` ("model.temperature", "model.messages.0.content") of an item of any kind as a person in the dashboard would: no
  /// rules, updatedAt moves. Throws Error{NotFound} or Error{Invalid}.
  void edit(std::string_view id, std::string_view path, Json value);
  /// Gives `count` assistants, chosen by `seed`, another first message. Returns their ids.
  std::vector<std::string> edit_some(std::size_t count, std::uint64_t seed);
  /// Adds generated items. Returns their ids.
  std::vector<std::string> generate(const Generate& spec, Kind kind = Kind::Assistant);

  /// {"assistants": […], "phone_numbers": […], "tools": […]}.
  std::string state() const;
  /// Replaces everything by such a document, or the assistants alone by an array. A document without tools leaves those there are.
  void load(const Json& state);

 private:
  static std::size_t index(Kind kind) { return static_cast<std::size_t>(kind); }
  /// The kind that has an item of this id; throws Error{NotFound}.
  Kind kind_of(std::string_view id) const;
  Item make_item(Kind kind, Json document);
  void put_one(Kind kind, Item item);
  Micros next_instant();
  std::string new_id();

  const Clock& clock_;
  std::array<Collection, kKinds.size()> collections_;
  std::map<std::string, std::shared_ptr<const Body>> pages_;
  Micros last_instant_ = 0;
};

}  // namespace lockstep::sandbox
