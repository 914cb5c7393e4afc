// Leases: one holder, within a process and across processes, freed however it dies, and fenced.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "conformance/store_suite.h"

namespace lockstep::conformance {
namespace {

constexpr const char* kAddress = "LOCKSTEP_STORE_CHILD";

/// Another process that holds a lease until it is killed.
class Holder {
 public:
  explicit Holder(const std::string& address) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    setenv(kAddress, address.c_str(), 1);
    char name[] = "/proc/self/exe";
    char* arguments[] = {name, nullptr};
    const int failed = posix_spawn(&process_, name, &actions, nullptr, arguments, environ);
    unsetenv(kAddress);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char said = 0;
    ready_ = failed == 0 && read(ends[0], &said, 1) == 1 && said == 'h';
    close(ends[0]);
  }
  ~Holder() { kill(); }

  bool ready() const { return ready_; }
  pid_t process() const { return process_; }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }

 private:
  pid_t process_ = 0;
  bool ready_ = false;
};

TEST_P(StoreSuite, ASecondHolderIsRefusedAndToldWhoHolds) {
  const auto other = database_->open();
  try {
    other->lease("conformance");
    FAIL() << "two hold one lease";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Busy);
    EXPECT_NE(error.message().find("sync \"conformance\" is running since 20"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("pid " + std::to_string(getpid())), std::string::npos) << error.message();
    EXPECT_EQ(error.hint(), "wait for it or stop it");
  }
  EXPECT_NO_THROW(other->lease("another"));
}

TEST_P(StoreSuite, AFreedLeaseIsTakenWithALargerToken) {
  const auto other = database_->open();
  const std::uint64_t first = lease_->token();
  lease_.reset();
  const auto second = other->lease("conformance");
  EXPECT_GT(second->token(), first);
}

TEST_P(StoreSuite, AKilledHolderFreesItsLease) {
  Holder holder(database_->address());
  ASSERT_TRUE(holder.ready());
  try {
    store_->lease("child");
    FAIL() << "another process holds it";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Busy);
    EXPECT_NE(error.message().find("pid " + std::to_string(holder.process())), std::string::npos) << error.message();
  }
  holder.kill();
  EXPECT_NO_THROW(store_->lease("child"));
}

TEST_P(StoreSuite, ATransactionOfAnOlderHolderIsRefused) {
  store_->prepare(items_table());
  // Somebody else took the lease while this holder slept.
  database_->execute("UPDATE lockstep_lease SET token = token + 1 WHERE name = 'conformance'");
  EXPECT_EQ(error_kind([&] { store_->begin(*lease_); }), "conflict");
  lease_.reset();
  lease_ = store_->lease("conformance");
  EXPECT_EQ(error_kind([&] { store_->begin(*lease_)->commit(); }), "nothing");
}

TEST_P(StoreSuite, TwoWritersTakeTurns) {
  const Table table = items_table();
  store_->prepare(table);
  const auto other = database_->open();
  const auto other_lease = other->lease("other");
  const Shape shape({"amount"});
  for (int i = 0; i < 10; ++i) {
    for (const auto& [store, lease] : {std::pair(store_.get(), lease_.get()), std::pair(other.get(), other_lease.get())}) {
      const std::vector<Value> row = {Value::integer(i)};
      const auto transaction = store->begin(*lease);
      transaction->insert(table, shape, rows_of(1, {row}));
      transaction->commit();
    }
  }
  EXPECT_EQ(store_->count(table, {}), 20U);
  EXPECT_EQ(other->count(table, {}), 20U);
}

TEST_P(StoreSuite, ALeaseNameMayBeAnything) {
  for (const std::string name : {"", "a\tb\nc", "🙂", "it's"}) {
    const auto lease = store_->lease(name);
    EXPECT_EQ(error_kind([&] { database_->open()->lease(name); }), "busy") << name;
  }
}

}  // namespace

bool run_child_if_asked(const StoreUnderTest& store) {
  const char* address = std::getenv(kAddress);
  if (address == nullptr) return false;
  try {
    const auto opened = store.attach(address);
    const auto lease = opened->lease("child");
    if (write(STDOUT_FILENO, "h", 1) != 1) _exit(1);
    for (;;) pause();
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
  }
  _exit(1);
}

}  // namespace lockstep::conformance
