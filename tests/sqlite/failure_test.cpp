// What goes wrong with a file, and what is said of it.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "sqlite_database.h"

namespace lockstep::conformance {
namespace {

/// "kind: message; hint" of what `work` throws.
std::string told(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return std::string(to_string(error.kind())) + ": " + error.what();
  }
  return "nothing";
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(SqliteFailure, AFileThatIsNoDatabaseIsCorrupt) {
  const SqliteDatabase database;
  std::ofstream(database.path()) << std::string(4096, 'x');
  const std::string text = told([&] { open_sqlite(database.path())->inspect("items"); });
  EXPECT_TRUE(text.starts_with("corrupt: ")) << text;
  EXPECT_TRUE(has(text, "test.db is not an SQLite database")) << text;
}

TEST(SqliteFailure, ADamagedFileIsCorrupt) {
  SqliteDatabase database;
  database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, note TEXT)");
  for (int i = 0; i < 50; ++i) database.execute("INSERT INTO items (note) VALUES (hex(zeroblob(1000)))");
  std::fstream(database.path(), std::ios::in | std::ios::out | std::ios::binary).seekp(4096) << std::string(20000, '\xee');
  const std::string text = told([&] { open_sqlite(database.path())->read(items_table(), Shape({"note"}), {}); });
  EXPECT_TRUE(text.starts_with("corrupt: ")) << text;
  EXPECT_TRUE(has(text, "test.db is damaged")) << text;
}

TEST(SqliteFailure, AMissingDirectoryIsNamed) {
  const SqliteDatabase database;
  const std::string path = (database.directory() / "missing" / "test.db").string();
  for (const std::string& text : {told([&] { open_sqlite(path)->prepare(items_table()); }), told([&] { open_sqlite(path)->lease("a"); })}) {
    EXPECT_TRUE(text.starts_with("storage: there is no directory ")) << text;
    EXPECT_TRUE(has(text, "/missing for ")) << text;
  }
}

TEST(SqliteFailure, ADirectoryIsNoFile) {
  const SqliteDatabase database;
  EXPECT_TRUE(told([&] { open_sqlite(database.directory().string())->inspect("items"); }).starts_with("invalid: "));
}

TEST(SqliteFailure, ALockOfAnotherProgramIsBusyAfterTheTimeout) {
  SqliteDatabase database;
  database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  const auto store = database.open();
  const auto lease = store->lease("a");
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(database.path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::string text = told([&] { store->begin(*lease); });
  EXPECT_TRUE(text.starts_with("busy: ")) << text;
  EXPECT_TRUE(has(text, "test.db is locked by another program")) << text;
  EXPECT_TRUE(has(text, "busy_timeout")) << text;
  sqlite3_close(other);
  EXPECT_EQ(told([&] { store->begin(*lease)->commit(); }), "nothing");
}

/// Somebody else's lock on a file, for writing.
struct OtherProgram {
  explicit OtherProgram(const std::string& path) {
    EXPECT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  ~OtherProgram() { sqlite3_close(handle); }
  sqlite3* handle = nullptr;
};

TEST(SqliteFailure, AWishToStopEndsTheWaitForALock) {
  SqliteDatabase database;
  database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  const auto store = open_sqlite(database.path(), "3600s");
  const auto lease = store->lease("a");
  std::stop_source stop;
  store->stop_on(stop.get_token());
  {
    const OtherProgram other(database.path());
    std::jthread person([&] { stop.request_stop(); });
    const std::string text = told([&] { store->begin(*lease); });
    EXPECT_TRUE(text.starts_with("interrupted: ")) << text;
    EXPECT_TRUE(has(text, "test.db")) << text;
  }
  // What is whole can still be committed.
  const std::vector<Value> row = {Value::text("a")};
  EXPECT_EQ(told([&] {
              const auto transaction = store->begin(*lease);
              transaction->insert(items_table(), Shape({"name"}), rows_of(1, {row}));
              transaction->commit();
            }),
            "nothing");
}

TEST(SqliteFailure, AfterAWishToStopAShortLockIsStillWaitedFor) {
  SqliteDatabase database;
  database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  const auto store = open_sqlite(database.path(), "3600s");
  const auto lease = store->lease("a");
  std::stop_source stop;
  stop.request_stop();
  store->stop_on(stop.get_token());
  auto other = std::make_unique<OtherProgram>(database.path());
  std::jthread gives_up([&] { other.reset(); });
  EXPECT_EQ(told([&] { store->begin(*lease)->commit(); }), "nothing");
}

TEST(SqliteFailure, TwoThatPrepareOneTableAtOnceBothFindIt) {
  SqliteDatabase database;
  database.execute("CREATE TABLE other (id INTEGER PRIMARY KEY)");
  // Both find the table missing and wait for the lock; the second must look again.
  auto other = std::make_unique<OtherProgram>(database.path());
  std::string told_by[2];
  {
    std::vector<std::jthread> both;
    for (std::string& answer : told_by) {
      both.emplace_back([&] { answer = told([&] { open_sqlite(database.path(), "3600s")->prepare(items_table()); }); });
    }
    // What must hold does not depend on how far they have come.
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    other.reset();
  }
  EXPECT_EQ(told_by[0], "nothing");
  EXPECT_EQ(told_by[1], "nothing");
  EXPECT_EQ(database.ask("SELECT count(*) FROM items"), "0");
}

TEST(SqliteFailure, ACommitThatMustWaitForAReaderIsBusyAndLeavesNothing) {
  SqliteDatabase database;
  database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  const auto store = database.open();
  const auto lease = store->lease("a");
  sqlite3* reader = nullptr;
  ASSERT_EQ(sqlite3_open(database.path().c_str(), &reader), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM items", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::vector<Value> row = {Value::text("a")};
  const auto write = [&] {
    const auto transaction = store->begin(*lease);
    transaction->insert(items_table(), Shape({"name"}), rows_of(1, {row}));
    transaction->commit();
  };
  EXPECT_TRUE(told(write).starts_with("busy: "));
  sqlite3_close(reader);
  EXPECT_EQ(database.ask("SELECT count(*) FROM items"), "0");
  EXPECT_EQ(told(write), "nothing");
}

/// Runs `work` in a child; its exit code.
int in_child(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The store is opened before the fork: a fork has none of the threads that opening needs.
TEST(SqliteFailure, AFullDiskIsAStorageErrorAndLeavesTheFileWhole) {
  SqliteDatabase database;
  const auto store = database.open();
  const auto lease = store->lease("a");
  store->prepare(items_table());
  const int code = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{256 * 1024, 256 * 1024};
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string megabyte(1 << 20, 'x');
    const std::vector<Value> row = {Value::text(megabyte)};
    const std::string text = told([&] {
      const auto transaction = store->begin(*lease);
      for (int i = 0; i < 40; ++i) transaction->insert(items_table(), Shape({"note"}), rows_of(1, {row}));
      transaction->commit();
    });
    if (text.starts_with("storage: ") && has(text, "test.db")) return 0;
    std::cerr << text << "\n";
    return 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(database.ask("SELECT count(*) FROM items"), "0");
  EXPECT_EQ(database.ask("PRAGMA integrity_check"), "ok");
}

/// As a user who is not root, since root may write everything.
int as_nobody(const std::function<int()>& work) {
  return in_child([&] {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return 99;
    return work();
  });
}

TEST(SqliteFailure, AFileThatMayNotBeWrittenIsAStorageError) {
  SqliteDatabase database;
  database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  chmod(database.path().c_str(), 0444);
  chmod(database.directory().c_str(), 0555);
  const auto store = database.open();
  const int code = as_nobody([&] {
    const std::string lease = told([&] { store->lease("a"); });
    if (lease.starts_with("storage: ") && has(lease, "test.db.lock cannot be created: Permission denied")) return 0;
    std::cerr << lease << "\n";
    return 1;
  });
  EXPECT_EQ(code, 0);
  chmod(database.directory().c_str(), 0755);
}

TEST(SqliteFailure, ADirectoryThatMayNotBeWrittenIsAStorageError) {
  SqliteDatabase database;
  const auto store = database.open();
  const auto lease = store->lease("a");
  store->prepare(items_table());
  chmod(database.directory().c_str(), 0555);
  const int code = as_nobody([&] {
    const std::vector<Value> row = {Value::text("a")};
    const std::string text = told([&] {
      const auto transaction = store->begin(*lease);
      transaction->insert(items_table(), Shape({"name"}), rows_of(1, {row}));
      transaction->commit();
    });
    if (text.starts_with("storage: ") && has(text, "test.db")) return 0;
    std::cerr << text << "\n";
    return 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(store->count(items_table(), {}), 0U);
  chmod(database.directory().c_str(), 0755);
}

TEST(SqliteFailure, OneFileHasOneLockWhateverItIsCalled) {
  SqliteDatabase database;
  const auto store = database.open();
  const auto link = database.directory() / "link.db";
  // The link comes first: the file behind it is not there yet.
  std::filesystem::create_symlink("test.db", link);
  const auto linked = open_sqlite(link.string());
  const auto lease = linked->lease("a");
  EXPECT_TRUE(told([&] { store->lease("a"); }).starts_with("busy: "));
  EXPECT_TRUE(std::filesystem::exists(database.path() + ".lock"));
  EXPECT_FALSE(std::filesystem::exists(link.string() + ".lock"));
}

TEST(SqliteFailure, ALeaseIsLostWhenItsLockFileIsRemovedOrReplaced) {
  SqliteDatabase database;
  const auto store = database.open();
  const auto lease = store->lease("sync");
  EXPECT_FALSE(lease->lost());
  const std::filesystem::path file = database.path() + ".lock";
  std::filesystem::remove(file);
  EXPECT_TRUE(lease->lost());
  EXPECT_EQ(told([&] { store->begin(*lease); }),
            "conflict: the lease of \"sync\" was lost with its lock in " + store->describe() +
                ", and another run may take it; nothing more was written; see whether the database can "
                "be reached from here, and run again");
  std::ofstream(file) << "another";
  EXPECT_TRUE(lease->lost());
}

TEST(SqliteFailure, TheLockFileHasTheDatabasesPermissions) {
  SqliteDatabase database;
  database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY)");
  chmod(database.path().c_str(), 0660);
  const auto lease = database.open()->lease("a");
  struct stat status {};
  ASSERT_EQ(stat((database.path() + ".lock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0660U);
}

TEST(SqliteFailure, ANewDatabaseIsItsOwnersAloneAndAnOldOneKeepsItsMode) {
  const auto mode_of = [](const std::string& file) {
    struct stat status {};
    return stat(file.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
  };
  const mode_t before = umask(0);
  SqliteDatabase database;
  {
    const auto store = database.open();
    const auto lease = store->lease("a");
    EXPECT_EQ(mode_of(database.path() + ".lock"), 0600U);
    store->inspect("items");
    EXPECT_EQ(mode_of(database.path()), 0600U);
  }
  database.execute("PRAGMA journal_mode = WAL; CREATE TABLE items (id INTEGER PRIMARY KEY)");
  const auto store = database.open();
  store->inspect("items");
  EXPECT_EQ(mode_of(database.path() + "-wal"), 0600U);
  umask(before);
  chmod(database.path().c_str(), 0640);
  database.open()->inspect("items");
  EXPECT_EQ(mode_of(database.path()), 0640U);
}

TEST(SqliteFailure, WhatWasLaidInASharedFolderIsNotUsed) {
  SqliteDatabase database;
  const std::string victim = (database.directory() / "victim").string(), lock = database.path() + ".lock";
  std::ofstream(victim) << "mine";
  const auto store = database.open();
  std::filesystem::create_hard_link(victim, lock);
  EXPECT_TRUE(has(told([&] { store->lease("a"); }), "another file by a second name"));
  std::filesystem::remove(lock);
  std::filesystem::create_symlink(victim, lock);
  EXPECT_TRUE(has(told([&] { store->lease("a"); }), "cannot be opened"));
  std::filesystem::remove(lock);
  EXPECT_EQ(std::filesystem::file_size(victim), 4U);
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  chmod(database.directory().c_str(), 01777);
  database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY)");
  ASSERT_EQ(chown(database.path().c_str(), 65534, 65534), 0);
  EXPECT_TRUE(has(told([&] { database.open()->inspect("items"); }), "belongs to another user (uid 65534)"));
  chmod(database.directory().c_str(), 0755);
  EXPECT_EQ(told([&] { database.open()->inspect("items"); }), "nothing") << "a database of the application's user";
}

TEST(SqliteFailure, AMissingPathIsSaid) {
  const StorePlugin& plugin = sqlite_plugin();
  std::string error;
  EXPECT_EQ(plugin.create("main", OptionValues({plugin.head.options, plugin.head.option_count}, {}), error), nullptr);
  EXPECT_TRUE(has(error, "`path`")) << error;
}

}  // namespace
}  // namespace lockstep::conformance
