// Rows that the application changes: sent soon, once, after a restart too, and not again and again where they cannot be sent.
#include "serve/watcher.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "office.h"

namespace lockstep::serve {
namespace {

using namespace std::chrono_literals;
using test::execute;
using test::OfficeTest;
using test::shelf;
using ::testing::HasSubstr;

class Watching : public OfficeTest {
 protected:
  void watch() {
    write_books(directory_);
    std::string text = directory_.read("config/lockstep.yaml");
    text.insert(text.find("local_edits: replace"), "watch: true, ");
    directory_.write("config/lockstep.yaml", text);
  }
  void SetUp() override {
    OfficeTest::SetUp();
    watch();
    run(Mode::Import);
  }
  std::size_t exports() {
    std::size_t count = 0;
    for (const auto& job : service().jobs().list()) count += job.by == "row change" ? 1 : 0;
    return count;
  }
  bool idle() {
    const auto jobs = service().jobs().list();
    return std::all_of(jobs.begin(), jobs.end(), [](const auto& job) { return job.ended(); });
  }
  static bool holds(const std::string& id, const std::string& text) {
    const auto held = shelf();
    const auto found = held->items.find(id);
    return found != held->items.end() && found->second.find(text) != std::string::npos;
  }
};

TEST_F(Watching, AnEditedRowIsSentWithinAMoment) {
  service().begin_work();
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(exports(), 0U);
  const auto begin = std::chrono::steady_clock::now();
  execute("UPDATE books SET title = 'Emma, edited' WHERE library_id = 'b1'");
  EXPECT_TRUE(soon([&] { return exports() == 1 && idle(); }));
  EXPECT_TRUE(holds("b1", "Emma, edited"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_THAT(json(ask("GET", "/api/v1/runs")).find("items")->array()->front().text_at("by"), "row change");
}

TEST_F(Watching, WhatItSendsItselfStartsNothing) {
  service().begin_work();
  execute("UPDATE books SET title = 'Emma, edited' WHERE library_id = 'b1'");
  ASSERT_TRUE(soon([&] { return exports() == 1 && idle(); }));
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(exports(), 1U);
  EXPECT_TRUE(soon([&] { return service().watcher().look("books")->pending == 0; }));
}

TEST_F(Watching, ANewRowBecomesAnItem) {
  service().begin_work();
  execute("INSERT INTO books (title, pages) VALUES ('Persuasion', 30)");
  ASSERT_TRUE(soon([&] { return exports() == 1 && idle(); }));
  EXPECT_EQ(shelf()->items.size(), 3U);
}

TEST_F(Watching, AnEditMadeWhileNobodyWatchedIsSentAfterTheStart) {
  execute("UPDATE books SET title = 'Overnight' WHERE library_id = 'b2'");
  service().begin_work();
  EXPECT_TRUE(soon([&] { return exports() == 1 && idle(); }));
  EXPECT_TRUE(holds("b2", "Overnight"));
}

TEST_F(Watching, AnEditDuringARunIsSentByTheNext) {
  std::atomic<bool> first = true;
  shelf()->before = [&](std::string_view what) {
    if (what == "get" && first.exchange(false)) execute("UPDATE books SET title = 'Second' WHERE library_id = 'b1'");
  };
  service().begin_work();
  execute("UPDATE books SET title = 'First' WHERE library_id = 'b1'");
  EXPECT_TRUE(soon([&] { return idle() && holds("b1", "Second"); }));
}

TEST_F(Watching, RowsThatCannotBeSentAreNotTriedAllTheTime) {
  shelf()->takes_writes = false;
  service().begin_work();
  execute("UPDATE books SET title = 'In vain' WHERE library_id = 'b1'");
  ASSERT_TRUE(soon([&] { return exports() == 1 && idle(); }));
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(exports(), 1U);
  EXPECT_EQ(service().watcher().look("books")->pending, 1U);
  // Another edit is no reason to wait.
  shelf()->takes_writes = true;
  execute("UPDATE books SET title = 'At last' WHERE library_id = 'b2'");
  EXPECT_TRUE(soon([&] { return idle() && holds("b2", "At last") && holds("b1", "In vain"); }));
}

TEST_F(Watching, MoreThanARunWouldSendAtOnceIsNotSentByNames) {
  for (int i = 3; i <= 14; ++i) {
    const std::string id = "b" + std::to_string(i);
    shelf()->items[id] = R"({"id":")" + id + R"(","title":"Emma","pages":10})";
  }
  run(Mode::Import);
  service().begin_work();
  execute("UPDATE books SET title = 'All the same' WHERE library_id <> 'b1'");
  ASSERT_TRUE(soon([&] { return exports() == 1 && idle(); }));
  for (const auto& job : service().jobs().list())
    EXPECT_THAT(json::to_text(operations::to_json(job)), HasSubstr("this run would change 13 of 14"));
  EXPECT_FALSE(holds("b2", "All the same"));
}

TEST_F(Watching, ARowThatIsRefusedBesideOthersIsNotSentAgainAtOnce) {
  shelf()->refuses = "b2";
  service().begin_work();
  execute("UPDATE books SET title = title || ', edited'");
  ASSERT_TRUE(soon([&] { return exports() == 1 && idle(); }));
  EXPECT_TRUE(holds("b1", "edited"));
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(exports(), 1U);
  EXPECT_EQ(service().watcher().look("books")->pending, 1U);
  EXPECT_NE(service().watcher().look("books")->retry_at, 0);
}

TEST_F(Watching, AFileThatTakesThePlaceOfTheDatabaseIsLookedAt) {
  service().begin_work();
  ASSERT_TRUE(soon([&] { return service().watcher().look("books").has_value(); }));
  std::filesystem::copy_file("books.db", "restored.db");
  std::filesystem::rename("restored.db", "books.db");
  execute("UPDATE books SET title = 'Emma, edited' WHERE library_id = 'b1'");
  EXPECT_TRUE(soon([&] { return idle() && holds("b1", "Emma, edited"); }, 2000));
}

TEST_F(Watching, APausedSyncIsSentOnceItIsResumed) {
  service().pauses().pause("books", {"maintenance", "ada", system_clock().now()});
  service().begin_work();
  execute("UPDATE books SET title = 'Later' WHERE library_id = 'b1'");
  std::this_thread::sleep_for(1000ms);
  EXPECT_EQ(exports(), 0U);
  ask("POST", "/api/v1/syncs/books/resume", "{}");
  EXPECT_TRUE(soon([&] { return idle() && holds("b1", "Later"); }));
}

TEST_F(Watching, ARollbackIsNotUndoneByIt) {
  execute("UPDATE books SET title = 'Wrong' WHERE library_id = 'b1'");
  service().begin_work();
  ASSERT_TRUE(soon([&] { return exports() == 1 && idle() && holds("b1", "Wrong"); }));
  const std::string id = json(ask("GET", "/api/v1/runs")).find("items")->array()->front().text_at("id");
  ask_and_wait("/api/v1/runs/" + id + "/rollback", "{}");
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(exports(), 1U);
  EXPECT_TRUE(holds("b1", "Emma"));
  EXPECT_FALSE(json(ask("GET", "/api/v1/syncs/books")).find("paused")->is_null());
}

TEST_F(Watching, AnEditOfColumnsThatNoRuleNamesStartsNothing) {
  execute("ALTER TABLE books ADD COLUMN shelf_mark TEXT");
  service().begin_work();
  std::this_thread::sleep_for(400ms);
  execute("UPDATE books SET shelf_mark = 'A7'");
  std::this_thread::sleep_for(1000ms);
  EXPECT_EQ(exports(), 0U);
}

}  // namespace
}  // namespace lockstep::serve
