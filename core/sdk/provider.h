// Provider: the door to a remote API. It has no delete. Abilities arrive as data on Resource.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/error.h"
#include "common/hash.h"
#include "data/json.h"
#include "data/record.h"
#include "data/resource.h"
#include "sdk/call.h"

namespace lockstep {

struct Credentials {
  bool present = false;
  std::string missing;  ///< the variable to set, when not present
};

struct ListQuery {
  std::size_t page_size = 0;  ///< 0: the provider's own choice
};

/// How a list ended. Only a complete one permits conclusions about what is missing.
struct ListEnd {
  bool complete = false;
  Hash128 scope;    ///< of credentials and query: lists of different scopes are not comparable
  std::string why;  ///< why it is not complete, for people
};

/// One walk over a resource. One thread at a time; it may be another one than the provider's other calls.
class PageStream {
 public:
  virtual ~PageStream() = default;
  /// The next page, or nullopt at the end. Ids are unique over the whole walk. Throws Error; the walk is then over and not complete.
  virtual std::optional<Page> next(Call& call) = 0;
  /// Gives a page's buffers back for reuse. Any thread.
  virtual void recycle(Page page) = 0;
  /// Valid after next() returned nullopt or threw.
  virtual ListEnd end() const = 0;
};

/// All members may be called from several threads at once. Every error is an Error whose text holds no secret.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual std::span<const Resource> resources() const = 0;
  virtual Credentials credentials() const = 0;  ///< no network
  /// One cheap request that proves key and address.
  virtual void check(Call& call) = 0;
  virtual std::unique_ptr<PageStream> list(const Resource& resource, const ListQuery& query, Call& call) = 0;
  /// nullopt on a 404 that is the API's own.
  virtual std::optional<Document> get(const Resource& resource, std::string_view id, Call& call) = 0;
  /// The item as the API has it now: its answer, or what a get() after it gave where the answer was not the item. An empty `json` says that
  /// the write took place and that nothing is known of the item: it is to be read again. An answer may hold a part of the item alone: what
  /// it does not name is unknown. On Error, Error::effect() says whether the item may exist now.
  virtual Document create(const Resource& resource, const Json& body, Call& call) = 0;
  /// `changed`: top-level keys, each whole; everything else stays. The answer is as that of create().
  virtual Document update(const Resource& resource, std::string_view id, const Json& changed, Call& call) = 0;
};

}  // namespace lockstep
