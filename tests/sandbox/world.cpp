// Changes to the sandbox's items, and the page cache that every change drops.
#include "sandbox/world.h"

#include <algorithm>

#include <Poco/UUIDGenerator.h>

#include "common/error.h"
#include "format/json.h"
#include "sandbox/json_path.h"

namespace lockstep::sandbox {
namespace {

constexpr std::size_t kCachedPages = 256;

std::string cache_key(Kind kind, const ListQuery& query, Order order) {
  std::string key;
  for (const auto part : {static_cast<Micros>(kind), static_cast<Micros>(order), static_cast<Micros>(query.limit), query.created_from,
                          query.created_to, query.updated_from, query.updated_to})
    key += std::to_string(part) + '/';
  return key;
}

/// An instant of the API: milliseconds.
Micros to_milliseconds(Micros instant) { return instant / 1000 * 1000; }

/// A new version where the item has versions at all.
void bump_version(Json& document) {
  Json* version = document.find("latestVersion");
  if (version == nullptr || version->text() == nullptr || version->text()->size() < 2) return;
  *version = Json("v" + std::to_string(std::atoll(version->text()->c_str() + 1) + 1));
}

void append_items(std::string& out, const Collection& items) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    out += items.items()[i].text;
  }
  out += ']';
}

std::vector<Json> documents_of(const Json& list) {
  if (list.array() == nullptr)
    throw Error(ErrorKind::Invalid, "a state is an object with arrays \"assistants\", \"phone_numbers\" and \"tools\", or an array");
  for (const auto& document : *list.array())
    if (document.object() == nullptr) throw Error(ErrorKind::Invalid, "an item of a state must be an object");
  return *list.array();
}

}  // namespace

std::shared_ptr<const Body> World::page(Kind kind, const ListQuery& query, Order order) {
  if (pages_.size() >= kCachedPages) pages_.clear();
  auto& body = pages_[cache_key(kind, query, order)];
  if (!body) body = std::make_shared<const Body>(items(kind).page(query, order));
  return body;
}

std::string World::put(Kind kind, Json document) {
  Item item = make_item(kind, std::move(document));
  std::string id = item.id;
  put_one(kind, std::move(item));
  return id;
}

void World::put_all(Kind kind, std::vector<Json> documents) {
  std::vector<Item> items;
  items.reserve(documents.size());
  for (auto& document : documents) items.push_back(make_item(kind, std::move(document)));
  collections_[index(kind)].put(std::move(items));
  pages_.clear();
}

std::string World::create(Kind kind, const Json& body) {
  Json document;
  document["id"] = Json(new_id());
  document["orgId"] = Json(kOrganisation);
  const std::string now = format_time(next_instant());
  document["createdAt"] = Json(now);
  document["updatedAt"] = Json(now);
  if (kind == Kind::Assistant) document["isServerUrlSecretSet"] = Json(false);
  if (kind == Kind::PhoneNumber) document["status"] = Json("active");
  std::string secret;
  merge_shallow(kind, document, body, secret);
  Item item = make_item(kind, std::move(document));
  item.secret = std::move(secret);
  std::string text = item.text;
  put_one(kind, std::move(item));
  return text;
}

std::string World::update(Kind kind, const Item& held, const Json& body) {
  Json document = json::parse(held.text);
  std::string secret = held.secret;
  merge_shallow(kind, document, body, secret);
  document["updatedAt"] = Json(format_time(next_instant()));
  bump_version(document);
  Item item = make_item(kind, std::move(document));
  item.secret = std::move(secret);
  std::string text = item.text;
  put_one(kind, std::move(item));
  return text;
}

bool World::remove(Kind kind, std::string_view id) {
  pages_.clear();
  return collections_[index(kind)].remove(id);
}

void World::clear() {
  for (auto& collection : collections_) collection.clear();
  pages_.clear();
}

Kind World::kind_of(std::string_view id) const {
  for (const Kind kind : kKinds)
    if (items(kind).find(id) != nullptr) return kind;
  throw Error(ErrorKind::NotFound, "no item has the id " + std::string(id));
}

