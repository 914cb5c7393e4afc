#include "support/shelf.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstring>
#include <fstream>
#include <mutex>

#include "common/hash.h"
#include "format/json.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

class ShelfStream : public PageStream {
 public:
  std::optional<Page> next(Call&) override {
    const HeldShelf held = shelf();
    if (held->unreachable) throw Error(ErrorKind::Unreachable, "connection refused", "check the address");
    if (done_) return std::nullopt;
    done_ = true;
    Page page;
    page.body = std::make_unique<std::string>();
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (const auto& [id, text] : held->items) {
      places.emplace_back(page.body->size(), text.size());
      *page.body += text;
      page.body->append(kPagePadding, '\0');
    }
    std::size_t at = 0;
    for (const auto& [id, text] : held->items) {
      const std::string_view raw = std::string_view(*page.body).substr(places[at].first, places[at].second);
      ++at;
      page.records.push_back({page.arena.copy(id), raw, hash128(raw)});
    }
    return page;
  }
  void recycle(Page) override {}
  ListEnd end() const override { return {shelf()->broken.empty(), {}, shelf()->broken}; }

 private:
  bool done_ = false;
};

class ShelfProvider : public Provider {
 public:
  explicit ShelfProvider(bool has_key) : has_key_(has_key) {
    resource_.name = "book";
    resource_.can_create = true;
    resource_.can_update = true;
    resource_.account = shelf()->account;
  }
  std::span<const Resource> resources() const override { return {&resource_, 1}; }
  Credentials credentials() const override { return {has_key_, has_key_ ? "" : "SHELF_KEY"}; }
  void check(Call&) override {
    if (shelf()->unreachable) throw Error(ErrorKind::Unreachable, "connection refused");
  }
  std::unique_ptr<PageStream> list(const Resource&, const ListQuery&, Call&) override {
    tell("list");
    return std::make_unique<ShelfStream>();
  }
  std::optional<Document> get(const Resource&, std::string_view id, Call&) override {
    tell("get");
    const HeldShelf held = shelf();
    const auto found = held->items.find(std::string(id));
    if (found == held->items.end()) return std::nullopt;
    return Document{found->first, found->second};
  }
  Document create(const Resource&, const Json& body, Call&) override {
    const HeldShelf held = shelf();
    if (!held->takes_writes) throw Error(ErrorKind::Rejected, "the shelf is full");
    Json book = body;
    const std::string id = "n" + std::to_string(held->items.size() + 1);
    book["id"] = Json(id);
    held->items[id] = json::to_text(book);
    if (held->loses_answers) throw Error(ErrorKind::Corrupt, "the answer was cut").with_effect(Effect::Maybe);
    return {id, held->items[id]};
  }
  Document update(const Resource&, std::string_view id, const Json& changed, Call&) override {
    const HeldShelf held = shelf();
    if (!held->takes_writes || held->refuses == id) throw Error(ErrorKind::Rejected, "the shelf is glued");
    Json book = json::parse(held->items.at(std::string(id)));
    for (const auto& [key, value] : *changed.object()) book[key] = value;
    const std::int64_t* pages = book["pages"].integer();
    if (held->most_pages > 0 && pages != nullptr && *pages > held->most_pages) book["pages"] = Json(held->most_pages);
    held->items[std::string(id)] = json::to_text(book);
    return {std::string(id), held->items[std::string(id)]};
  }

 private:
  /// The test's function may wait, and others look at the shelf meanwhile.
  static void tell(std::string_view what) {
    const std::function<void(std::string_view)> before = shelf()->before;
    if (before) before(what);
  }

  bool has_key_;
  Resource resource_;
};

constexpr Option kShelfOptions[] = {
    {"api_key", OptionType::Text, nullptr, false, true, "SHELF_KEY", "the key"},
    {"timeout", OptionType::Duration, "30s", false, false, nullptr, "bound of one request"},
    {"rate", OptionType::Real, "10", false, false, nullptr, "requests a second"},
    {"folder", OptionType::Path, nullptr, false, false, nullptr, "a folder"},
};

Provider* make_shelf(const std::string&, const OptionValues& options, std::string& error) noexcept {
  return guarded_create<Provider>(error, [&]() -> std::unique_ptr<Provider> {
    ++shelf()->created;
    shelf()->timeout = options.text("timeout");
    return std::make_unique<ShelfProvider>(options.has("api_key"));
  });
}

const ProviderPlugin kShelfPlugin{{sizeof(ProviderPlugin), LOCKSTEP_INTERFACE_VERSION, "shelf", "1", "books", LOCKSTEP_FINGERPRINT,
                                   kShelfOptions, std::size(kShelfOptions)},
                                  make_shelf};

}  // namespace

WorkingDirectory::WorkingDirectory() : before_(fs::current_path()) { fs::current_path(path()); }

WorkingDirectory::~WorkingDirectory() { fs::current_path(before_); }

void WorkingDirectory::write(const std::string& path, const std::string& text) const {
  fs::create_directories((folder_.path() / path).parent_path());
  std::ofstream(folder_.path() / path, std::ios::binary) << text;
}

std::string WorkingDirectory::read(const std::string& path) const { return file_text(folder_.path() / path); }

HeldShelf shelf() {
  static Shelf instance;
  static std::recursive_mutex mutex;
  return {instance, mutex};
}

ShelfPlugins::ShelfPlugins() : registry_({fs::path(LOCKSTEP_BINARY_DIR) / "lib/lockstep/plugins"}) {}

const ProviderPlugin& ShelfPlugins::provider(std::string_view name) {
  const std::lock_guard lock(mutex_);
  asked.emplace_back(name);
  return name == "shelf" ? kShelfPlugin : registry_.provider(name);
}

const StorePlugin& ShelfPlugins::store(std::string_view name) {
  const std::lock_guard lock(mutex_);
  asked.emplace_back(name);
  return registry_.store(name);
}

void execute(const std::string& sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open("books.db", &database), SQLITE_OK);
  sqlite3_busy_timeout(database, 10'000);
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

void write_books(const WorkingDirectory& directory) {
  directory.write("config/lockstep.yaml", R"(stores: {main: {plugin: sqlite, path: "${BOOKS_DB:-books.db}"}}
providers: {library: {plugin: shelf, label: Library, api_key: "sesame-open-42"}}
syncs:
  books: {provider: library, resource: book, store: main, mapping: books.yaml, label: {one: book, many: books}, default: true,
          local_edits: replace}
commands:
  "books:sync": {run: import, syncs: [books], style: items, options: {book-id: id}}
)");
  directory.write("config/books.yaml", R"(table: books
key: {column: library_id, from: id}
label: title
fields:
  title: {type: text, required: true}
  pages: integer
)");
}

}  // namespace lockstep::test
