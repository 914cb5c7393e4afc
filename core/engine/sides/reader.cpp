#include "engine/sides/reader.h"

#include <algorithm>
#include <utility>

#include "mapping/sets.h"

namespace lockstep {
namespace {

/// Besides the one that the reader prepares: two pages in memory.
constexpr std::size_t kMostHeavyBatches = 1;
constexpr std::size_t kIdsPerPage = 50;
constexpr std::size_t kBytesPerPage = std::size_t{16} << 20U;

bool before(const Hash128& a, const Hash128& b) { return a.high != b.high ? a.high < b.high : a.low < b.low; }

}  // namespace

Hash128 seeded_hash(const Hash128& raw, std::uint64_t seed) { return hash128({reinterpret_cast<const char*>(&raw), sizeof raw}, seed); }

KnownRecords::KnownRecords(const Links& links) {
  entries_.reserve(links.size());
  for (std::size_t i = 0; i < links.size(); ++i) {
    entries_.push_back({hash128(links[i].remote_id), links[i].remote_hash, static_cast<std::uint32_t>(i)});
  }
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return before(a.id, b.id); });
}

const KnownRecords::Entry* KnownRecords::find(std::string_view remote_id) const {
  const Hash128 id = hash128(remote_id);
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), id,
                                      [](const Entry& entry, const Hash128& wanted) { return before(entry.id, wanted); });
  return found != entries_.end() && found->id == id ? &*found : nullptr;
}

IdStream::IdStream(Provider& provider, const Resource& resource, std::vector<std::string> ids)
    : provider_(provider), resource_(resource), ids_(std::move(ids)) {}

std::optional<Page> IdStream::next(Call& call) {
  std::vector<Document> documents;
  std::size_t bytes = 0;
  for (; next_ < ids_.size() && documents.size() < kIdsPerPage && bytes < kBytesPerPage; ++next_) {
    try {
      if (auto document = provider_.get(resource_, ids_[next_], call)) {
        bytes += document->json.size();
        documents.push_back(std::move(*document));
      } else {
        missing_.push_back(ids_[next_]);
      }
      answered_ = true;
      reachability_.answered();
    } catch (const Error& failure) {
      reachability_.met(failure);
      if (scope_of(failure) != Scope::Record || reachability_.lost()) throw;
      failures_.push_back(failure);
      failures_.back().at(resource_.name + " " + ids_[next_]);
    }
  }
  if (!answered_ && !failures_.empty()) throw failures_.front();
  if (documents.empty() && failures_.empty()) return std::nullopt;
  Page page;
  for (const Error& failure : std::exchange(failures_, {})) page.problems.emplace_back(failure.what());
  for (const Document& document : documents) {
    char* text = page.arena.allocate(document.json.size() + kPagePadding);
    std::copy(document.json.begin(), document.json.end(), text);
    std::fill_n(text + document.json.size(), kPagePadding, '\0');
    const std::string_view raw{text, document.json.size()};
    page.records.push_back({page.arena.copy(document.id), raw, hash128(raw)});
  }
  return page;
}

ListEnd IdStream::end() const { return {next_ == ids_.size(), {}, "not every record was asked for"}; }

Reader::Reader(PageStream& stream, Call& call, Settings settings) : stream_(stream), call_(call), settings_(settings) {
  thread_ = std::thread([this] { work(); });
}

Reader::~Reader() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Reader::work() {
  try {
    while (true) {
      std::optional<Page> page = stream_.next(call_);
      std::unique_lock lock(mutex_);
      answered_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return begun_ || cancelled_; });
      if (cancelled_ || !page) break;
      lock.unlock();
      push(classify(std::move(*page)));
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  answered_ = done_ = true;
  changed_.notify_all();
}

