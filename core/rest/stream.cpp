#include "rest/stream.h"

#include <algorithm>
#include <charconv>

#include "common/log.h"
#include "common/text.h"
#include "format/json.h"
#include "rest/errors.h"
#include "rest/link.h"
#include "rest/place.h"

namespace lockstep::rest {
namespace {

// One page is worked on while the next is read; the one before it comes back in time.
constexpr std::size_t kMostSpares = 1;
/// Buffers of a first answer that was far larger than later ones are not kept.
constexpr std::size_t kMostSpareBytes = std::size_t{6} << 20U;

/// An answer that says something to people instead of a list is short.
constexpr std::size_t kLongestMessage = std::size_t{1} << 20U;

SliceQuery query_of(const ListSpec& list, std::string_view key, const Limits& limits) {
  SliceQuery query{list.items, steps_of(key)};
  if (list.paging == Paging::TimeCursor) query.time_field = list.time_field;
  query.token_field = list.token_field;
  query.more_field = list.more_field;
  query.total_field = list.total_field;
  query.pages_field = list.pages_field;
  query.keyed = list.keyed;
  query.null_is_empty = list.null_is_empty;
  query.missing_is_empty = list.missing_is_empty;
  query.most_elements = limits.elements();
  return query;
}

/// Pages of such walks share items by design: each is asked for from where the one before ended.
bool pages_overlap(Paging paging) { return paging == Paging::TimeCursor || paging == Paging::Offset; }

/// Where the next page is, by a header.
std::string header_token(const http::Headers& headers, const ListSpec& list) {
  if (list.paging != Paging::Link) return std::string(trim(headers.get(list.token_header)));
  return next_link(headers.all(list.token_header.empty() ? "Link" : list.token_header));
}

}  // namespace

std::vector<std::string> secret_paths_of(const Resource& resource) {
  std::vector<std::string> paths = resource.secret;
  paths.insert(paths.end(), resource.write_only.begin(), resource.write_only.end());
  return paths;
}

Page SparePages::take() {
  const std::lock_guard lock(mutex_);
  Page page;
  if (!pages_.empty()) {
    page = std::move(pages_.back());
    pages_.pop_back();
  }
  if (!page.body) page.body = std::make_unique<std::string>();
  page.records.clear();
  page.problems.clear();
  page.arena.clear();
  return page;
}

void SparePages::put(Page page) {
  const std::lock_guard lock(mutex_);
  if (pages_.size() < kMostSpares && page.body && page.body->capacity() <= kMostSpareBytes) pages_.push_back(std::move(page));
}

RestStream::RestStream(std::shared_ptr<Session> session, const ListSpec& list, std::string_view key, std::vector<std::string> secret_paths,
                       std::size_t page_size, const Limits& limits, bool optional)
    : session_(std::move(session)),
      list_(list),
      query_(query_of(list, key, limits)),
      secret_paths_(std::move(secret_paths)),
      limits_(limits),
      pager_(make_pager(list, page_size)),
      optional_(optional) {
  end_.scope = session_->scope("GET " + list.path);
  end_.why = "the list was not read to its end";
}

void RestStream::fetch(const Parameters& parameters, Page& page, Call& call) {
  const std::string address = pager_->address();
  http::Request request = address.empty() ? session_->request(http::with_query(list_.path, parameters), secret_paths_)
                                          : session_->request(target_of_link(address, session_->url(), list_.path), secret_paths_, true);
  request.buffer = std::move(*page.body);
  const bool may_be_missing = optional_ || pager_->may_be_past_end();
  http::Response response = may_be_missing ? session_->send_or_missing(std::move(request), call) : session_->send(std::move(request), call);
  *page.body = std::move(response.buffer);
  missing_ = response.status == 404;
  if (missing_) return slice_.clear();
  slicer_.cut(std::string_view(*page.body).substr(0, response.body_size), query_, page.arena, slice_);
  if (slice_.missing) refuse_message(std::string_view(*page.body).substr(0, response.body_size));
  note(response);
}

/// An answer without a list that tells something to people instead is no empty list.
void RestStream::refuse_message(std::string_view body) const {
  if (body.size() > kLongestMessage) throw Error(ErrorKind::Corrupt, "the answer has no " + in_quotes(list_.items));
  const ErrorSpec& errors = session_->spec().errors;
  const Json answer = json::parse(body);
  const auto tells = [&](const std::string& path) {
    return any_at_place(answer, steps_of(path), [](const Json& said) { return !said.is_null(); });
  };
  if (std::none_of(errors.message_paths.begin(), errors.message_paths.end(), tells)) return;
  throw Error(ErrorKind::Corrupt, "the answer has no " + in_quotes(list_.items) + ", and says: " + server_text(body, errors));
}

void RestStream::note(const http::Response& response) {
  facts_.bytes = response.body_size;
  facts_.more = slice_.more;
  if (facts_.more && list_.more_ends) facts_.more = !*facts_.more;
  facts_.total = slice_.total;
  note_total();
  facts_.pages = slice_.pages;
  const bool by_header = !list_.token_header.empty() || (list_.paging == Paging::Link && list_.token_field.empty());
  if (by_header) slice_.token = header_token(response.headers, list_);
  if (!list_.total_header.empty()) {
    const std::string_view digits = trim(response.headers.get(list_.total_header));
    std::uint64_t total = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), total);
    if (!digits.empty() && read.ptr == digits.data() + digits.size()) facts_.total = total;
  }
}

