// DetailedStream: a list that names its items in summary; each is asked for whole before its page is handed out. A request an item.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "rest/stream.h"

namespace lockstep::rest {

class DetailedStream : public PageStream {
 public:
  /// Any thread. nullopt: the API does not know the item.
  using Get = std::function<std::optional<Document>(std::string_view id, Call& call)>;

  /// `at_once`: how many items to ask for at the same time. A page ends where its items have `page_bytes`.
  DetailedStream(std::unique_ptr<RestStream> list, Get get, std::size_t at_once, std::size_t page_bytes);

  /// An item that cannot be read is a record with its trouble. Throws where no other item would fare better.
  std::optional<Page> next(Call& call) override;
  void recycle(Page page) override { spares_.put(std::move(page)); }
  ListEnd end() const override;

 private:
  /// What came of one item.
  struct Outcome {
    std::optional<Document> document;
    std::optional<Error> failure;
  };

  /// Of the next records of the list's page, as many as fit into one page.
  std::vector<Outcome> ask_some(Call& call);
  bool ends_walk(const Outcome& outcome);
  Outcome ask(const Record& record, Call& call) const;
  Page whole(const std::vector<Outcome>& outcomes);

  /// So many answers of 500 and above, one after the other, are the service's fault, and not that of the items.
  static constexpr int kMostFaults = 5;

  std::unique_ptr<RestStream> list_;
  Get get_;
  std::size_t at_once_;
  std::size_t page_bytes_;
  std::optional<Page> listed_;  ///< what is being asked for
  std::size_t begun_ = 0;       ///< records of it that were handed out
  std::atomic<int> faults_in_a_row_ = 0;
  std::string broken_;  ///< why an item ended the walk
  SparePages spares_;
};

}  // namespace lockstep::rest
