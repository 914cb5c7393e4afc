// DetailedStream: a list that names its items in summary; each is asked for whole before its page is handed out. A request an item.
#pragma once

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

  /// `at_once`: how many items to ask for at the same time.
  DetailedStream(std::unique_ptr<RestStream> list, Get get, std::size_t at_once);

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

  std::vector<Outcome> ask_all(const Page& page, Call& call) const;
  Outcome ask(const Record& record, Call& call) const;
  Page whole(Page page, std::vector<Outcome> outcomes);

  std::unique_ptr<RestStream> list_;
  Get get_;
  std::size_t at_once_;
  std::string broken_;  ///< why an item ended the walk
  SparePages spares_;
};

}  // namespace lockstep::rest
