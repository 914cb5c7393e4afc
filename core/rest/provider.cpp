#include "rest/provider.h"

#include <algorithm>
#include <utility>

#include "common/text.h"
#include "format/json.h"
#include "format/path.h"
#include "rest/detail.h"
#include "rest/endpoint.h"
#include "rest/errors.h"
#include "rest/join.h"
#include "rest/place.h"
#include "rest/raw.h"
#include "rest/session.h"
#include "rest/stream.h"
#include "rest/table.h"

namespace lockstep::rest {
namespace {

/// The identity at a path, or "".
std::string identity_of(const Json& item, const std::string& key) {
  const Json* here = at_place(item, steps_of(key));
  if (here == nullptr) return {};
  if (here->text() != nullptr) return *here->text();
  return here->integer() != nullptr ? std::to_string(*here->integer()) : std::string();
}

/// The item that an answer holds; nothing when the answer is another thing.
std::optional<Document> item_in(std::string_view body, const std::string& record, const std::string& key) {
  const Steps steps = steps_of(record);
  const Json answer = json::parse(body);
  const Json* item = at_place(answer, steps);
  if (item == nullptr || item->object() == nullptr) return std::nullopt;
  Document document{identity_of(*item, key), {}};
  if (document.id.empty()) return std::nullopt;
  document.json = raw_at(body, steps);
  return document;
}

/// The answer with the identity in it where the item has none: in an API whose lists name items by the members of an object.
std::string with_identity(std::string_view body, const RestResource& endpoint, const std::string& key, std::string_view id) {
  Json answer = json::parse(body);
  Json* item = &answer;
  for (const std::string& step : steps_of(endpoint.record)) item = item == nullptr ? nullptr : item->find(step);
  if (item == nullptr || item->object() == nullptr || item->find(key) != nullptr) return std::string(body);
  item->object()->insert(item->object()->begin(), {key, Json(id)});
  return json::to_text(answer);
}

/// As item_in() of an answer to a write, of which nothing is expected: many APIs answer nothing, or a word.
std::optional<Document> item_if_any(std::string_view body, const std::string& record, const std::string& key, const Limits& limits) {
  if (too_heavy(body, limits)) return std::nullopt;
  try {
    return item_in(body, record, key);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The identity that an answer to a create tells beside the item; "" when it tells none.
std::string told_identity(const http::Response& response, const RestResource& endpoint, const Limits& limits) {
  if (endpoint.created.empty()) return identity_in_address(response.headers.get("Location"), endpoint.item);
  if (too_heavy(response.body(), limits)) return {};
  try {
    return identity_of(json::parse(response.body()), endpoint.created);
  } catch (const Error&) {
    return {};
  }
}

void refuse_sizes(const RestOptions& options) {
  if (options.client.rate < 0) throw Error(ErrorKind::Invalid, "rate must not be negative");
  if (options.client.retry.retries < 0) throw Error(ErrorKind::Invalid, "retries must not be negative");
  if (options.client.concurrency == 0) throw Error(ErrorKind::Invalid, "concurrency must be at least 1");
  if (options.client.timeout <= Millis::zero()) throw Error(ErrorKind::Invalid, "timeout must be longer than 0");
  if (options.client.connect_timeout <= Millis::zero()) throw Error(ErrorKind::Invalid, "connect_timeout must be longer than 0");
}

}  // namespace

struct RestProvider::Impl {
  std::shared_ptr<Session> session;
  std::vector<Resource> resources;
  std::size_t page_size = 0;
  std::size_t concurrency = 1;
  Limits limits;

  const RestResource& endpoint(const Resource& resource) const {
    for (const RestResource& candidate : session->spec().resources) {
      if (candidate.resource.name == resource.name) return candidate;
    }
    throw Error(ErrorKind::Invalid, session->spec().label + " has no resource \"" + resource.name + "\"");
  }

  Error no_item(const http::Response& response, const RestResource& endpoint, const std::string& why) const {
    return Error(ErrorKind::Corrupt, session->spec().label + " answered " + why + endpoint.resource.name)
        .with_status(response.status)
        .with_effect(response.effect);
  }

  /// Several of these are under way at once, so that what each may unpack to bounds the memory of all.
  http::Request one_item(const std::string& target, std::span<const std::string> secrets) const {
    http::Request request = session->request(target, secrets);
    request.most_bytes = limits.item_bytes;
    return request;
  }

  /// One item of one address, or nothing.
  std::optional<Document> get(const std::string& target, const RestResource& endpoint, const std::string& key, std::string_view id,
                              Call& call) const {
    const std::vector<std::string> secrets = secret_paths_of(endpoint.resource);
    const http::Response response = session->send_or_missing(one_item(target, secrets), call);
    if (response.status == 404) return std::nullopt;
    if (const auto why = too_heavy(response.body(), limits))
      throw no_item(response, endpoint, "more than can be read (" + *why + ") for one ");
    std::optional<Document> document;
    try {
      document = endpoint.list.keyed ? item_in(with_identity(response.body(), endpoint, key, id), endpoint.record, key)
                                     : item_in(response.body(), endpoint.record, key);
    } catch (const Error& error) {
      throw no_item(response, endpoint, "no proper JSON (" + error.message() + ") for one ");
    }
    if (!document)
      throw no_item(response, endpoint,
                    "no object with " + key + (endpoint.record.empty() ? "" : " at \"" + endpoint.record + "\"") + " for one ");
    if (document->id != id) throw no_item(response, endpoint, "another item than the one asked for: one ");
    return document;
  }

  /// One item with all its layers.
  std::optional<Document> get_whole(const RestResource& endpoint, std::string_view id, Call& call) const;

  /// A write: read-only members never leave, whatever a hook put into the body.
  http::Response write(http::Method method, bool repeatable, const std::string& target, const RestResource& endpoint, Json body,
                       Call& call) const {
    if (body.object() == nullptr) throw Error(ErrorKind::Invalid, "the body of a write must be a JSON object");
    for (const std::string& path : endpoint.resource.read_only) Path::parse(path).erase_each(body);
    const std::vector<std::string> secrets = secret_paths_of(endpoint.resource);
    http::Request request = one_item(target, secrets);
    request.method = method;
    request.repeatable = repeatable;
    if (!endpoint.wrap.empty()) body = Json(Json::Object{{endpoint.wrap, std::move(body)}});
    request.body = json::to_text(body);
    return session->send(std::move(request), call);
  }

  /// The item after a write whose answer did not show it. What goes wrong here undoes nothing.
  Document read_back(const RestResource& endpoint, const std::string& id, http::Response response, Call& call) const {
    response.turn.reset();
    try {
      if (endpoint.item.empty()) throw no_item(response, endpoint, "a write without the item, which cannot be asked for: one ");
      if (auto document = get_whole(endpoint, id, call)) return std::move(*document);
    } catch (Error& error) {
      throw error.with_effect(response.effect);
    }
    throw no_item(response, endpoint, "a write and then does not know the item: one ");
  }
};

RestProvider::RestProvider(RestSpec spec, RestOptions options) : impl_(std::make_shared<Impl>()) {
  refuse_sizes(options);
  if (!options.resources.empty()) load_resources(options.resources, spec);
  for (RestResource& endpoint : spec.resources) {
    endpoint.resource.can_get = !endpoint.item.empty();
    endpoint.resource.time_out = options.client.timeout;
    impl_->resources.push_back(endpoint.resource);
  }
  impl_->page_size = options.page_size;
  impl_->concurrency = options.client.concurrency;
  impl_->limits = options.limits;
  impl_->session = std::make_shared<Session>(std::move(spec), std::move(options.client), std::string(trim(options.api_key)));
  const http::Url& url = impl_->session->url();
  for (Resource& resource : impl_->resources) resource.address = url.origin() + url.path;
}

RestProvider::~RestProvider() = default;

std::span<const Resource> RestProvider::resources() const { return impl_->resources; }

Credentials RestProvider::credentials() const {
  const bool present = impl_->session->has_key();
  const std::string& variable = impl_->session->spec().auth.variable;
  return {present, present ? "" : variable.empty() ? "api_key" : variable};
}

void RestProvider::check(Call& call) {
  const http::Response response = impl_->session->send(impl_->one_item(impl_->session->spec().check, {}), call);
  try {
    json::parse(response.body());
  } catch (const Error&) {
    throw Error(ErrorKind::Corrupt,
                impl_->session->spec().label + " answered " + server_text(response.body(), impl_->session->spec().errors),
                "check base_url");
  }
}

std::unique_ptr<PageStream> RestProvider::list(const Resource& resource, const ListQuery& query, Call&) {
  const RestResource& endpoint = impl_->endpoint(resource);
  const std::size_t page_size = query.page_size != 0 ? query.page_size : impl_->page_size;
  if (!endpoint.joins.empty()) return std::make_unique<JoinedStream>(impl_->session, endpoint, page_size, impl_->limits);
  auto stream = std::make_unique<RestStream>(impl_->session, endpoint.list, endpoint.resource.key, secret_paths_of(endpoint.resource),
                                             page_size, impl_->limits);
  if (!endpoint.detail) return stream;
  const auto whole = [impl = impl_, &endpoint](std::string_view id, Call& call) { return impl->get_whole(endpoint, id, call); };
  return std::make_unique<DetailedStream>(std::move(stream), whole, impl_->concurrency, impl_->limits.answer_bytes);
}

std::optional<Document> RestProvider::Impl::get_whole(const RestResource& endpoint, std::string_view id, Call& call) const {
  std::vector<std::string> layers;
  bool exists = false;
  const auto ask = [&](const std::string& path, const std::string& key, bool counts) {
    auto document = get(item_target(path, id), endpoint, key, id, call);
    if (!document) return;
    layers.push_back(std::move(document->json));
    exists = exists || counts;
  };
  ask(endpoint.item, endpoint.resource.key, true);
  for (const JoinSpec& join : endpoint.joins) {
    if (join.item.empty() || (!exists && !join.adds)) continue;
    ask(join.item, join.key.empty() ? endpoint.resource.key : join.key, join.adds);
  }
  if (!exists) return std::nullopt;
  Document document{std::string(id), std::move(layers.front())};
  if (layers.size() > 1 || !endpoint.joins.empty()) {
    layers.front() = std::exchange(document.json, {});
    overlay({layers.begin(), layers.end()}, document.json);
  }
  return document;
}

std::optional<Document> RestProvider::get(const Resource& resource, std::string_view id, Call& call) {
  const RestResource& endpoint = impl_->endpoint(resource);
  if (endpoint.item.empty()) {
    throw Error(ErrorKind::Invalid, impl_->session->spec().label + ": a " + resource.name + " cannot be asked for one by one");
  }
  return impl_->get_whole(endpoint, id, call);
}

Document RestProvider::create(const Resource& resource, const Json& body, Call& call) {
  const RestResource& endpoint = impl_->endpoint(resource);
  if (!endpoint.resource.can_create)
    throw Error(ErrorKind::Invalid, impl_->session->spec().label + ": a " + resource.name + " cannot be created");
  http::Response response = impl_->write(http::Method::Post, false, endpoint.create, endpoint, body, call);
  if (auto document = item_if_any(response.body(), endpoint.record, endpoint.resource.key, impl_->limits)) return std::move(*document);
  const std::string id = told_identity(response, endpoint, impl_->limits);
  if (id.empty()) throw impl_->no_item(response, endpoint, "neither the item nor its " + endpoint.resource.key + " for a new ");
  return impl_->read_back(endpoint, id, std::move(response), call);
}

Document RestProvider::update(const Resource& resource, std::string_view id, const Json& changed, Call& call) {
  const RestResource& endpoint = impl_->endpoint(resource);
  if (!endpoint.resource.can_update)
    throw Error(ErrorKind::Invalid, impl_->session->spec().label + ": a " + resource.name + " cannot be updated");
  const std::string& path = endpoint.update.empty() ? endpoint.item : endpoint.update;
  http::Response response = impl_->write(endpoint.update_method, true, item_target(path, id), endpoint, changed, call);
  auto document = item_if_any(response.body(), endpoint.record, endpoint.resource.key, impl_->limits);
  if (document && document->id == id) return std::move(*document);
  return impl_->read_back(endpoint, std::string(id), std::move(response), call);
}

}  // namespace lockstep::rest
