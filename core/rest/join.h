// JoinedStream: a list whose items are put together from several lists of the same API, by identity. The first list says what there is; the
// others, which are read whole before its first page is handed out, are laid over it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rest/stream.h"

namespace lockstep::rest {

class JoinedStream : public PageStream {
 public:
  /// `endpoint` belongs to the session's spec.
  JoinedStream(std::shared_ptr<Session> session, const RestResource& endpoint, std::size_t page_size, const Limits& limits);

  std::optional<Page> next(Call& call) override;
  void recycle(Page page) override { spares_.put(std::move(page)); }
  ListEnd end() const override { return end_; }

 private:
  /// An item of the other lists.
  struct Layers {
    std::vector<std::string> texts;
    bool adds = false;  ///< an item even where the first list does not have it
    bool used = false;
  };

  /// One list to its end. Throws Error{Corrupt} when it is not complete.
  void read(const JoinSpec& join, Call& call);
  void read_all(Call& call);
  void keep(const Record& record, bool adds);
  Page joined(Page page);
  /// What only the other lists have.
  std::optional<Page> added();
  /// Puts `layers` together into the body; a record only once all of them are there. False when they are no proper JSON.
  static bool append(Page& page, std::string_view id, const std::vector<std::string_view>& layers, std::vector<std::size_t>& starts);
  static void seal(Page& page, const std::vector<std::size_t>& starts);

  std::shared_ptr<Session> session_;
  const RestResource& endpoint_;
  std::size_t page_size_;
  Limits limits_;
  std::size_t kept_bytes_ = 0;  ///< of others_
  RestStream first_;
  std::map<std::string, Layers, std::less<>> others_;
  std::vector<std::string> problems_;  ///< of the other lists; handed out with the next page
  bool read_ = false;
  bool over_ = false;
  ListEnd end_;
  SparePages spares_;
};

}  // namespace lockstep::rest
