#include "rest/provider.h"

#include <algorithm>

#include "common/text.h"
#include "format/json.h"
#include "rest/errors.h"
#include "rest/session.h"
#include "rest/stream.h"

namespace lockstep::rest {
namespace {

constexpr std::string_view kIdPlace = "{id}";

std::string item_target(const std::string& path, std::string_view id) {
  // A segment of dots alone would name another address.
  if (id.empty() || id == "." || id == "..") throw Error(ErrorKind::Invalid, "\"" + std::string(id) + "\" is no identity of a remote item");
  return replace_all(path, kIdPlace, http::encode_component(id));
}

/// The identity at a dotted path, or "".
std::string identity_of(const Json& item, const std::string& key) {
  const Json* here = &item;
  for (const std::string& part : split(key, '.')) {
    here = here->find(part);
    if (here == nullptr) return {};
  }
  if (here->text() != nullptr) return *here->text();
  return here->integer() != nullptr ? std::to_string(*here->integer()) : std::string();
}

/// The item that an answer holds. What is none is Corrupt; the server has acted all the same.
Document document_of(const http::Response& response, const RestSpec& spec, const Resource& resource) {
  const auto refuse = [&](const std::string& why) {
    return Error(ErrorKind::Corrupt, spec.label + " answered " + why).with_status(response.status).with_effect(response.effect);
  };
  Document document;
  try {
    const Json item = json::parse(response.body());
    if (item.object() == nullptr) throw refuse("no JSON object for one " + resource.name);
    document.id = identity_of(item, resource.key);
  } catch (const Error& error) {
    if (error.status() != 0) throw;
    throw refuse("no proper JSON for one " + resource.name + ": " + error.message());
  }
  if (document.id.empty()) throw refuse("one " + resource.name + " without " + resource.key);
  document.json = std::string(trim(response.body()));
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

  /// A write: read-only keys never leave, whatever a hook put into the body.
  Document write(http::Method method, const std::string& target, const RestResource& endpoint, Json body, Call& call) const {
    if (body.object() == nullptr) throw Error(ErrorKind::Invalid, "the body of a write must be a JSON object");
    for (const std::string& path : endpoint.resource.read_only) body.erase(path);
    const std::vector<std::string> secrets = secret_paths_of(endpoint.resource);
    http::Request request = session->request(target, secrets);
    request.method = method;
    request.body = json::to_text(body);
    return document_of(session->send(std::move(request), call), session->spec(), endpoint.resource);
  }
};

RestProvider::RestProvider(RestSpec spec, RestOptions options) : impl_(std::make_shared<Impl>()) {
  refuse_sizes(options);
  for (const RestResource& endpoint : spec.resources) impl_->resources.push_back(endpoint.resource);
  impl_->page_size = options.page_size;
  impl_->session = std::make_shared<Session>(std::move(spec), std::move(options.client), std::string(trim(options.api_key)));
}

RestProvider::~RestProvider() = default;

std::span<const Resource> RestProvider::resources() const { return impl_->resources; }

Credentials RestProvider::credentials() const {
  const bool present = impl_->session->has_key();
  return {present, present ? "" : impl_->session->spec().auth.variable};
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
  return std::make_unique<RestStream>(impl_->session, impl_->endpoint(resource), query.page_size != 0 ? query.page_size : impl_->page_size);
}

std::optional<Document> RestProvider::get(const Resource& resource, std::string_view id, Call& call) {
  const RestResource& endpoint = impl_->endpoint(resource);
  const std::vector<std::string> secrets = secret_paths_of(endpoint.resource);
  const http::Response response = impl_->session->send_or_missing(impl_->session->request(item_target(endpoint.item, id), secrets), call);
  if (response.status == 404) return std::nullopt;
  Document document = document_of(response, impl_->session->spec(), endpoint.resource);
  if (document.id != id)
    throw Error(ErrorKind::Corrupt, impl_->session->spec().label + " answered another " + resource.name + " than the one asked for");
  return document;
}

Document RestProvider::create(const Resource& resource, const Json& body, Call& call) {
  const RestResource& endpoint = impl_->endpoint(resource);
  if (!endpoint.resource.can_create)
    throw Error(ErrorKind::Invalid, impl_->session->spec().label + ": a " + resource.name + " cannot be created");
  return impl_->write(http::Method::Post, endpoint.create, endpoint, body, call);
}

Document RestProvider::update(const Resource& resource, std::string_view id, const Json& changed, Call& call) {
  const RestResource& endpoint = impl_->endpoint(resource);
  if (!endpoint.resource.can_update)
    throw Error(ErrorKind::Invalid, impl_->session->spec().label + ": a " + resource.name + " cannot be updated");
  return impl_->write(http::Method::Patch, item_target(endpoint.item, id), endpoint, changed, call);
}

}  // namespace lockstep::rest
