#include "rest/stream.h"

#include "common/text.h"

namespace lockstep::rest {
namespace {

/// Two pages are under way at a time, one read and one worked on.
// One page is worked on while the next is read; the one before it comes back in time.
constexpr std::size_t kMostSpares = 1;
/// Buffers of a first answer that was far larger than later ones are not kept.
constexpr std::size_t kMostSpareBytes = std::size_t{6} << 20U;

}  // namespace

std::vector<std::string> secret_paths_of(const Resource& resource) {
  std::vector<std::string> paths = resource.secret;
  paths.insert(paths.end(), resource.write_only.begin(), resource.write_only.end());
  return paths;
}

RestStream::RestStream(std::shared_ptr<Session> session, const RestResource& endpoint, std::size_t page_size)
    : session_(std::move(session)),
      endpoint_(endpoint),
      query_{endpoint.list.items, split(endpoint.resource.key, '.'),
             endpoint.list.paging == Paging::TimeCursor ? endpoint.list.time_field : "",
             endpoint.list.paging == Paging::PageToken ? endpoint.list.token_field : ""},
      secret_paths_(secret_paths_of(endpoint.resource)),
      pager_(make_pager(endpoint.list, page_size)) {
  end_.scope = session_->scope("GET " + endpoint.list.path);
  end_.why = "the list was not read to its end";
}

Page RestStream::spare() {
  const std::lock_guard lock(spares_mutex_);
  Page page;
  if (!spares_.empty()) {
    page = std::move(spares_.back());
    spares_.pop_back();
  }
  if (!page.body) page.body = std::make_unique<std::string>();
  page.records.clear();
  page.problems.clear();
  page.arena.clear();
  return page;
}

void RestStream::recycle(Page page) {
  const std::lock_guard lock(spares_mutex_);
  if (spares_.size() < kMostSpares && page.body->capacity() <= kMostSpareBytes) spares_.push_back(std::move(page));
}

void RestStream::fetch(const Parameters& parameters, Page& page, Call& call) {
  http::Request request = session_->request(http::with_query(endpoint_.list.path, parameters), secret_paths_);
  request.buffer = std::move(*page.body);
  http::Response response = session_->send(std::move(request), call);
  *page.body = std::move(response.buffer);
  facts_.bytes = response.body_size;
  slicer_.cut(std::string_view(*page.body).substr(0, response.body_size), query_, page.arena, slice_);
}

void RestStream::fill(Page& page) {
  facts_.entries.clear();
  facts_.elements = slice_.elements;
  facts_.token = slice_.token;
  page.records.reserve(slice_.items.size());
  for (const Item& item : slice_.items) {
    const bool fresh = seen_.insert(hash128(item.id)).second;
    facts_.entries.push_back({item.time, fresh});
    if (fresh) page.records.push_back({item.id, item.raw, hash128(item.raw)});
  }
  std::swap(page.problems, slice_.problems);
}

std::optional<Page> RestStream::next(Call& call) {
  if (over_) return std::nullopt;
  try {
    while (const auto parameters = pager_->ask()) {
      Page page = spare();
      fetch(*parameters, page, call);
      fill(page);
      pager_->took(facts_);
      if (!page.records.empty() || !page.problems.empty()) return page;
      recycle(std::move(page));
    }
  } catch (const Error& error) {
    over_ = true;
    end_.why = error.message();
    throw;
  }
  over_ = true;
  end_.why = pager_->why();
  end_.complete = end_.why.empty();
  return std::nullopt;
}

}  // namespace lockstep::rest