Batch Reader::classify(Page page) {
  Batch batch;
  batch.records.reserve(page.records.size());
  std::optional<Mapper> mapper;
  bool light = page.problems.empty();
  const bool keeps_all = is_first_before_the_rows();
  for (const Record& record : page.records) {
    ReadRecord& out = batch.records.emplace_back();
    out.hash = seeded_hash(hash_of_record(*settings_.mapping, record.raw, record.hash), settings_.seed);
    const KnownRecords::Entry* known = known_.find(record.id);
    if (known != nullptr) out.link = known->link;
    out.unchanged = known != nullptr && !settings_.force && record.trouble.empty() && known->remote_hash == out.hash;
    if (out.unchanged && !keeps_all && !is_wanted(out.link)) continue;
    light = false;
    out.raw = record.raw;
    if (out.unchanged) continue;
    out.id = record.id;
    if (const auto named = peek_.scalar(record.raw, settings_.account)) out.organisation = page.arena.copy(*named);
    out.corrupt = record.trouble;
    if (!settings_.map_ahead || !out.corrupt.empty()) continue;
    if (!mapper) mapper.emplace(*settings_.mapping);
    map(*mapper, out, page.arena);
  }
  if (light) {
    stream_.recycle(std::move(page));
  } else {
    batch.page = std::move(page);
  }
  return batch;
}

/// The rows are still being looked at: of the first page, which may be the only one, everything is kept. Others do not wait for them.
bool Reader::is_first_before_the_rows() {
  const std::lock_guard lock(mutex_);
  return !std::exchange(classified_, true) && !wanted_;
}

bool Reader::is_wanted(std::uint32_t link) {
  const std::lock_guard lock(mutex_);
  return wanted_ && link < wanted_->size() && (*wanted_)[link];
}

void Reader::map(Mapper& mapper, ReadRecord& record, Arena& arena) {
  record.row = arena.make<Value>(settings_.mapping->fields().size());
  try {
    record.problems = mapper.map(record.raw, record.row, arena);
    record.unread = mapper.unread();
    record.mapped = true;
    const std::span<std::string_view> keys = arena.make<std::string_view>(mapper.names().size());
    std::copy(mapper.names().begin(), mapper.names().end(), keys.begin());
    record.keys = keys;
    const bool own_id = record.row[0].tag() == Value::Tag::Text && record.row[0].as_view() == record.id;
    const bool row_is_final = settings_.final_rows && own_id && record.unread.empty();
    if (row_is_final) record.row_hash = hash_row(record.row);
    mask(record, row_is_final, arena);
  } catch (const Error& failure) {
    record.corrupt = failure.what();
  }
}

/// What the state will keep of the record, should it be written.
void Reader::mask(ReadRecord& record, bool row_is_final, Arena& arena) {
  const SecretPaths& secrets = *settings_.secrets;
  const auto masked = secrets.masked_document(record.raw, arena);
  record.may_hold_secrets = masked.has_value();
  record.masked = masked ? masked->text : record.raw;
  if (masked && row_is_final) record.masked_row = secrets.mask_row(record.row, masked->members, arena);
}

void Reader::push(Batch batch) {
  std::unique_lock lock(mutex_);
  const bool heavy = !batch.page.records.empty() || !batch.page.problems.empty();
  if (heavy) {
    const auto is_wanted = [this] { return heavy_ < kMostHeavyBatches || cancelled_; };
    // Whoever writes is behind: some of the work on what comes next is done here.
    for (auto record = batch.records.begin(); record != batch.records.end() && !is_wanted(); ++record) {
      if (record->masked.empty()) continue;
      lock.unlock();
      record->packed = packer_.pack(record->masked, batch.page.arena);
      lock.lock();
    }
    changed_.wait(lock, is_wanted);
    ++heavy_;
  }
  ready_.push_back(std::move(batch));
  changed_.notify_all();
}

void Reader::wait_for_answer() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return answered_; });
  if (failure_) std::rethrow_exception(failure_);
}

void Reader::begin(KnownRecords known) {
  {
    const std::lock_guard lock(mutex_);
    known_ = std::move(known);
    begun_ = true;
  }
  changed_.notify_all();
}

void Reader::want(std::vector<bool> links) {
  const std::lock_guard lock(mutex_);
  wanted_ = std::move(links);
}

std::optional<Batch> Reader::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || done_; });
  if (ready_.empty()) {
    if (failure_) std::rethrow_exception(failure_);
    return std::nullopt;
  }
  Batch batch = std::move(ready_.front());
  ready_.pop_front();
  return batch;
}

bool Reader::ready_within(Millis patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return !ready_.empty() || done_; });
}

void Reader::recycle(Batch batch) {
  if (batch.page.records.empty() && batch.page.problems.empty()) return;
  stream_.recycle(std::move(batch.page));
  {
    const std::lock_guard lock(mutex_);
    --heavy_;
  }
  changed_.notify_all();
}

}  // namespace lockstep
