// A catalogue for tests: lists given by the test, a real SQLite file through the plugin, whole runs of the engine.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/scratch_folder.h"
#include "engine/engine.h"
#include "engine/sqlite_file.h"
#include "format/json.h"
#include "state/state.h"

namespace lockstep::test {

/// Serves one list. What a get answers is never needed: a list concludes by itself.
class ListProvider : public Provider {
 public:
  ListProvider() {
    resource_.name = "model";
    resource_.label = "id";
  }
  std::span<const Resource> resources() const override { return {&resource_, 1}; }
  Credentials credentials() const override { return {true, ""}; }
  void check(Call&) override {}
  std::unique_ptr<PageStream> list(const Resource&, const ListQuery&, Call&) override {
    ++lists;
    return std::make_unique<Stream>(*this);
  }
  std::optional<Document> get(const Resource&, std::string_view id, Call&) override {
    ++gets;
    for (const std::string& record : records) {
      if (json::parse(record).text_at("id") == id) return Document{std::string(id), record};
    }
    return std::nullopt;
  }
  Document create(const Resource&, const Json&, Call&) override { throw Error(ErrorKind::Invalid, "read only"); }
  Document update(const Resource&, std::string_view, const Json&, Call&) override { throw Error(ErrorKind::Invalid, "read only"); }

  std::vector<std::string> records;
  std::string account = "one";  ///< another one: another scope
  bool complete = true;
  std::size_t page_size = 0;         ///< records of a page, which is read by its number; 0: all of them
  std::function<void()> after_page;  ///< once, when the first page has been read
  int gets = 0;
  int lists = 0;

 private:
  class Stream : public PageStream {
   public:
    explicit Stream(ListProvider& of) : of_(of) {}
    std::optional<Page> next(Call&) override {
      if (over_) return std::nullopt;
      Page page;
      const std::size_t end = of_.page_size == 0 ? of_.records.size() : std::min(at_ + of_.page_size, of_.records.size());
      for (; at_ < end; ++at_) add_record(page, json::parse(of_.records[at_]).text_at("id"), of_.records[at_]);
      over_ = at_ == of_.records.size();
      if (!over_ && of_.after_page) std::exchange(of_.after_page, nullptr)();
      return page;
    }
    void recycle(Page) override {}
    ListEnd end() const override { return {of_.complete, hash128(of_.account), of_.complete ? "" : "the connection broke"}; }

   private:
    ListProvider& of_;
    std::size_t at_ = 0;
    bool over_ = false;
  };
  Resource resource_;
};

/// One database; a sync for each provider name, all of one table.
class CatalogueWorld {
 public:
  /// The mapping of rows of `provider`.
  std::shared_ptr<const Mapping> mapping(const std::string& provider) {
    const std::string text = "table: models\nwhere: {provider: " + provider + "}\n" + R"(
key: {column: model_id, from: id}
read_only: true
fields:
  status: {type: text, default: active}
  ends_on: {from: ends_on, type: text}
  window: integer
  aliases: json
  raw: {from: $, type: json}
on_missing: {set: {status: no_longer_listed}}
events:
  table: model_events
  copy: [provider, model_id]
  rules:
    added: {on: insert}
    no_longer_listed: {on: missing}
    reappeared: {on: return}
    announced: {on: set, columns: [ends_on]}
    withdrawn: {on: clear, columns: [ends_on]}
    moved: {on: change, columns: [ends_on]}
    retargeted: {on: moved_element, columns: [aliases]}
    changed: {on: change, except: [raw]}
)";
    yaml::Problems problems;
    auto mapping = std::make_shared<const Mapping>(
        Mapping::load(yaml::load_text(text, "m.yaml", {}, problems), provider_.resources()[0], {}, problems));
    EXPECT_EQ(problems.errors(), std::vector<std::string>{});
    return mapping;
  }

  SyncReport run(RunOptions options = {}, const std::string& provider = "openai") {
    Sync sync;
    sync.name = provider + "-models";
    sync.nouns = {"model", "models", provider};
    sync.provider = &provider_;
    sync.resource = &provider_.resources()[0];
    sync.store = store_.get();
    sync.mapping = mapping(provider);
    Observer nobody;
    return Engine(system_clock(), {}).run(sync, options, nobody);
  }

  /// Cells of a query over one table, each row joined by blanks.
  std::vector<std::string> rows(const std::string& table, const std::vector<std::string>& columns, const std::string& order = "id") {
    return rows_of(*store_, table, columns, order, " ");
  }
  std::vector<std::string> models() { return rows("models", {"provider", "model_id", "status"}, "model_id"); }
  std::vector<std::string> events() { return rows("model_events", {"model_id", "event", "field", "old_value", "new_value"}); }
  std::size_t journal() { return rows("lockstep_change", {"id"}).size(); }

  void list(const std::vector<std::string>& ids) {
    provider_.records.clear();
    for (const std::string& id : ids) provider_.records.push_back(R"({"id":")" + id + R"("})");
  }
  ListProvider& provider() { return provider_; }
  Store& store() { return *store_; }

 private:
  ScratchFolder folder_{"catalogue"};
  ListProvider provider_;
  std::unique_ptr<Store> store_ = open_sqlite(folder_.path());
};

}  // namespace lockstep::test
