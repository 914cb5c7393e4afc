#include "rest/join.h"

#include "common/text.h"
#include "rest/raw.h"

namespace lockstep::rest {
namespace {

/// So many answers of the largest size may the other lists hold together, for they are kept whole.
constexpr std::size_t kAnswersKept = 8;

}  // namespace

JoinedStream::JoinedStream(std::shared_ptr<Session> session, const RestResource& endpoint, std::size_t page_size, const Limits& limits)
    : session_(std::move(session)),
      endpoint_(endpoint),
      page_size_(page_size),
      limits_(limits),
      first_(session_, endpoint.list, endpoint.resource.key, secret_paths_of(endpoint.resource), page_size, limits),
      end_(first_.end()) {
  for (const JoinSpec& join : endpoint_.joins) end_.scope = Hasher().text(end_.scope.hex()).text(join.list.path).digest();
}

void JoinedStream::keep(const Record& record, bool adds) {
  kept_bytes_ += record.raw.size() + record.id.size() + sizeof(Layers);
  if (kept_bytes_ > limits_.answer_bytes * kAnswersKept) {
    throw Error(ErrorKind::Corrupt,
                "the lists that are laid over " + endpoint_.list.path + " are larger than " +
                    std::to_string(limits_.answer_bytes * kAnswersKept >> 20U) + " MiB",
                "if they are that large, raise the provider's max_answer_mib");
  }
  Layers& layers = others_[std::string(record.id)];
  layers.texts.emplace_back(record.raw);
  layers.adds = layers.adds || adds;
}

void JoinedStream::read(const JoinSpec& join, Call& call) {
  const std::string& key = join.key.empty() ? endpoint_.resource.key : join.key;
  RestStream stream(session_, join.list, key, secret_paths_of(endpoint_.resource), page_size_, limits_, join.optional);
  while (auto page = stream.next(call)) {
    for (const Record& record : page->records) {
      if (!record.trouble.empty())
        throw Error(ErrorKind::Corrupt, join.list.path + ": " + std::string(record.id) + ": " + std::string(record.trouble));
      keep(record, join.adds);
    }
    for (const std::string& problem : page->problems) problems_.push_back(join.list.path + ": " + problem);
    stream.recycle(std::move(*page));
  }
  if (!stream.end().complete) throw Error(ErrorKind::Corrupt, join.list.path + ": " + stream.end().why);
  // Without one of its lists it is another list: what is missing then says nothing.
  if (stream.missing()) end_.scope = Hasher().text(end_.scope.hex()).text("without " + join.list.path).digest();
}

void JoinedStream::read_all(Call& call) {
  if (read_) return;
  for (const JoinSpec& join : endpoint_.joins) read(join, call);
  read_ = true;
}

bool JoinedStream::append(Page& page, std::string_view id, const std::vector<std::string_view>& layers, std::vector<std::size_t>& starts) {
  const std::size_t start = page.body->size();
  try {
    overlay(layers, *page.body);
  } catch (const Error& error) {
    page.body->resize(start);
    page.problems.push_back("item " + printable(id) + " of the answer: " + error.message());
    return false;
  }
  char* const copy = page.arena.allocate(id.size());
  id.copy(copy, id.size());
  page.records.push_back({std::string_view(copy, id.size()), {}, {}});
  starts.push_back(start);
  return true;
}

void JoinedStream::seal(Page& page, const std::vector<std::size_t>& starts) {
  const std::size_t size = page.body->size();
  page.body->append(kPagePadding, '\0');
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : size;
    page.records[i].raw = std::string_view(*page.body).substr(starts[i], end - starts[i]);
    page.records[i].hash = hash128(page.records[i].raw);
  }
}

Page JoinedStream::joined(Page page) {
  Page out = spares_.take();
  out.body->clear();
  out.problems = std::move(page.problems);
  std::vector<std::size_t> starts;
  for (const Record& record : page.records) {
    if (!record.trouble.empty()) {
      starts.push_back(out.body->size());
      out.records.push_back({out.arena.copy(record.id), {}, {}, out.arena.copy(record.trouble)});
      continue;
    }
    std::vector<std::string_view> layers{record.raw};
    if (const auto other = others_.find(record.id); other != others_.end()) {
      other->second.used = true;
      layers.insert(layers.end(), other->second.texts.begin(), other->second.texts.end());
    }
    append(out, record.id, layers, starts);
  }
  out.problems.insert(out.problems.end(), problems_.begin(), problems_.end());
  problems_.clear();
  seal(out, starts);
  first_.recycle(std::move(page));
  return out;
}

std::optional<Page> JoinedStream::added() {
  Page out = spares_.take();
  out.body->clear();
  std::vector<std::size_t> starts;
  for (const auto& [id, layers] : others_) {
    if (!layers.used && layers.adds) append(out, id, {layers.texts.begin(), layers.texts.end()}, starts);
  }
  out.problems.insert(out.problems.end(), problems_.begin(), problems_.end());
  problems_.clear();
  seal(out, starts);
  if (out.records.empty() && out.problems.empty()) return std::nullopt;
  return out;
}

std::optional<Page> JoinedStream::next(Call& call) {
  if (over_) return std::nullopt;
  try {
    if (auto page = first_.next(call)) {
      read_all(call);
      return joined(std::move(*page));
    }
    over_ = true;
    if (!first_.end().complete) {
      end_.why = first_.end().why;
      return std::nullopt;
    }
    read_all(call);
  } catch (const Error& error) {
    over_ = true;
    end_.why = error.message();
    throw;
  }
  end_.why.clear();
  end_.complete = true;
  return added();
}

}  // namespace lockstep::rest
