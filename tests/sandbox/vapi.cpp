// Routes of the stand-in.
#include "sandbox/vapi.h"

#include <optional>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep::sandbox {
namespace {

constexpr std::string_view kInvalidKey = "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.";

/// What the network in front of the API and its authentication refuse.
std::optional<Reply> refuse(const Request& request, const Manners& manners) {
  if (request.header("user-agent").empty()) return text_reply(403, "text/plain; charset=UTF-8", "error code: 1010");
  if (request.header("authorization").empty()) return envelope(401, "Missing Authorization Header.");
  if (request.header("authorization") != "Bearer " + manners.key) return envelope(401, kInvalidKey);
  return std::nullopt;
}

struct Target {
  Kind kind = Kind::Assistant;
  std::string id;  ///< empty: the collection
};

std::optional<Target> target_of(std::string_view path) {
  for (const auto& [prefix, kind] :
       {std::pair{std::string_view("/assistant"), Kind::Assistant}, {"/phone-number", Kind::PhoneNumber}, {"/tool", Kind::Tool}}) {
    if (path == prefix) return Target{kind, {}};
    if (!path.starts_with(prefix) || path[prefix.size()] != '/') continue;
    const auto id = path.substr(prefix.size() + 1);
    if (!id.empty() && id.find('/') == std::string_view::npos) return Target{kind, std::string(id)};
  }
  return std::nullopt;
}

Reply unknown_route(const Request& request) { return envelope(404, "Cannot " + request.method + " " + request.path); }

Reply missing(Kind kind) {
  if (kind == Kind::Tool) return envelope(404, "Tool not found");
  return envelope(404, kind == Kind::Assistant ? "Assistant not found" : "Phone number not found");
}

/// The body as an object, or what the API answers when it is none.
std::optional<Reply> read_body(const Request& request, Json& body) {
  if (!starts_with_ignore_case(request.header("content-type"), "application/json")) return envelope(415, "Unsupported Media Type");
  try {
    body = request.body.empty() ? Json(Json::Object{}) : json::parse(request.body);
  } catch (const Error& error) {
    return envelope(400, error.message());
  }
  if (body.object() == nullptr) return envelope(400, std::vector<std::string>{"body must be an object"});
  return std::nullopt;
}

/// A phone number cannot point at an assistant that is not there.
bool dangling(const World& world, Kind kind, const Json& body) {
  const Json* assistant = body.find("assistantId");
  return kind == Kind::PhoneNumber && assistant != nullptr && assistant->text() != nullptr &&
         world.items(Kind::Assistant).find(*assistant->text()) == nullptr;
}

Reply list(World& world, const Request& request, Kind kind, Order order) {
  const ListQuery query = parse_list_query(request);
  if (!query.mistakes.empty()) return envelope(400, query.mistakes);
  Reply reply;
  reply.body = world.page(kind, query, order);
  return reply;
}

Reply write(World& world, const Request& request, Kind kind, const Item* held) {
  Json body;
  if (auto refused = read_body(request, body)) return *refused;
  const Json document = held == nullptr ? Json() : json::parse(held->text);
  const auto mistakes = mistakes_in(kind, body, held == nullptr ? nullptr : &document);
  if (!mistakes.empty()) return envelope(400, mistakes);
  if (dangling(world, kind, body)) return envelope(400, "assistantId does not name an assistant of this organization");
  return held == nullptr ? json_reply(201, world.create(kind, body)) : json_reply(200, world.update(kind, *held, body));
}

}  // namespace

Reply answer(World& world, const Request& request, const Manners& manners) {
  if (auto refused = refuse(request, manners)) return *refused;
  const auto target = target_of(request.path);
  if (!target) return unknown_route(request);
  const auto kind = target->kind;
  if (target->id.empty()) {
    if (request.method == "GET") return list(world, request, kind, manners.order);
    return request.method == "POST" ? write(world, request, kind, nullptr) : unknown_route(request);
  }
  if (request.method != "GET" && request.method != "PATCH" && request.method != "DELETE") return unknown_route(request);
  const Item* held = world.items(kind).find(target->id);
  if (held == nullptr) return missing(kind);
  if (request.method == "PATCH") return write(world, request, kind, held);
  std::string text = held->text;
  if (request.method == "DELETE") world.remove(kind, target->id);
  return json_reply(200, std::move(text));
}

}  // namespace lockstep::sandbox
