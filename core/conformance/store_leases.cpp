// Leases: one holder, within a process and across processes, freed however it dies, and fenced.
#include <unistd.h>

#include "conformance/other_process.h"
#include "conformance/store_groups.h"

namespace lockstep::conformance {
namespace {

void a_second_holder_is_refused_and_told_who_holds(StoreTrial& t) {
  const auto other = t.database().open();
  const Error error = t.throws(ErrorKind::Busy, "a lease that another connection holds", [&] { other->lease(t.lease_name()); });
  t.contains(error.message(), "\"" + t.lease_name() + "\" is running since 20", "the message");
  t.contains(error.message(), "pid " + std::to_string(getpid()), "the message");
  t.that(!error.hint().empty(), "the error has no hint");
  t.equal(error_kind([&] { other->lease(t.name("another")); }), "nothing", "a lease of another name");
}

void a_freed_lease_is_taken_with_a_larger_token(StoreTrial& t) {
  const auto other = t.database().open();
  const std::uint64_t first = t.lease().token();
  t.drop_lease();
  t.that(other->lease(t.lease_name())->token() > first, "the token of the second holder is not larger");
}

void a_lease_that_is_held_is_not_lost(StoreTrial& t) {
  const auto lease = t.store().lease(t.name("held"));
  t.that(!lease->lost(), "a lease that was just taken says that it is lost");
  t.equal(error_kind([&] { t.database().open()->lease(t.name("held")); }), "busy", "a second holder");
  t.store().begin(*lease)->commit();
  t.that(!lease->lost(), "a lease that was refused to another says that it is lost");
}

void leases_are_prepared_once(StoreTrial& t) {
  t.that(t.store().prepare_leases(true).empty() && t.store().prepare_leases().empty(),
         "a lease was taken, and preparing what leases are kept in did something more");
}

void a_killed_holder_frees_its_lease(StoreTrial& t) {
  const std::string name = t.name("child");
  const ProgramCall call = t.database().holder(name);
  if (call.words.empty()) Check::skip("no other process can be started that opens this database");
  OtherProcess holder(call);
  t.require(holder.wait_for_line(kHoldsLine), "the other process did not take the lease: " + holder.said());
  const Error error = t.throws(ErrorKind::Busy, "a lease that another process holds", [&] { t.store().lease(name); });
  t.contains(error.message(), "pid " + std::to_string(holder.process()), "the message");
  holder.kill();
  t.equal(error_kind([&] { t.store().lease(name); }), "nothing", "the lease of a process that was killed");
}

void a_transaction_of_an_older_holder_is_refused(StoreTrial& t) {
  t.store().prepare(t.table());
  // Somebody else took the lease while this holder slept.
  t.execute("UPDATE lockstep_lease SET token = token + 1 WHERE name = '" + t.lease_name() + "'");
  t.throws(ErrorKind::Conflict, "a transaction of the older holder", [&] { t.store().begin(t.lease()); });
  t.drop_lease();
  t.take_lease();
  t.equal(error_kind([&] { t.store().begin(t.lease())->commit(); }), "nothing", "a transaction of the new holder");
}

void a_lease_of_another_store_is_refused(StoreTrial& t) {
  class Foreign : public Lease {
    std::uint64_t token() const override { return 1; }
  };
  const Foreign foreign;
  t.throws(ErrorKind::Invalid, "a transaction under a foreign lease", [&] { t.store().begin(foreign); });
}

void two_writers_take_turns(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const auto other = t.database().open();
  const auto other_lease = other->lease(t.name("other"));
  const std::pair<Store*, const Lease*> writers[] = {{&t.store(), &t.lease()}, {other.get(), other_lease.get()}};
  for (int i = 0; i < 10; ++i) {
    for (const auto& [store, lease] : writers) {
      const auto transaction = store->begin(*lease);
      transaction->insert(table, Shape({"amount"}), rows_of(1, {{Value::integer(i)}}));
      transaction->commit();
    }
  }
  t.equal(t.store().count(table, {}), 20U, "rows");
  t.equal(other->count(table, {}), 20U, "rows that the other writer sees");
}

void a_writer_in_the_way_makes_nothing_lost(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const auto other = t.database().open();
  const auto other_lease = other->lease(t.name("other"));
  const auto write = [&] {
    const auto transaction = other->begin(*other_lease);
    transaction->insert(table, Shape({"note"}), rows_of(1, {{Value::text("second")}}));
    transaction->commit();
  };
  const auto first = t.store().begin(t.lease());
  first->insert(table, Shape({"note"}), rows_of(1, {{Value::text("first")}}));
  // A database that locks as a whole says Busy in the end; one that locks rows lets both write.
  const std::string came = error_kind(write);
  t.that(came == "busy" || came == "nothing", "a second writer beside an open transaction got the error " + came);
  first->commit();
  if (came == "busy") write();
  t.equal(t.store().count(table, {}), 2U, "rows of both writers");
}

void a_lease_name_may_be_anything(StoreTrial& t) {
  for (const std::string base : {"", "a\tb\nc", "🙂", "it's"}) {
    const std::string name = t.name(base);
    const auto lease = t.store().lease(name);
    t.equal(error_kind([&] { t.database().open()->lease(name); }), "busy", "a second holder of \"" + name + "\"");
  }
}

}  // namespace

void hold_lease(Store& store, const std::string& lease) {
  const auto held = store.lease(lease);
  const std::string line = std::string(kHoldsLine) + "\n";
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(1);
  for (;;) pause();
}

std::vector<StoreCheck> lease_checks() {
  return {{"ASecondHolderIsRefusedAndToldWhoHolds", a_second_holder_is_refused_and_told_who_holds},
          {"AFreedLeaseIsTakenWithALargerToken", a_freed_lease_is_taken_with_a_larger_token},
          {"ALeaseThatIsHeldIsNotLost", a_lease_that_is_held_is_not_lost},
          {"LeasesArePreparedOnce", leases_are_prepared_once},
          {"AKilledHolderFreesItsLease", a_killed_holder_frees_its_lease},
          {"ATransactionOfAnOlderHolderIsRefused", a_transaction_of_an_older_holder_is_refused},
          {"ALeaseOfAnotherStoreIsRefused", a_lease_of_another_store_is_refused},
          {"TwoWritersTakeTurns", two_writers_take_turns},
          {"AWriterInTheWayMakesNothingLost", a_writer_in_the_way_makes_nothing_lost},
          {"ALeaseNameMayBeAnything", a_lease_name_may_be_anything}};
}

}  // namespace lockstep::conformance