void World::edit(std::string_view id, std::string_view path, Json value) {
  const Kind kind = kind_of(id);
  const Item* held = items(kind).find(id);
  Json document = json::parse(held->text);
  value_at(document, path) = std::move(value);
  document["updatedAt"] = Json(format_time(next_instant()));
  bump_version(document);
  Item item = make_item(kind, std::move(document));
  item.secret = held->secret;
  put_one(kind, std::move(item));
}

std::vector<std::string> World::edit_some(std::size_t count, std::uint64_t seed) {
  std::vector<std::string> ids;
  for (const auto& item : items(Kind::Assistant).items()) ids.push_back(item.id);
  std::vector<std::string> chosen;
  std::mt19937_64 random(seed);
  std::ranges::sample(ids, std::back_inserter(chosen), static_cast<std::ptrdiff_t>(count), random);
  for (const auto& id : chosen)
    edit(id, "firstMessage", Json("Hello, this is edit " + std::to_string(random() % 100000) + " of " + id + "."));
  return chosen;
}

std::vector<std::string> World::generate(const Generate& spec, Kind kind) {
  std::vector<Json> documents;
  std::vector<std::string> ids;
  documents.reserve(spec.count);
  for (std::size_t number = 0; number < spec.count; ++number) {
    documents.push_back(kind == Kind::PhoneNumber ? generated_phone_number(spec, number) : generated_assistant(spec, number));
    ids.push_back(documents.back().text_at("id"));
  }
  put_all(kind, std::move(documents));
  return ids;
}

std::string World::state() const {
  std::string out = R"({"assistants":)";
  append_items(out, items(Kind::Assistant));
  out += R"(,"phone_numbers":)";
  append_items(out, items(Kind::PhoneNumber));
  out += R"(,"tools":)";
  append_items(out, items(Kind::Tool));
  return out += '}';
}

void World::load(const Json& state) {
  const Json none{Json::Array{}};
  const bool bare = state.array() != nullptr;
  const Json* assistants = bare ? &state : state.find("assistants");
  const Json* phone_numbers = bare ? nullptr : state.find("phone_numbers");
  const Json* tools = bare ? nullptr : state.find("tools");
  if (!bare && assistants == nullptr && phone_numbers == nullptr && tools == nullptr) documents_of(Json());
  auto new_assistants = documents_of(assistants == nullptr ? none : *assistants);
  auto new_numbers = documents_of(phone_numbers == nullptr ? none : *phone_numbers);
  if (tools != nullptr) {
    auto new_tools = documents_of(*tools);
    collections_[index(Kind::Tool)].clear();
    put_all(Kind::Tool, std::move(new_tools));
  }
  collections_[index(Kind::Assistant)].clear();
  if (!bare) collections_[index(Kind::PhoneNumber)].clear();
  put_all(Kind::Assistant, std::move(new_assistants));
  put_all(Kind::PhoneNumber, std::move(new_numbers));
}

Item World::make_item(Kind kind, Json document) {
  Item item;
  if (document.text_at("id").empty()) document["id"] = Json(new_id());
  for (const char* key : {"createdAt", "updatedAt"})
    if (!parse_time(document.text_at(key))) document[key] = Json(format_time(next_instant()));
  if (Json* server = document.find("server"); kind != Kind::Tool && server != nullptr && server->find("secret") != nullptr) {
    item.secret = server->text_at("secret");
    server->erase("secret");
    document["isServerUrlSecretSet"] = Json(true);
  }
  if (kind == Kind::PhoneNumber && document.find("provider") == nullptr) document["provider"] = Json("vapi");
  item.id = document.text_at("id");
  item.created_at = *parse_time(document.text_at("createdAt"));
  item.updated_at = *parse_time(document.text_at("updatedAt"));
  item.text = json::to_text(document);
  return item;
}

void World::put_one(Kind kind, Item item) {
  std::vector<Item> one;
  one.push_back(std::move(item));
  collections_[index(kind)].put(std::move(one));
  pages_.clear();
}

Micros World::next_instant() {
  last_instant_ = std::max(last_instant_ + 1000, to_milliseconds(clock_.now()));
  return last_instant_;
}

std::string World::new_id() { return Poco::UUIDGenerator::defaultGenerator().createRandom().toString(); }

}  // namespace lockstep::sandbox
