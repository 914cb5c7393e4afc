// Paging: how a list that comes in pieces is walked, and when it may be called complete. Pure state machines: they are told what an answer
// held and say what to ask next. When in doubt a list is incomplete, for deletions are concluded from complete ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/hash.h"
#include "rest/spec.h"

namespace lockstep::rest {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// What a pager needs to know of one answer.
struct PageFacts {
  struct Entry {
    std::string_view time;  ///< as served; empty: none
    bool fresh = true;      ///< its id was not in an earlier answer
  };
  std::vector<Entry> entries;
  std::size_t elements = 0;                             ///< of the array, also those that are no items
  std::size_t bytes = 0;                                ///< of the body
  std::string_view token;                               ///< of the next page, or its address
  std::string_view last_id;                             ///< of the last item; empty: none had one
  Hash128 ids = {};                                     ///< of all identities, in order
  std::optional<bool> more = {};                        ///< what the answer says of items to come
  std::optional<std::uint64_t> total = {}, pages = {};  ///< what it says of the whole list
};

class Pager {
 public:
  virtual ~Pager() = default;
  /// What to ask next, or nullopt when the walk is over.
  virtual std::optional<Parameters> ask() = 0;
  /// The address to ask instead of the list's own, as a server gave it; empty: the list's own. Valid after ask().
  virtual std::string address() const { return {}; }
  /// The answer to what was asked last.
  virtual void took(const PageFacts& facts) = 0;
  /// A 404 of the API's own as the answer to what was asked last may mean that the list was over before; took_nothing() then tells it.
  virtual bool may_be_past_end() const { return false; }
  virtual void took_nothing() {}
  /// Why the list is not complete; empty: it is. Valid when ask() returned nullopt.
  virtual const std::string& why() const = 0;
};

/// `page_size`: what to ask for, at most the API's cap; 0: the spec's own.
std::unique_ptr<Pager> make_pager(const ListSpec& spec, std::size_t page_size);

/// True when an item of the answer was in none before.
bool has_news(const PageFacts& facts);
/// Why a list is not complete whose answer lacks the member that tells whether it goes on.
std::string says_nothing_of(const std::string& field);

/// How many items to ask for, so that an answer has about 3 MiB.
class PageSize {
 public:
  PageSize(std::size_t wish, std::size_t cap);

  std::size_t get() const { return now_; }
  std::size_t cap() const { return cap_; }
  void learn(std::size_t bytes, std::size_t elements);
  /// As many as the API gives, for a page that must hold all items of one instant. False when it is that already.
  bool raise();

 private:
  std::size_t wish_;
  std::size_t cap_;
  std::size_t now_;
};

}  // namespace lockstep::rest
