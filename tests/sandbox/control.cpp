// The control paths: each reads its JSON body and calls the in-process API.
#include "sandbox/control.h"

#include <algorithm>
#include <initializer_list>

#include "common/error.h"
#include "format/json.h"
#include "sandbox/model_control.h"
#include "sandbox/sandbox.h"

namespace lockstep::sandbox {
Reply done() { return json_reply(200, R"({"ok":true})"); }

void expect_only(const Json& body, std::initializer_list<std::string_view> known) {
  if (body.object() == nullptr) throw Error(ErrorKind::Invalid, "the body must be a JSON object");
  for (const auto& [name, value] : *body.object())
    if (std::find(known.begin(), known.end(), name) == known.end()) throw Error(ErrorKind::Invalid, "unknown member \"" + name + "\"");
}

namespace {

Reply failed(int status, std::string_view why) { return json_reply(status, R"({"error":)" + json::quote(why) + "}"); }

Json texts(const std::vector<std::string>& values) { return Json(Json::Array(values.begin(), values.end())); }

Reply ids_reply(std::string_view name, const std::vector<std::string>& ids) {
  return json_reply(200, json::to_text(Json(Json::Object{{std::string(name), texts(ids)}})));
}

/// A misspelt member would silently ask for something else.
std::uint64_t number_at(const Json& body, std::string_view name, std::uint64_t fallback) {
  const Json* value = body.find(name);
  if (value == nullptr) return fallback;
  if (value->integer() == nullptr || *value->integer() < 0)
    throw Error(ErrorKind::Invalid, "\"" + std::string(name) + "\" must be a whole number");
  return static_cast<std::uint64_t>(*value->integer());
}

bool flag_at(const Json& body, std::string_view name, bool fallback) {
  const Json* value = body.find(name);
  if (value == nullptr) return fallback;
  if (value->boolean() == nullptr) throw Error(ErrorKind::Invalid, "\"" + std::string(name) + "\" must be true or false");
  return *value->boolean();
}

std::vector<std::string> ids_at(const Json& body) {
  std::vector<std::string> ids;
  if (const Json* id = body.find("id"); id != nullptr && id->text() != nullptr) ids.push_back(*id->text());
  if (const Json* list = body.find("ids"); list != nullptr && list->array() != nullptr)
    for (const auto& id : *list->array()) ids.push_back(id.text() == nullptr ? std::string() : *id.text());
  return ids;
}

Reply requests(Sandbox& sandbox) {
  Json::Array entries;
  for (const auto& entry : sandbox.requests()) {
    Json::Object headers;
    for (const auto& [name, value] : entry.request.headers) headers.emplace_back(name, Json(value));
    entries.emplace_back(Json::Object{{"method", Json(entry.request.method)},
                                      {"path", Json(entry.request.path)},
                                      {"query", Json(entry.request.query)},
                                      {"status", Json(entry.status)},
                                      {"fault", Json(entry.fault)},
                                      {"headers", Json(std::move(headers))},
                                      {"body", Json(entry.request.body)}});
  }
  return json_reply(200, json::to_text(Json(std::move(entries))));
}

Reply generate(Sandbox& sandbox, const Json& body) {
  expect_only(body, {"count", "bytes", "seed", "same_instant", "user_email"});
  Generate spec;
  spec.count = number_at(body, "count", 1);
  spec.bytes = number_at(body, "bytes", spec.bytes);
  spec.seed = number_at(body, "seed", spec.seed);
  spec.same_instant = number_at(body, "same_instant", spec.same_instant);
  spec.user_email = body.text_at("user_email", spec.user_email);
  return ids_reply("generated", sandbox.generate(spec));
}

Reply edit(Sandbox& sandbox, const Json& body) {
  expect_only(body, {"id", "ids", "count", "seed", "set"});
  const auto ids = ids_at(body);
  if (ids.empty()) return ids_reply("edited", sandbox.edit_some(number_at(body, "count", 1), number_at(body, "seed", 1)));
  const Json* set = body.find("set");
  if (set == nullptr || set->object() == nullptr) throw Error(ErrorKind::Invalid, "\"set\" must be an object of path and value");
  for (const auto& id : ids)
    for (const auto& [path, value] : *set->object()) sandbox.edit(id, path, value);
  return ids_reply("edited", ids);
}

Reply remove(Sandbox& sandbox, const Json& body) {
  expect_only(body, {"id", "ids"});
  std::vector<std::string> removed;
  for (const auto& id : ids_at(body))
    if (sandbox.remove(id)) removed.push_back(id);
  return ids_reply("removed", removed);
}

Reply faults(Sandbox& sandbox, const Json& body) {
  std::vector<Fault> read;
  if (body.array() != nullptr) {
    for (const auto& one : *body.array()) read.push_back(read_fault(one));
  } else {
    read.push_back(read_fault(body));
  }
  for (auto& fault : read) sandbox.fault(std::move(fault));
  return done();
}

Reply settings(Sandbox& sandbox, const Json& body) {
  expect_only(body, {"key", "order", "gzip", "chunked", "latency_ms", "rate"});
  Settings changed = sandbox.settings();
  changed.manners.key = body.text_at("key", changed.manners.key);
  const std::string order = body.text_at("order", changed.manners.order == Order::NewestFirst ? "newest_first" : "oldest_first");
  if (order != "newest_first" && order != "oldest_first") throw Error(ErrorKind::Invalid, "\"order\" must be newest_first or oldest_first");
  changed.manners.order = order == "newest_first" ? Order::NewestFirst : Order::OldestFirst;
  changed.gzip = flag_at(body, "gzip", changed.gzip);
  changed.chunked = flag_at(body, "chunked", changed.chunked);
  changed.latency = Millis(number_at(body, "latency_ms", static_cast<std::uint64_t>(changed.latency.count())));
  changed.rate = static_cast<double>(number_at(body, "rate", static_cast<std::uint64_t>(changed.rate)));
  sandbox.set(changed);
  return done();
}

Reply post(Sandbox& sandbox, std::string_view path, const Json& body) {
  if (path == "/generate") return generate(sandbox, body);
  if (path == "/edit") return edit(sandbox, body);
  if (path == "/remove") return remove(sandbox, body);
  if (path == "/faults") return faults(sandbox, body);
  if (path == "/settings") return settings(sandbox, body);
  if (path == "/requests/clear") return sandbox.clear_requests(), done();
  if (path == "/faults/clear") return sandbox.clear_faults(), done();
  if (path == "/reset") return sandbox.reset(), done();
  return failed(404, "there is no such control path");
}

Reply dispatch(Sandbox& sandbox, const Request& request) {
  const auto path = std::string_view(request.path).substr(std::string_view("/_sandbox").size());
  if (request.method == "GET" && path == "/requests") return requests(sandbox);
  if (request.method == "GET" && path == "/state") return json_reply(200, sandbox.state());
  const Json body = request.body.empty() ? Json(Json::Object{}) : json::parse(request.body);
  if (path == "/models" || path.starts_with("/models/")) return control_models(sandbox, request.method, path, body);
  if (request.method == "PUT" && path == "/state") return sandbox.load(body), done();
  if (request.method == "POST") return post(sandbox, path, body);
  return failed(404, "there is no such control path");
}

}  // namespace

Reply control(Sandbox& sandbox, const Request& request) {
  try {
    return dispatch(sandbox, request);
  } catch (const Error& error) {
    return failed(error.kind() == ErrorKind::NotFound ? 404 : 400, error.what());
  }
}

}  // namespace lockstep::sandbox
