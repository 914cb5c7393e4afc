// RestProvider: the Provider door over a RestSpec. Everything that differs between HTTP APIs is in the table.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "http/client.h"
#include "rest/limits.h"
#include "rest/spec.h"
#include "sdk/provider.h"

namespace lockstep::rest {

struct RestOptions {
  http::ClientOptions client;
  std::string api_key;        ///< registered as a secret
  std::size_t page_size = 0;  ///< 0: the spec's own
  Limits limits;
  std::string resources;  ///< YAML file with more resources, see load_resources(); empty: none
};

class RestProvider : public Provider {
 public:
  /// Throws Error{Invalid} for options that cannot be used and for mistakes in the file of more resources; no network.
  RestProvider(RestSpec spec, RestOptions options);
  ~RestProvider() override;

  std::span<const Resource> resources() const override;
  Credentials credentials() const override;
  void check(Call& call) override;
  std::unique_ptr<PageStream> list(const Resource& resource, const ListQuery& query, Call& call) override;
  std::optional<Document> get(const Resource& resource, std::string_view id, Call& call) override;
  Document create(const Resource& resource, const Json& body, Call& call) override;
  Document update(const Resource& resource, std::string_view id, const Json& changed, Call& call) override;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  ///< shared with the streams, which may outlive the provider
};

}  // namespace lockstep::rest
