// What goes wrong outside: the disk is full, another program holds the database.
#include "conformance/file_limit.h"
#include "conformance/store_groups.h"

namespace lockstep::conformance {
namespace {

void a_full_disk_is_a_storage_error_and_leaves_nothing(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"note"});
  t.insert(table, shape, {{Value::text("before")}});
  {
    const auto full = t.database().full_disk();
    if (!full) Check::skip("the place for this store's data cannot be limited from here");
    const std::string megabyte(1 << 20, 'x');
    t.throws(ErrorKind::Storage, "40 MB into a place without room", [&] {
      const auto transaction = t.store().begin(t.lease());
      for (int i = 0; i < 40; ++i) transaction->insert(table, shape, rows_of(1, {{Value::text(megabyte)}}));
      transaction->commit();
    });
  }
  t.equal(t.store().count(table, {}), 1U, "rows after the failure");
  t.equal(t.database().open()->count(table, {}), 1U, "rows that another connection sees");
  t.insert(table, shape, {{Value::text("after")}});
  t.equal(t.store().count(table, {}), 2U, "rows once there is room again");
}

void a_lock_of_another_program_is_busy_and_passes(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const auto write = [&] {
    const auto transaction = t.store().begin(t.lease());
    transaction->insert(table, Shape({"note"}), rows_of(1, {{Value::text("x")}}));
    transaction->commit();
  };
  {
    const auto lock = t.database().locked();
    if (!lock) Check::skip("no other program can be made to lock this database from here");
    const Error error = t.throws(ErrorKind::Busy, "a write into a locked database", write);
    t.that(!error.hint().empty(), "the error has no hint");
    t.that(!error.retry_after() || t.store().traits().ends_transactions,
           "the error says that the database ended the transaction, and the traits that it never does");
  }
  write();
  t.equal(t.store().count(table, {}), 1U, "rows");
}

void the_place_is_described_for_people(StoreTrial& t) { t.that(!t.store().describe().empty(), "describe() says nothing"); }

}  // namespace

FileLimit::FileLimit(std::uint64_t bytes) : ignored_(std::signal(SIGXFSZ, SIG_IGN)) {
  getrlimit(RLIMIT_FSIZE, &before_);
  const rlimit limit{bytes, before_.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
}

FileLimit::~FileLimit() {
  setrlimit(RLIMIT_FSIZE, &before_);
  std::signal(SIGXFSZ, ignored_);
}

std::vector<StoreCheck> trouble_checks() {
  return {{"AFullDiskIsAStorageErrorAndLeavesNothing", a_full_disk_is_a_storage_error_and_leaves_nothing},
          {"ALockOfAnotherProgramIsBusyAndPasses", a_lock_of_another_program_is_busy_and_passes},
          {"ThePlaceIsDescribedForPeople", the_place_is_described_for_people}};
}

}  // namespace lockstep::conformance
