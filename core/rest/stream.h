// RestStream: one walk over a list: asks, slices, drops what came before, adapts the page size.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "rest/limits.h"
#include "rest/paging.h"
#include "rest/session.h"
#include "rest/slice.h"
#include "sdk/provider.h"

namespace lockstep::rest {

/// Pages that come back for reuse. Any thread.
class SparePages {
 public:
  /// An empty page; its body is there.
  Page take();
  void put(Page page);

 private:
  std::mutex mutex_;
  std::vector<Page> pages_;
};

class RestStream : public PageStream {
 public:
  /// `list` belongs to the session's spec. `key`: path of the identity. `optional`: a 404 of the API's own is an empty list; see missing().
  RestStream(std::shared_ptr<Session> session, const ListSpec& list, std::string_view key, std::vector<std::string> secret_paths,
             std::size_t page_size, const Limits& limits, bool optional = false);

  std::optional<Page> next(Call& call) override;
  void recycle(Page page) override { spares_.put(std::move(page)); }
  ListEnd end() const override { return end_; }
  /// The API has no such list.
  bool missing() const { return missing_; }

 private:
  void fetch(const Parameters& parameters, Page& page, Call& call);
  void refuse_message(std::string_view body) const;
  /// What paging asks for beside the items.
  void note(const http::Response& response);
  void note_total();
  void fill(Page& page);
  /// Throws when the list has more items than any should.
  void refuse_endless() const;
  /// An identity that an earlier item of the walk has too. Pages may overlap, so that not each is a second item.
  void note_again(const Item& item, Page& page);

  std::shared_ptr<Session> session_;
  const ListSpec& list_;
  SliceQuery query_;
  std::vector<std::string> secret_paths_;
  Limits limits_;
  std::unique_ptr<Pager> pager_;
  Slicer slicer_;
  Slice slice_;
  PageFacts facts_;
  /// What is remembered of an item that came.
  struct Seen {
    std::uint64_t raw = 0;     ///< of its text
    std::uint32_t answer = 0;  ///< the answer that it came in
    bool number = false;       ///< its identity was a number
    bool told = false;         ///< that there is another one
  };
  std::unordered_map<Hash128, Seen, Hash128Hasher> seen_;  ///< by the hash of the identity
  std::uint32_t answers_ = 0;
  ListEnd end_;
  bool optional_ = false;
  bool missing_ = false;
  bool moved_ = false;  ///< an item came on two pages that do not overlap
  bool over_ = false;
  SparePages spares_;
};

/// Paths whose values must not be shown.
std::vector<std::string> secret_paths_of(const Resource& resource);

}  // namespace lockstep::rest