/// A place that is named in vain would make nobody suspicious: a list that breaks off would pass for a whole one.
void RestStream::note_total() {
  if (list_.total_field.empty() || slice_.total || answers_ > 0) return;
  log::warning("The list does not tell its total where the table says", {{"total", list_.total_field}});
}

void RestStream::fill(Page& page) {
  facts_.entries.clear();
  facts_.elements = slice_.elements;
  facts_.token = slice_.token;
  facts_.last_id = slice_.items.empty() ? std::string_view() : slice_.items.back().id;
  page.records.reserve(slice_.items.size());
  std::swap(page.problems, slice_.problems);
  ++answers_;
  Hasher ids;
  for (const Item& item : slice_.items) {
    ids.text(item.id);
    const Hash128 raw = hash128(item.raw);
    const bool fresh = seen_.try_emplace(hash128(item.id), Seen{raw.low, answers_, item.number, false}).second;
    facts_.entries.push_back({item.time, fresh});
    if (!fresh) continue;
    Record& record = page.records.emplace_back(Record{item.id, item.raw, raw});
    const auto trouble = too_heavy(item.raw, limits_);
    if (!trouble) continue;
    record.raw = {};
    record.trouble = page.arena.copy(*trouble);
  }
  facts_.ids = ids.digest();
  // A page that comes again whole is the pager's to judge.
  if (!has_news(facts_)) return;
  for (std::size_t i = 0; i < slice_.items.size(); ++i) {
    if (!facts_.entries[i].fresh) note_again(slice_.items[i], page);
  }
}

void RestStream::note_again(const Item& item, Page& page) {
  Seen& first = seen_.at(hash128(item.id));
  const bool same_kind = first.number == item.number;
  const bool same_text = first.raw == hash128(item.raw).low;
  const bool later = first.answer != answers_, overlaps = pages_overlap(list_.paging);
  // What stood on an earlier page has moved to this one, and another item may have slipped the other way, unseen.
  moved_ = moved_ || (later && !overlaps);
  // A numbered page that has moved is told as such, and not item by item.
  const bool overlap = later && same_kind && same_text && (overlaps || list_.paging == Paging::PageNumber);
  if (first.told || overlap) return;
  first.told = true;
  const char* how = !same_kind  ? "once as a number and once as a text"
                    : same_text ? "twice, with the same contents"
                                : "twice, with other contents";
  page.problems.push_back("item " + std::to_string(item.place) + " of the answer: the list has the identity " +
                          in_quotes(printable(item.id)) + " " + how + "; the first item is taken");
}

void RestStream::refuse_endless() const {
  if (seen_.size() <= limits_.records) return;
  throw Error(ErrorKind::Corrupt, "the list " + list_.path + " goes on after " + std::to_string(limits_.records) + " items",
              "if it is that long, raise the provider's max_records");
}

std::optional<Page> RestStream::next(Call& call) {
  if (over_) return std::nullopt;
  try {
    while (const auto parameters = pager_->ask()) {
      Page page = spares_.take();
      fetch(*parameters, page, call);
      if (missing_ && pager_->may_be_past_end()) {
        missing_ = false;
        pager_->took_nothing();
        recycle(std::move(page));
        continue;
      }
      if (missing_) break;
      fill(page);
      refuse_endless();
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
  end_.why = missing_ && !seen_.empty() ? "the list was gone before its end" : pager_->why();
  if (end_.why.empty() && moved_) end_.why = "the list moved while it was read: an item came on two pages";
  end_.complete = end_.why.empty();
  return std::nullopt;
}

}  // namespace lockstep::rest
