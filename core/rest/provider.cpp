#include "rest/provider.h"

#include <algorithm>
#include <utility>

#include "common/text.h"
#include "format/json.h"
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

/// The item that an answer holds. What is none is Corrupt; the server has acted all the same.
Document document_of(const http::Response& response, const RestSpec& spec, const Resource& resource, const std::string& record) {
  const auto refuse = [&](const std::string& why) {
    return Error(ErrorKind::Corrupt, spec.label + " answered " + why).with_status(response.status).with_effect(response.effect);
  };
  Document document;
  const Steps steps = steps_of(record);
  try {
    const Json answer = json::parse(response.body());
    const Json* item = at_place(answer, steps);
    if (item == nullptr || item->object() == nullptr) {
      throw refuse("no JSON object for one " + resource.name + (record.empty() ? "" : " at \"" + record + "\""));
    }
    document.id = identity_of(*item, resource.key);
  } catch (const Error& error) {
    if (error.status() != 0) throw;
    throw refuse("no proper JSON for one " + resource.name + ": " + error.message());
  }
  if (document.id.empty()) throw refuse("one " + resource.name + " without " + resource.key);
  document.json = raw_at(response.body(), steps);
  return document;
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

  const RestResource& endpoint(const Resource& resource) const {
    for (const RestResource& candidate : session->spec().resources) {
      if (candidate.resource.name == resource.name) return candidate;
    }
    throw Error(ErrorKind::Invalid, session->spec().label + " has no resource \"" + resource.name + "\"");
  }

  /// One item of one address, or nothing.
  std::optional<Document> get(const std::string& target, const RestResource& endpoint, const std::string& key, Call& call) const {
    const std::vector<std::string> secrets = secret_paths_of(endpoint.resource);
    const http::Response response = session->send_or_missing(session->request(target, secrets), call);
    if (response.status == 404) return std::nullopt;
    Resource keyed;
    keyed.name = endpoint.resource.name;
    keyed.key = key;
    return document_of(response, session->spec(), keyed, endpoint.record);
  }

  /// A write: read-only keys never leave, whatever a hook put into the body.
  Document write(http::Method method, bool repeatable, const std::string& target, const RestResource& endpoint, Json body,
                 Call& call) const {
    if (body.object() == nullptr) throw Error(ErrorKind::Invalid, "the body of a write must be a JSON object");
    for (const std::string& path : endpoint.resource.read_only) body.erase(path);
    const std::vector<std::string> secrets = secret_paths_of(endpoint.resource);
    http::Request request = session->request(target, secrets);
    request.method = method;
    request.repeatable = repeatable;
    if (!endpoint.wrap.empty()) body = Json(Json::Object{{endpoint.wrap, std::move(body)}});
    request.body = json::to_text(body);
    return document_of(session->send(std::move(request), call), session->spec(), endpoint.resource, endpoint.record);
  }
};

RestProvider::RestProvider(RestSpec spec, RestOptions options) : impl_(std::make_shared<Impl>()) {
  refuse_sizes(options);
  if (!options.resources.empty()) load_resources(options.resources, spec);
  for (RestResource& endpoint : spec.resources) {
    endpoint.resource.can_get = !endpoint.item.empty();
    impl_->resources.push_back(endpoint.resource);
  }
  impl_->page_size = options.page_size;
  impl_->session = std::make_shared<Session>(std::move(spec), std::move(options.client), std::string(trim(options.api_key)));
}

RestProvider::~RestProvider() = default;

std::span<const Resource> RestProvider::resources() const { return impl_->resources; }

Credentials RestProvider::credentials() const {
  const bool present = impl_->session->has_key();
  const std::string& variable = impl_->session->spec().auth.variable;
  return {present, present ? "" : variable.empty() ? "api_key" : variable};
}

void RestProvider::check(Call& call) {
  const http::Response response = impl_->session->send(impl_->session->request(impl_->session->spec().check, {}), call);
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
  if (!endpoint.joins.empty()) return std::make_unique<JoinedStream>(impl_->session, endpoint, page_size);
  return std::make_unique<RestStream>(impl_->session, endpoint.list, endpoint.resource.key, secret_paths_of(endpoint.resource), page_size);
}

std::optional<Document> RestProvider::get(const Resource& resource, std::string_view id, Call& call) {
  const RestResource& endpoint = impl_->endpoint(resource);
  if (endpoint.item.empty()) {
    throw Error(ErrorKind::Invalid, impl_->session->spec().label + ": a " + resource.name + " cannot be asked for one by one");
  }
  std::vector<std::string> layers;
  bool exists = false;
  const auto ask = [&](const std::string& path, const std::string& key, bool counts) {
    const auto document = impl_->get(item_target(path, id), endpoint, key, call);
    if (!document) return;
    if (document->id != id)
      throw Error(ErrorKind::Corrupt, impl_->session->spec().label + " answered another " + resource.name + " than the one asked for");
    layers.push_back(document->json);
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

Document RestProvider::create(const Resource& resource, const Json& body, Call& call) {
  const RestResource& endpoint = impl_->endpoint(resource);
  if (!endpoint.resource.can_create)
    throw Error(ErrorKind::Invalid, impl_->session->spec().label + ": a " + resource.name + " cannot be created");
  return impl_->write(http::Method::Post, false, endpoint.create, endpoint, body, call);
}

Document RestProvider::update(const Resource& resource, std::string_view id, const Json& changed, Call& call) {
  const RestResource& endpoint = impl_->endpoint(resource);
  if (!endpoint.resource.can_update)
    throw Error(ErrorKind::Invalid, impl_->session->spec().label + ": a " + resource.name + " cannot be updated");
  const std::string& path = endpoint.update.empty() ? endpoint.item : endpoint.update;
  return impl_->write(endpoint.update_method, true, item_target(path, id), endpoint, changed, call);
}

}  // namespace lockstep::rest
