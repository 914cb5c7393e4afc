// The mock provider: a list of models without an API. It is a file that holds a JSON array of objects, each with an "id": read again for
// every list, cut into records without parsing them. For development, where no key is at hand.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <unordered_set>

#include "common/error.h"
#include "format/json.h"
#include "rest/slice.h"
#include "sdk/plugin.h"

namespace lockstep::mock {
namespace {

constexpr std::size_t kPageSize = 500;

/// The whole file and the padding that a page owes. Throws Error{Unreachable}: for Lockstep the file is the remote side.
std::unique_ptr<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorKind::Unreachable, path + " cannot be read", "check the provider's `path`");
  auto text = std::make_unique<std::string>(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  text->append(kPagePadding, '\0');
  return text;
}

/// Cuts the array into its objects. Throws Error{Corrupt} for what is not one whole array.
void cut(const std::string& text, Arena& arena, rest::Slice& slice) {
  rest::SliceQuery query;
  query.key = {"id"};
  rest::Slicer().cut(std::string_view(text).substr(0, text.size() - kPagePadding), query, arena, slice);
}

class FileStream : public PageStream {
 public:
  FileStream(std::string path, std::size_t page_size) : path_(std::move(path)), page_size_(page_size == 0 ? kPageSize : page_size) {
    end_.why = "the list was not read to its end";
    end_.scope = Hasher().text("mock").text(path_).digest();
  }

  std::optional<Page> next(Call& call) override {
    if (over_) return std::nullopt;
    try {
      if (call.stop.stop_requested()) throw Error(ErrorKind::Interrupted, "Interrupted");
      if (call.deadline.over()) throw Error(ErrorKind::Unreachable, "no time left to read " + path_);
      if (!text_) open();
      if (Page page = take(); !page.records.empty() || !page.problems.empty()) return page;
    } catch (const Error& error) {
      over_ = true;
      end_.why = error.message();
      throw;
    }
    over_ = true;
    end_.complete = true;
    end_.why.clear();
    return std::nullopt;
  }

  void recycle(Page) override {}
  ListEnd end() const override { return end_; }

 private:
  void open() {
    text_ = read_file(path_);
    cut(*text_, arena_, slice_);
  }

  /// The next items, copied into a body of their own: a page may outlive the next one.
  Page take() {
    Page page;
    page.body = std::make_unique<std::string>();
    std::swap(page.problems, slice_.problems);
    const std::size_t last = std::min(slice_.items.size(), at_ + page_size_);
    std::size_t bytes = kPagePadding;
    for (std::size_t i = at_; i < last; ++i) bytes += slice_.items[i].raw.size() + kPagePadding;
    page.body->reserve(bytes);
    for (; at_ < last; ++at_) {
      const rest::Item& item = slice_.items[at_];
      if (!seen_.emplace(item.id).second) {
        page.problems.push_back("the id \"" + std::string(item.id) + "\" is there twice");
        continue;
      }
      const std::size_t from = page.body->size();
      page.body->append(item.raw);
      page.records.push_back({page.arena.copy(item.id), std::string_view(*page.body).substr(from), hash128(item.raw)});
      page.body->append(kPagePadding, '\0');
    }
    return page;
  }

  std::string path_;
  std::size_t page_size_;
  std::unique_ptr<std::string> text_;
  Arena arena_;
  rest::Slice slice_;
  std::size_t at_ = 0;
  std::unordered_set<std::string> seen_;
  ListEnd end_;
  bool over_ = false;
};

class MockModels : public Provider {
 public:
  explicit MockModels(std::string path) : path_(std::move(path)) {
    resource_.name = "model";
    resource_.label = "id";
    resource_.read_only = {"id"};
  }

  std::span<const Resource> resources() const override { return {&resource_, 1}; }
  Credentials credentials() const override { return {true, ""}; }
  void check(Call&) override { read_file(path_); }
  std::unique_ptr<PageStream> list(const Resource&, const ListQuery& query, Call&) override {
    return std::make_unique<FileStream>(path_, query.page_size);
  }

  std::optional<Document> get(const Resource&, std::string_view id, Call&) override {
    const auto text = read_file(path_);
    Arena arena;
    rest::Slice slice;
    cut(*text, arena, slice);
    for (const rest::Item& item : slice.items) {
      if (item.id == id) return Document{std::string(id), std::string(item.raw)};
    }
    return std::nullopt;
  }

  Document create(const Resource&, const Json&, Call&) override { refuse(); }
  Document update(const Resource&, std::string_view, const Json&, Call&) override { refuse(); }

 private:
  [[noreturn]] void refuse() const { throw Error(ErrorKind::Invalid, path_ + " is only read"); }

  std::string path_;
  Resource resource_;
};

constexpr Option kOptions[] = {
    {"path", OptionType::Path, nullptr, true, false, nullptr, "the file with the models: a JSON array of objects with an id"}};

Provider* create(const std::string&, const OptionValues& options, std::string& error) noexcept {
  return guarded_create<Provider>(error, [&] {
    if (!options.has("path")) throw Error(ErrorKind::Invalid, "the provider has no `path`", "name a file that holds a JSON array");
    return std::make_unique<MockModels>(options.text("path"));
  });
}

}  // namespace
}  // namespace lockstep::mock

LOCKSTEP_EXPORT_PROVIDER("mock", "1.0.0", "models of a JSON file, for development", lockstep::mock::kOptions, lockstep::mock::create)
