// Ahead: a provider whose list is asked for at once, on a thread of its own, while others are still being worked on. A run finds the pages
// that have come, and waits for the rest; everything else goes to the real provider.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "sdk/provider.h"

namespace lockstep {

class Ahead : public Provider {
 public:
  /// Starts asking. `provider` and `resource` must outlive this object.
  Ahead(Provider& provider, const Resource& resource, const ListQuery& query, std::stop_token stop,
        std::span<const std::string> secrets = {});
  ~Ahead() override;

  std::span<const Resource> resources() const override { return provider_.resources(); }
  Credentials credentials() const override { return provider_.credentials(); }
  void check(Call& call) override { provider_.check(call); }
  /// The list that is under way; asked for once.
  std::unique_ptr<PageStream> list(const Resource& resource, const ListQuery& query, Call& call) override;
  std::optional<Document> get(const Resource& resource, std::string_view id, Call& call) override {
    return provider_.get(resource, id, call);
  }
  Document create(const Resource& resource, const Json& body, Call& call) override { return provider_.create(resource, body, call); }
  Document update(const Resource& resource, std::string_view id, const Json& changed, Call& call) override {
    return provider_.update(resource, id, changed, call);
  }

  /// Ids in the order of the list, as far as it has come.
  std::vector<std::string> ids() const;

 private:
  class Stream;
  void work();

  Provider& provider_;
  const Resource& resource_;
  ListQuery query_;
  std::span<const std::string> secrets_;
  std::stop_source own_stop_;
  std::stop_callback<std::function<void()>> on_stop_;
  Meter meter_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Page> pages_;
  std::vector<std::string> ids_;
  ListEnd end_;
  bool done_ = false;
  bool taken_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace lockstep
