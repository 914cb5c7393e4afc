#include "rest/detail.h"

#include <algorithm>
#include <atomic>
#include <span>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include "data/record.h"
#include "rest/raw.h"

namespace lockstep::rest {
namespace {

/// It is to be the whole item, and names next to nothing of what the list's summary names.
bool is_part(const std::string& document, std::string_view listed) {
  const std::vector<std::string> named_there = names_of(document), summary = names_of(listed);
  const std::unordered_set<std::string_view> whole(named_there.begin(), named_there.end());
  const auto named = [&](const std::string& name) { return whole.contains(name); };
  return summary.size() > 1 && std::count_if(summary.begin(), summary.end(), named) < 2;
}

/// The service was there, and could not answer for this item: that may be the item's fault, or the service's.
bool is_fault_of_service(const Error& failure) { return failure.kind() == ErrorKind::Unreachable && failure.status() != 0; }

/// Faults of the key or of the way to the API; all others are those of one item.
bool concerns_all(const Error& failure) {
  return failure.kind() == ErrorKind::Credentials || failure.kind() == ErrorKind::RateLimited || failure.kind() == ErrorKind::Interrupted ||
         (failure.kind() == ErrorKind::Unreachable && !is_fault_of_service(failure));
}

}  // namespace

DetailedStream::DetailedStream(std::unique_ptr<RestStream> list, Get get, std::size_t at_once, std::size_t page_bytes)
    : list_(std::move(list)), get_(std::move(get)), at_once_(std::max<std::size_t>(1, at_once)), page_bytes_(page_bytes) {}

DetailedStream::Outcome DetailedStream::ask(const Record& record, Call& call) const {
  if (!record.trouble.empty()) return {std::nullopt, Error(ErrorKind::Corrupt, std::string(record.trouble))};
  try {
    auto document = get_(record.id, call);
    if (document && is_part(document->json, record.raw))
      return {std::nullopt, Error(ErrorKind::Corrupt, "asked for it by its ID the API answers with less than its list shows")};
    if (document) return {std::move(document), std::nullopt};
    return {std::nullopt, Error(ErrorKind::NotFound, "the list names it, and asked for it the API answers that there is none")};
  } catch (const Error& failure) {
    return {std::nullopt, failure};
  }
}

std::vector<DetailedStream::Outcome> DetailedStream::ask_some(Call& call) {
  const std::span<const Record> records = std::span<const Record>(listed_->records).subspan(begun_);
  std::vector<Outcome> outcomes(records.size());
  std::atomic<std::size_t> next = 0, bytes = 0;
  std::atomic<bool> over = false;
  const auto work = [&] {
    while (!over && bytes < page_bytes_) {
      const std::size_t i = next++;
      if (i >= outcomes.size()) return;
      outcomes[i] = ask(records[i], call);
      if (outcomes[i].document) bytes += outcomes[i].document->json.size();
      if (ends_walk(outcomes[i])) over = true;
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t i = 1; i < std::min(at_once_, outcomes.size()); ++i) workers.emplace_back(work);
  work();
  workers.clear();
  outcomes.resize(std::min<std::size_t>(next, outcomes.size()));
  for (const Outcome& outcome : outcomes) {
    const bool last_straw = outcome.failure && is_fault_of_service(*outcome.failure) && faults_in_a_row_ >= kMostFaults;
    if (outcome.failure && (concerns_all(*outcome.failure) || last_straw)) throw *outcome.failure;
  }
  return outcomes;
}

/// No other item would fare better.
bool DetailedStream::ends_walk(const Outcome& outcome) {
  if (outcome.failure && is_fault_of_service(*outcome.failure)) return ++faults_in_a_row_ >= kMostFaults;
  faults_in_a_row_ = 0;
  return outcome.failure && concerns_all(*outcome.failure);
}

Page DetailedStream::whole(const std::vector<Outcome>& outcomes) {
  Page out = spares_.take();
  out.body->clear();
  std::swap(out.problems, listed_->problems);
  std::vector<std::size_t> starts;
  for (const Outcome& outcome : outcomes) {
    starts.push_back(out.body->size());
    if (outcome.document) *out.body += outcome.document->json;
  }
  starts.push_back(out.body->size());
  out.body->append(kPagePadding, '\0');
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const std::string_view raw = std::string_view(*out.body).substr(starts[i], starts[i + 1] - starts[i]);
    Record record{out.arena.copy(listed_->records[begun_ + i].id), raw, hash128(raw)};
    if (outcomes[i].failure) record.trouble = out.arena.copy(outcomes[i].failure->what());
    out.records.push_back(record);
  }
  return out;
}

std::optional<Page> DetailedStream::next(Call& call) {
  if (!broken_.empty()) return std::nullopt;
  if (!listed_) listed_ = list_->next(call);
  if (!listed_) return std::nullopt;
  try {
    Page out = whole(ask_some(call));
    begun_ += out.records.size();
    if (begun_ < listed_->records.size()) return out;
    list_->recycle(std::move(*listed_));
    listed_.reset();
    begun_ = 0;
    return out;
  } catch (const Error& error) {
    broken_ = error.message();
    throw;
  }
}

ListEnd DetailedStream::end() const {
  ListEnd end = list_->end();
  if (broken_.empty()) return end;
  end.complete = false;
  end.why = broken_;
  return end;
}

}  // namespace lockstep::rest
