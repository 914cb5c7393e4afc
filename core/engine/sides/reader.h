// Reader: the thread that fetches pages, tells what is unchanged by its hash alone, and maps the rest ahead of the thread that writes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/sides/fault.h"
#include "engine/sides/secrets.h"
#include "format/peek.h"
#include "mapping/mapping.h"
#include "sdk/provider.h"
#include "state/document.h"
#include "state/state.h"

namespace lockstep {

inline constexpr std::uint32_t kNoIndex = UINT32_MAX;

/// Hash of a raw record under a run's fingerprint: what a link remembers.
Hash128 seeded_hash(const Hash128& raw, std::uint64_t seed);

/// The links as the reader needs them, frozen when reading begins: 40 bytes each, so that the writer may go on changing the real ones.
class KnownRecords {
 public:
  KnownRecords() = default;
  explicit KnownRecords(const Links& links);
  struct Entry {
    Hash128 id;
    Hash128 remote_hash;
    std::uint32_t link;
  };
  const Entry* find(std::string_view remote_id) const;

 private:
  std::vector<Entry> entries_;  ///< sorted by id
};

struct ReadRecord {
  std::string_view id;            ///< empty when unchanged (the link has it)
  std::string_view raw;           ///< empty when unchanged, unless it was asked for (Reader::want)
  std::string_view organisation;  ///< that the document names, where it was read; empty: none
  std::string_view masked;        ///< raw with its secrets masked; empty: not known
  std::string_view packed;        ///< that, as a base keeps it; empty: not known
  Hash128 hash;                   ///< of the raw record, seeded with the run's fingerprint
  std::uint32_t link = kNoIndex;
  bool unchanged = false;
  bool may_hold_secrets = true;
  bool mapped = false;  ///< `row` is filled, `problems` say what a rule refused
  std::span<Value> row;
  std::span<const Value> masked_row;       ///< SecretPaths::mask_row() of `row` when that is final and may hold secrets; else empty
  Hash128 row_hash;                        ///< of `row` when it is final; else zero
  std::span<const std::string_view> keys;  ///< literals of raw's top-level keys
  std::vector<FieldProblem> problems;
  std::vector<FieldProblem> unread;  ///< Mapper::unread()
  std::string corrupt;               ///< why the raw text is no record, empty when it is one
};

struct Batch {
  Page page;  ///< empty when every record is unchanged
  std::vector<ReadRecord> records;
};

/// The records of some ids, one request each, as a stream of pages.
class IdStream : public PageStream {
 public:
  IdStream(Provider& provider, const Resource& resource, std::vector<std::string> ids);
  std::optional<Page> next(Call& call) override;
  void recycle(Page) override {}
  ListEnd end() const override;
  /// Ids that a 404 denied.
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  Provider& provider_;
  const Resource& resource_;
  std::vector<std::string> ids_;
  std::size_t next_ = 0;
  std::vector<std::string> missing_;
  std::vector<Error> failures_;  ///< of single ids, not told yet
  bool answered_ = false;
  Reachability reachability_;
};

class Reader {
 public:
  struct Settings {
    const Mapping* mapping = nullptr;
    const SecretPaths* secrets = nullptr;
    bool map_ahead = true;             ///< false when hooks must see the record before the mapping does
    bool final_rows = false;           ///< nothing changes a row after its mapping
    bool force = false;                ///< nothing counts as unchanged
    std::vector<std::string> account;  ///< keys of the path of the organisation; empty: documents do not tell
    std::uint64_t seed = 0;            ///< fingerprint of mapping, hooks and configuration
  };

  /// Starts fetching at once. `stream` and `call` must outlive the reader.
  Reader(PageStream& stream, Call& call, Settings settings);
  ~Reader();

  /// Blocks until the remote has answered once; throws what it answered when that was an error.
  void wait_for_answer();
  /// Lets the reader go on: until then it holds the first page back.
  void begin(KnownRecords known);
  /// Of which links, by their index, the record is needed though it is unchanged: their rows are not. What is read before this is said,
  /// and behind the first page, is not kept.
  void want(std::vector<bool> links);
  /// The next batch in the order of the list, or nullopt at the end. Throws what ended the list early.
  std::optional<Batch> next();
  /// Waits up to `patience`; false when next() would wait still longer.
  bool ready_within(Millis patience);
  /// Gives the buffers of a finished batch back.
  void recycle(Batch batch);

 private:
  void work();
  Batch classify(Page page);
  bool is_first_before_the_rows();
  bool is_wanted(std::uint32_t link);
  void map(Mapper& mapper, ReadRecord& record, Arena& arena);
  void mask(ReadRecord& record, bool row_is_final, Arena& arena);
  void push(Batch batch);

  PageStream& stream_;
  Call& call_;
  Settings settings_;
  KnownRecords known_;
  DocumentPacker packer_;
  json::Peek peek_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> ready_;
  std::optional<std::vector<bool>> wanted_;
  std::size_t heavy_ = 0;    ///< batches with a page that are ready or being worked on
  bool classified_ = false;  ///< a page
  bool answered_ = false, begun_ = false, done_ = false, cancelled_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace lockstep
