#include "rest/paging.h"

#include <algorithm>
#include <unordered_set>

#include "rest/counted_pages.h"
#include "rest/time_cursor.h"

namespace lockstep::rest {
namespace {

/// Of the first answer nothing is known yet but that items may be large.
constexpr std::size_t kFirst = 250;
constexpr std::size_t kAnswerBytes = std::size_t{5} << 19U;
/// Neighbouring pages share an item, so that very small ones would not get anywhere.
constexpr std::size_t kSmallest = 10;
/// It becomes a part of an address.
constexpr std::size_t kLongestToken = 64 * 1024;

/// One answer holds everything.
class SinglePage : public Pager {
 public:
  SinglePage(const ListSpec& spec, std::size_t page_size) : spec_(spec), limit_(page_size) {}

  std::optional<Parameters> ask() override {
    if (asked_) return std::nullopt;
    asked_ = true;
    if (spec_.limit_parameter.empty()) return Parameters{};
    return Parameters{{spec_.limit_parameter, std::to_string(limit_)}};
  }
  void took(const PageFacts& facts) override {
    if (spec_.limit_parameter.empty() || facts.elements < limit_) return;
    why_ = "the answer holds as many items as were asked for (" + std::to_string(limit_) + "), and the table names no way to the others";
  }
  const std::string& why() const override { return why_; }

 private:
  ListSpec spec_;
  std::size_t limit_;
  bool asked_ = false;
  std::string why_;
};

/// Each answer names the next, by a token or by its address. The size stays as it is, for servers bind a token to the other parameters.
class TokenPages : public Pager {
 public:
  TokenPages(const ListSpec& spec, std::size_t page_size) : spec_(spec), limit_(page_size) {}

  std::optional<Parameters> ask() override {
    if (over_) return std::nullopt;
    Parameters parameters;
    // An address holds everything already.
    if (!address().empty()) return parameters;
    if (!spec_.limit_parameter.empty()) parameters.emplace_back(spec_.limit_parameter, std::to_string(limit_));
    if (!token_.empty()) parameters.emplace_back(spec_.token_parameter, token_);
    return parameters;
  }

  std::string address() const override { return spec_.paging == Paging::Link ? token_ : std::string(); }

  void took(const PageFacts& facts) override {
    const bool news = has_news(facts);
    pages_without_news_ = news ? 0 : pages_without_news_ + 1;
    token_ = facts.token;
    over_ = true;
    if (!spec_.more_field.empty() && !facts.more) {
      why_ = says_nothing_of(spec_.more_field);
    } else if (facts.more == false) {
      return;
    } else if (token_.empty()) {
      if (facts.more == true) why_ = "the answer says that more follow and does not name the next page";
    } else if (token_.size() > kLongestToken) {
      why_ = "the name of the next page is longer than " + std::to_string(kLongestToken) + " bytes";
    } else if (!tokens_.insert(hash128(token_)).second) {
      why_ = "the server named the same next page twice";
    } else if (pages_without_news_ >= kPatience) {
      why_ = "the server keeps naming next pages that bring nothing new";
    } else {
      over_ = false;
    }
  }
  const std::string& why() const override { return why_; }

 private:
  static constexpr int kPatience = 3;

  ListSpec spec_;
  std::size_t limit_;
  std::string token_;
  std::unordered_set<Hash128, Hash128Hasher> tokens_;
  int pages_without_news_ = 0;
  bool over_ = false;
  std::string why_;
};

}  // namespace

bool has_news(const PageFacts& facts) {
  return std::any_of(facts.entries.begin(), facts.entries.end(), [](const PageFacts::Entry& entry) { return entry.fresh; });
}

std::string says_nothing_of(const std::string& field) { return "the answer does not say by " + field + " whether more follow"; }

PageSize::PageSize(std::size_t wish, std::size_t cap) : wish_(std::min(wish, cap)), cap_(cap), now_(std::min(wish_, kFirst)) {}

void PageSize::learn(std::size_t bytes, std::size_t elements) {
  if (elements == 0) return;
  const std::size_t fitting = kAnswerBytes * elements / std::max<std::size_t>(bytes, 1);
  now_ = std::clamp(fitting, std::min(kSmallest, wish_), wish_);
}

bool PageSize::raise() {
  if (now_ >= cap_) return false;
  now_ = cap_;
  return true;
}

std::unique_ptr<Pager> make_pager(const ListSpec& spec, std::size_t page_size) {
  const std::size_t wish = page_size != 0 ? std::min(page_size, spec.page_size_cap) : spec.page_size;
  switch (spec.paging) {
    case Paging::None: return std::make_unique<SinglePage>(spec, wish);
    case Paging::PageToken:
    case Paging::Link: return std::make_unique<TokenPages>(spec, wish);
    case Paging::LastId: return std::make_unique<IdPages>(spec, wish);
    case Paging::PageNumber: return std::make_unique<NumberedPages>(spec, wish);
    case Paging::Offset: return std::make_unique<OffsetPages>(spec, wish);
    case Paging::TimeCursor: return std::make_unique<TimeCursor>(spec, wish);
  }
  return nullptr;
}

}  // namespace lockstep::rest
