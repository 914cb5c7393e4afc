// RestStream: one walk over a list: asks, slices, drops what came before, adapts the page size.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "rest/paging.h"
#include "rest/session.h"
#include "rest/slice.h"
#include "sdk/provider.h"

namespace lockstep::rest {

class RestStream : public PageStream {
 public:
  /// `endpoint` belongs to the session's spec.
  RestStream(std::shared_ptr<Session> session, const RestResource& endpoint, std::size_t page_size);

  std::optional<Page> next(Call& call) override;
  void recycle(Page page) override;
  ListEnd end() const override { return end_; }

 private:
  Page spare();
  void fetch(const Parameters& parameters, Page& page, Call& call);
  void fill(Page& page);

  std::shared_ptr<Session> session_;
  const RestResource& endpoint_;
  SliceQuery query_;
  std::vector<std::string> secret_paths_;
  std::unique_ptr<Pager> pager_;
  Slicer slicer_;
  Slice slice_;
  PageFacts facts_;
  std::unordered_set<Hash128, Hash128Hasher> seen_;  ///< hashes of ids
  ListEnd end_;
  bool over_ = false;
  std::mutex spares_mutex_;
  std::vector<Page> spares_;
};

/// Paths whose values must not be shown.
std::vector<std::string> secret_paths_of(const Resource& resource);

}  // namespace lockstep::rest
