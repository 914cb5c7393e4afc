// TimeCursor: walks a list that knows only a limit and filters on the creation time: no cursor, no offset, no promised order. Each next
// request starts at the instant where the last page ended, that instant included, since several items may share it; what comes twice is
// dropped.
#pragma once

#include <optional>
#include <string>

#include "common/time.h"
#include "rest/paging.h"

namespace lockstep::rest {

/// What it guards against, each time rather incomplete than silently short:
/// - more items at one instant than a page holds: the limit is raised to the cap, then the walk gives up;
/// - an order that is neither newest nor oldest first, or a filter that is ignored;
/// - a server that keeps finer times than it shows, so that "not after what was shown" misses the item itself: found out by its absence,
///   and answered by asking one millisecond further;
/// - a server that silently gives fewer items than asked for: a short page of a round number is followed up;
/// - an empty page where at least the last item again was to come.
class TimeCursor : public Pager {
 public:
  TimeCursor(const ListSpec& spec, std::size_t page_size);

  std::optional<Parameters> ask() override;
  void took(const PageFacts& facts) override;
  const std::string& why() const override { return why_; }

 private:
  enum class Order { Unknown, NewestFirst, OldestFirst };
  struct Instant {
    Micros time = 0;
    std::string text;  ///< as served
  };
  /// One answer, looked through.
  struct Reading {
    bool empty = false;
    bool full = false;
    bool fresh = false;           ///< brought an id not seen before
    bool dated = true;            ///< every item has a time
    bool sorted = true;           ///< in the order found so far, and within the bound
    bool reaches_bound = false;   ///< holds an item, seen before, of the instant that was asked for
    std::optional<Instant> last;  ///< the furthest instant
  };

  Reading read(const PageFacts& facts);
  void find_extent(const PageFacts& facts, const std::vector<std::optional<Micros>>& times, Reading& reading) const;
  void find_order(const std::vector<std::optional<Micros>>& times);
  bool in_order(const std::vector<std::optional<Micros>>& times) const;
  bool further(Micros time, Micros than) const { return order_ == Order::OldestFirst ? time > than : time < than; }
  /// True when the answer lacks the item that the bound was taken from, and another look is taken first.
  bool look_again(const Reading& reading);
  void go_on(const Reading& reading);
  void end(std::string why);

  ListSpec spec_;
  PageSize size_;
  std::size_t asked_ = 0;
  Order order_ = Order::Unknown;
  std::optional<Instant> bound_;
  bool widened_ = false;           ///< ask one millisecond beyond the bound
  bool widening_proven_ = false;   ///< it is known to be needed
  std::size_t suspected_cap_ = 0;  ///< a short page had this round number of items
  std::size_t server_cap_ = 0;     ///< proven: the server gives no more than this
  bool over_ = false;
  std::string why_;
};

}  // namespace lockstep::rest
