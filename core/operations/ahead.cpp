#include "operations/ahead.h"

#include <utility>

#include "common/error.h"

namespace lockstep {
namespace {

/// Pages that may wait for the run that works on them.
constexpr std::size_t kMostPages = 8;

}  // namespace

class Ahead::Stream : public PageStream {
 public:
  explicit Stream(Ahead& ahead) : ahead_(ahead) {}

  std::optional<Page> next(Call& call) override {
    std::unique_lock lock(ahead_.mutex_);
    ahead_.changed_.wait(lock, [this] { return !ahead_.pages_.empty() || ahead_.done_; });
    call.meter.get += ahead_.meter_.get.exchange(0);
    call.meter.retries += ahead_.meter_.retries.exchange(0);
    call.meter.bytes_received += ahead_.meter_.bytes_received.exchange(0);
    if (ahead_.pages_.empty()) {
      if (ahead_.failure_) std::rethrow_exception(ahead_.failure_);
      return std::nullopt;
    }
    Page page = std::move(ahead_.pages_.front());
    ahead_.pages_.pop_front();
    ahead_.changed_.notify_all();
    return page;
  }
  void recycle(Page) override {}
  ListEnd end() const override {
    const std::lock_guard lock(ahead_.mutex_);
    return ahead_.end_;
  }

 private:
  Ahead& ahead_;
};

Ahead::Ahead(Provider& provider, const Resource& resource, const ListQuery& query, std::stop_token stop,
             std::span<const std::string> secrets)
    : provider_(provider), resource_(resource), query_(query), secrets_(secrets), on_stop_(std::move(stop), [this] {
        own_stop_.request_stop();
      }) {
  thread_ = std::thread([this] { work(); });
}

Ahead::~Ahead() {
  own_stop_.request_stop();
  {
    const std::lock_guard lock(mutex_);
    pages_.clear();
  }
  changed_.notify_all();
  thread_.join();
}

void Ahead::work() {
  std::unique_ptr<PageStream> stream;
  std::exception_ptr failure;
  Call call{own_stop_.get_token(), Deadline(), meter_, secrets_};
  try {
    stream = provider_.list(resource_, query_, call);
    while (std::optional<Page> page = stream->next(call)) {
      std::unique_lock lock(mutex_);
      for (const Record& record : page->records) ids_.emplace_back(record.id);
      changed_.wait(lock, [this] { return pages_.size() < kMostPages || own_stop_.stop_requested(); });
      // Nobody works on the rest any more.
      if (own_stop_.stop_requested()) throw Error(ErrorKind::Interrupted, "interrupted");
      pages_.push_back(std::move(*page));
      changed_.notify_all();
    }
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  if (stream) end_ = stream->end();
  failure_ = failure;
  done_ = true;
  changed_.notify_all();
}

std::unique_ptr<PageStream> Ahead::list(const Resource& resource, const ListQuery& query, Call& call) {
  if (std::exchange(taken_, true)) return provider_.list(resource, query, call);
  return std::make_unique<Stream>(*this);
}

std::vector<std::string> Ahead::ids() const {
  const std::lock_guard lock(mutex_);
  return ids_;
}

}  // namespace lockstep
