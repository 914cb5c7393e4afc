// The journal as it is asked for.
#include <utility>

#include "state/state_fixture.h"
#include "support/forwarding_store.h"

namespace lockstep {
namespace {

class HistoryTest : public StateTest {
 protected:
  HistoryTest() {
    Links links;
    StateBatch batch(sync_.id, links);
    const char* const names[] = {"01JAX", "01JBX", "01JCX"};
    for (int i = 0; i < 3; ++i) {
      const RunEntry run = open_run(names[i], kNow + i * kSecond);
      add(batch, run.id, "r1", "1", kNow + i * kSecond, "first_message");
      if (i < 2) add(batch, run.id, "r2", "2", kNow + i * kSecond + 500'000, i == 0 ? "" : "name");
    }
    save(batch);
  }

  void add(StateBatch& batch, std::int64_t run_id, const char* remote_id, const char* local_key, Micros at, const char* field) {
    ChangeEntry change;
    change.run_id = run_id;
    change.sync_id = sync_.id;
    change.link_id = 9;
    change.remote_id = remote_id;
    change.local_key = local_key;
    change.label = "Front Desk";
    change.side = Side::Local;
    change.action = *field != '\0' ? "update" : "insert";
    change.case_number = *field != '\0' ? 9 : 3;
    change.at = at;
    if (*field != '\0') change.fields[field]["before"] = "old";
    batch.add_change(change);
  }

  /// "run remote_id" of each, newest first.
  std::string changes(const HistoryFilter& filter) {
    std::string out;
    for (const ChangeEntry& change : state_.changes(filter)) out.append(change.run).append(" ").append(change.remote_id).append(", ");
    return out;
  }
  std::string runs(const HistoryFilter& filter) {
    std::string out;
    for (const RunEntry& run : state_.runs(filter)) out.append(run.run).append(" ");
    return out;
  }
  static HistoryFilter only(std::string run, std::string record = {}, std::string field = {}, Micros since = 0, std::size_t limit = 0) {
    return {.run = std::move(run), .record = std::move(record), .field = std::move(field), .since = since, .limit = limit};
  }
};

TEST_F(HistoryTest, ChangesComeNewestFirst) {
  EXPECT_EQ(changes({}), "01JCX r1, 01JBX r2, 01JBX r1, 01JAX r2, 01JAX r1, ");
  EXPECT_EQ(changes(only("", "", "", 0, 2)), "01JCX r1, 01JBX r2, ");
}

TEST_F(HistoryTest, AnEntryComesBackWhole) {
  const ChangeEntry change = state_.changes(only("01JB", "r2")).at(0);
  EXPECT_EQ(change.sync, "assistants");
  EXPECT_EQ(change.sync_id, sync_.id);
  EXPECT_EQ(change.link_id, 9);
  EXPECT_EQ(change.local_key, "2");
  EXPECT_EQ(change.label, "Front Desk");
  EXPECT_EQ(change.side, Side::Local);
  EXPECT_EQ(change.action, "update");
  EXPECT_EQ(change.case_number, 9);
  EXPECT_EQ(change.at, kNow + kSecond + 500'000);
  EXPECT_EQ(change.fields.find("name")->text_at("before"), "old");
  EXPECT_TRUE(state_.changes(only("01JA", "r2")).at(0).fields.is_null()) << "an insert has no fields";
}

TEST_F(HistoryTest, OneSideAloneIsAskedFor) {
  ask("UPDATE lockstep_change SET side = 'remote' WHERE remote_id = 'r2' AND fields IS NULL");
  HistoryFilter filter;
  filter.side = Side::Remote;
  EXPECT_EQ(changes(filter), "01JAX r2, ");
  filter.side = Side::Local;
  EXPECT_EQ(changes(filter), "01JCX r1, 01JBX r2, 01JBX r1, 01JAX r1, ");
}

/// Whoever read it as one of the two would undo, or believe of the list, what the other side did.
TEST_F(HistoryTest, ASideThatIsNoneIsCorruptAndItsRowIsNamed) {
  ask("UPDATE lockstep_change SET side = 'both' WHERE id = 4");
  EXPECT_EQ(changes(only("01JA")), "01JAX r2, 01JAX r1, ") << "it is not among these";
  try {
    changes({});
    ADD_FAILURE() << "it was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
    EXPECT_EQ(error.message(), "lockstep_change, row 4: \"both\" is no side; the journal knows local and remote");
  }
}

TEST_F(HistoryTest, FiltersNarrowChanges) {
  EXPECT_EQ(changes(only("01JB")), "01JBX r2, 01JBX r1, ");
  EXPECT_EQ(changes(only("01JBX", "r2")), "01JBX r2, ");
  EXPECT_EQ(changes(only("", "2")), "01JBX r2, 01JAX r2, ") << "a record is also its local key";
  EXPECT_EQ(changes(only("", "", "name")), "01JBX r2, ");
  EXPECT_EQ(changes(only("", "", "first_message", 0, 1)), "01JCX r1, ");
  EXPECT_EQ(changes(only("", "", "", kNow + kSecond + 500'000)), "01JCX r1, 01JBX r2, ");
  EXPECT_EQ(changes(only("01JZ")), "");
}

TEST_F(HistoryTest, RunsComeNewestFirstAndAreNarrowedToo) {
  EXPECT_EQ(runs({}), "01JCX 01JBX 01JAX ");
  EXPECT_EQ(runs(only("", "", "", 0, 2)), "01JCX 01JBX ");
  EXPECT_EQ(runs(only("01JA")), "01JAX ");
  EXPECT_EQ(runs(only("", "r2")), "01JBX 01JAX ");
  EXPECT_EQ(runs(only("", "", "name")), "01JBX ");
  EXPECT_EQ(runs(only("", "", "", kNow + kSecond)), "01JCX 01JBX ");
}

TEST_F(HistoryTest, ABeginningThatFitsSeveralRunsIsRefused) {
  EXPECT_THROW(runs(only("01J")), Error);
  EXPECT_THROW(changes(only("01J")), Error);
}

TEST_F(HistoryTest, TheSyncsOfOneCommandShareItsRun) {
  Links links;
  StateBatch batch(sync_.id, links);
  const RunEntry again = open_run("01JCX", kNow + 9 * kSecond);
  add(batch, again.id, "r7", "7", kNow + 9 * kSecond, "name");
  save(batch);
  EXPECT_EQ(runs(only("01JC")), "01JCX 01JCX ");
  EXPECT_EQ(changes(only("01JC")), "01JCX r7, 01JCX r1, ");
}

TEST_F(HistoryTest, ALongJournalIsWalkedWhole) {
  Links links;
  StateBatch batch(sync_.id, links);
  for (int i = 0; i < 5000; ++i) add(batch, 1, "many", "m", kNow, "name");
  save(batch);
  EXPECT_EQ(state_.changes(only("", "many")).size(), 5000U);
}

/// Counts the rows that it answers.
class CountingStore : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  Rows read(const Table& table, const Shape& columns, const Filter& filter) override {
    Rows rows = real_->read(table, columns, filter);
    answered += rows.size();
    return rows;
  }
  std::size_t answered = 0;
};

/// Ten syncs every five minutes are ten thousand runs in four days.
TEST_F(HistoryTest, TheNewestOfTenThousandRunsCostAFewRows) {
  database_.ask(
      "INSERT INTO lockstep_run (run, command, mode, dry_run, started_at, finished_at, report) WITH RECURSIVE n(i) AS (SELECT 10000 UNION "
      "ALL SELECT i + 1 FROM n WHERE i < 19999) SELECT '01K' || i, 'import', 'import', 0, '2026-11-30T00:00:00.000Z', "
      "'2026-11-30T00:00:01.000Z', '{\"sync\":\"sync' || (i % 10) || '\"}' FROM n");
  CountingStore store(database_.open());
  State state(store);
  EXPECT_EQ(state.runs(only("", "", "", 0, 2)).at(1).run, "01K19998");
  EXPECT_LE(std::exchange(store.answered, 0), 16U);
  EXPECT_EQ(state.runs({.run = {}, .record = {}, .field = {}, .since = 0, .limit = 100}).size(), 100U) << "as a run looks for cut off ones";
  EXPECT_LE(std::exchange(store.answered, 0), 250U);
  EXPECT_EQ(state.runs(only("01K12345")).size(), 1U);
  EXPECT_LE(std::exchange(store.answered, 0), 4U);
  EXPECT_EQ(changes(only("01JBX")), "01JBX r2, 01JBX r1, ");
  EXPECT_EQ(state.changes(only("01JBX")).size(), 2U);
  EXPECT_EQ(state.changes({.since = kNow + kSecond + 500'000}).size(), 2U);
  EXPECT_EQ(state.changes({.limit = 1}).size(), 1U);
  EXPECT_LE(store.answered, 40U);
  Micros last = 0;
  state.each_run({.syncs = {"sync3"}}, [&](RunEntry&& run) {
    last = run.started_at;
    return false;
  });
  EXPECT_NE(last, 0);
  EXPECT_LE(std::exchange(store.answered, 0), 60U);
}

}  // namespace
}  // namespace lockstep
