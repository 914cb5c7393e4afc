#include "rest/counted_pages.h"

#include <algorithm>

namespace lockstep::rest {
namespace {

/// Limits that servers set silently.
constexpr std::size_t kRound = 5;
constexpr const char* kMoved = "the list moved while it was read";

void add_limit(const ListSpec& spec, std::size_t limit, Parameters& parameters) {
  if (!spec.limit_parameter.empty()) parameters.emplace_back(spec.limit_parameter, std::to_string(limit));
}

bool lacks_more(const ListSpec& spec, const PageFacts& facts) { return !spec.more_field.empty() && !facts.more; }

}  // namespace

std::optional<Parameters> IdPages::ask() {
  if (over_) return std::nullopt;
  Parameters parameters;
  add_limit(spec_, limit_, parameters);
  if (!after_.empty()) parameters.emplace_back(spec_.token_parameter, after_);
  return parameters;
}

void IdPages::took(const PageFacts& facts) {
  over_ = true;
  if (lacks_more(spec_, facts)) {
    why_ = says_nothing_of(spec_.more_field);
  } else if (facts.more == false || (!facts.more && facts.elements == 0)) {
    return;
  } else if (facts.last_id.empty()) {
    why_ = "the answer says that more follow and has no item to go on from";
  } else if (!has_news(facts) || facts.last_id == after_) {
    why_ = "a page brought nothing new";
  } else {
    after_ = facts.last_id;
    over_ = false;
  }
}

bool Total::agrees(const PageFacts& facts) {
  if (!facts.total) return true;
  const bool same = !total_ || *total_ == *facts.total;
  total_ = facts.total;
  return same;
}

std::string Total::missing(std::uint64_t seen) const {
  if (!total_ || seen >= *total_) return {};
  return "the list is said to have " + std::to_string(*total_) + " items, and " + std::to_string(seen) + " came";
}

std::optional<Parameters> CountedPages::ask() {
  if (over_) return std::nullopt;
  Parameters parameters;
  add_limit(spec_, limit_, parameters);
  parameters.emplace_back(spec_.token_parameter, std::to_string(place()));
  return parameters;
}

void CountedPages::end(std::string why) {
  over_ = true;
  why_ = std::move(why);
}

bool NumberedPages::may_be_past_end() const { return page_ > spec_.first_page; }

bool NumberedPages::is_last_again(const PageFacts& facts) const {
  const std::size_t earlier = page_ - spec_.first_page;
  if (earlier == 0 || facts.ids != before_ || facts.more == true || facts.pages) return false;
  // After one page alone it may be that page numbers are ignored, and a server's own limit is a round number.
  const bool is_short = !spec_.limit_parameter.empty() && facts.elements < limit_ && facts.elements % kRound != 0;
  return earlier > 1 || is_short || spec_.last_again;
}

void NumberedPages::took(const PageFacts& facts) {
  if (facts.elements > 0 && !has_news(facts)) return end(is_last_again(facts) ? total_.missing(seen_) : "a page brought nothing new");
  before_ = facts.ids;
  seen_ += facts.elements;
  if (!total_.agrees(facts)) return end(kMoved);
  if (lacks_more(spec_, facts)) return end(says_nothing_of(spec_.more_field));
  const std::uint64_t read = page_ - spec_.first_page + 1;
  const bool last = facts.more == false || (facts.pages && read >= *facts.pages) || total_.reached(seen_);
  if (last) return end(total_.missing(seen_));
  const bool goes_on = facts.more == true || facts.pages;
  if (facts.elements == 0) return end(goes_on ? "an empty page came before the last one" : total_.missing(seen_));
  ++page_;
}

OffsetPages::OffsetPages(const ListSpec& spec, std::size_t page_size)
    : CountedPages(spec, std::max<std::size_t>(2, page_size)) {}  // with one item a page, none but the known one would ever come

void OffsetPages::took(const PageFacts& facts) {
  const auto known = [](const PageFacts::Entry& entry) { return !entry.fresh; };
  const bool overlaps = std::any_of(facts.entries.begin(), facts.entries.end(), known);
  if (begun_ && !overlaps) return end(kMoved);
  seen_ += facts.elements - (begun_ ? 1 : 0);
  if (!total_.agrees(facts)) return end(kMoved);
  if (lacks_more(spec_, facts)) return end(says_nothing_of(spec_.more_field));
  const bool nothing_else = facts.elements == (begun_ ? 1U : 0U);
  if (facts.more == false || total_.reached(seen_) || (nothing_else && !facts.more)) return end(total_.missing(seen_));
  if (nothing_else) return end("the answer says that more follow and gives nothing");
  if (!has_news(facts)) return end("a page brought nothing new");
  begun_ = true;
}

}  // namespace lockstep::rest
