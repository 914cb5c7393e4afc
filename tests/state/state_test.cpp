// What a run loads and what frames it.
#include "state/state_fixture.h"

namespace lockstep {
namespace {

TEST(State, ReadsAsEmptyBeforeItIsPrepared) {
  conformance::SqliteDatabase database;
  const auto store = database.open();
  State state(*store);
  EXPECT_FALSE(state.ready());
  EXPECT_EQ(state.find_sync("assistants"), std::nullopt);
  EXPECT_EQ(state.load_links(1).size(), 0U);
  const std::vector<std::int64_t> ids = {1};
  EXPECT_TRUE(state.load_bases(ids).empty());
  EXPECT_TRUE(state.fields(1).empty());
  EXPECT_TRUE(state.runs({}).empty());
  EXPECT_TRUE(state.changes({}).empty());
  EXPECT_TRUE(state.rejected().empty());
  EXPECT_TRUE(state.conflicts().empty());
  EXPECT_TRUE(state.intents(1).empty());
  EXPECT_TRUE(std::filesystem::is_empty(database.directory())) << "reading created a file";
}

TEST_F(StateTest, IsReadyOnlyWithEveryColumn) {
  EXPECT_TRUE(state_.ready());
  for (const Table& table : State::tables()) {
    EXPECT_TRUE(table.name.starts_with("lockstep_"));
    EXPECT_TRUE(store_->prepare(table).empty()) << table.name;
  }
  database_.execute("ALTER TABLE lockstep_intent RENAME COLUMN body TO content");
  EXPECT_FALSE(state_.ready());
}

TEST_F(StateTest, ADatabaseGetsItsIdAndSecretOnce) {
  EXPECT_EQ(state_.find_database(), std::nullopt);
  const auto counting = [](std::size_t bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(i);
    return out;
  };
  const DatabaseEntry made = state_.ensure_database(*lease_, kNow, counting);
  EXPECT_EQ(made.database_id, make_ulid(kNow, 0x0001, 0x0203040506070809));
  EXPECT_EQ(made.secret, counting(32));
  const DatabaseEntry again = state_.ensure_database(*lease_, kNow + kSecond);
  EXPECT_EQ(again, made);
  EXPECT_EQ(state_.find_database(), made);
  EXPECT_EQ(ask("SELECT count(*) || ' ' || max(id) FROM lockstep_database"), "1 1");
}

TEST_F(StateTest, ADamagedSecretIsToldAndNotReplaced) {
  state_.ensure_database(*lease_, kNow);
  database_.execute("UPDATE lockstep_database SET secret = 'abc'");
  EXPECT_THROW(state_.find_database(), Error);
  EXPECT_THROW(state_.ensure_database(*lease_, kNow), Error);
  EXPECT_EQ(ask("SELECT secret FROM lockstep_database"), "abc");
}

TEST_F(StateTest, ASyncIsAddedOnce) {
  EXPECT_EQ(state_.ensure_sync(sync_named("assistants"), *lease_).id, sync_.id);
  EXPECT_NE(state_.ensure_sync(sync_named("phone-numbers"), *lease_).id, sync_.id);
  EXPECT_EQ(ask("SELECT count(*) FROM lockstep_sync"), "2");
  EXPECT_EQ(state_.find_sync("assistants")->remote_count, std::nullopt);
}

TEST_F(StateTest, SetsOfRulesAreKeptOnce) {
  Json one, other, reordered;
  one["name"] = "abc";
  one["model"] = "def";
  reordered["model"] = "def";
  reordered["name"] = "abc";
  other["name"] = "xyz";
  const std::int64_t id = state_.ensure_fields(sync_.id, one, *lease_);
  EXPECT_EQ(state_.ensure_fields(sync_.id, reordered, *lease_), id);
  const std::int64_t second = state_.ensure_fields(sync_.id, other, *lease_);
  EXPECT_NE(second, id);
  const auto known = state_.fields(sync_.id);
  ASSERT_EQ(known.size(), 2U);
  EXPECT_EQ(known.at(second).text_at("name"), "xyz");
  EXPECT_TRUE(state_.fields(sync_.id + 1).empty());
}

TEST_F(StateTest, LinksAndBasesComeBackAsTheyWerePut) {
  Links links;
  StateBatch batch(sync_.id, links);
  Link link;
  link.remote_id = "r1";
  link.local_key = "17";
  link.remote_hash = {0x0102030405060708U, 0xfffefdfcfbfaf9f8U};
  link.row_hash = {0, 1};
  link.fields_id = 3;
  link.gone_at = kNow;
  const std::size_t first = batch.put_link(link);
  Link bare;
  bare.remote_id = "r2";
  const std::size_t second = batch.put_link(bare);
  Json held;
  held["name"]["here"] = "mine";
  batch.put_base(links[first].id, "{\"id\": \"r1\",  \"n\": 1.0}", held);
  batch.put_base(links[second].id, "{}", Json());
  EXPECT_FALSE(batch.empty());
  save(batch);
  EXPECT_TRUE(batch.empty());

  const Links loaded = state_.load_links(sync_.id);
  ASSERT_EQ(loaded.size(), 2U);
  const Link& back = loaded[*loaded.by_remote("r1")];
  EXPECT_EQ(back.id, sync_.id << 40 | 1);
  EXPECT_EQ(back.local_key, "17");
  EXPECT_EQ(back.remote_hash, link.remote_hash);
  EXPECT_EQ(back.row_hash, link.row_hash);
  EXPECT_EQ(back.fields_id, 3);
  EXPECT_EQ(back.gone_at, kNow);
  EXPECT_FALSE(loaded[*loaded.by_remote("r2")].remote_hash);
  const std::vector<std::int64_t> ids = {links[0].id, links[1].id, 999};
  const auto bases = state_.load_bases(ids);
  ASSERT_EQ(bases.size(), 2U);
  EXPECT_EQ(bases.at(back.id).document, "{\"id\": \"r1\",  \"n\": 1.0}") << "not byte for byte";
  EXPECT_EQ(bases.at(back.id).held, held);
  EXPECT_TRUE(bases.at(links[1].id).held.is_null());
}

TEST_F(StateTest, LinksOfOneSyncAreNotThoseOfAnother) {
  const SyncEntry other = state_.ensure_sync(sync_named("phones"), *lease_);
  Links mine, theirs;
  StateBatch my_batch(sync_.id, mine), their_batch(other.id, theirs);
  for (int i = 0; i < 3000; ++i) {
    const std::string remote_id = std::to_string(i);
    Link link;
    link.remote_id = remote_id;
    my_batch.put_link(link);
    if (i < 10) their_batch.put_link(link);
  }
  save(my_batch);
  save(their_batch);
  EXPECT_EQ(state_.load_links(sync_.id).size(), 3000U);
  EXPECT_EQ(state_.load_links(other.id).size(), 10U);
  Links loaded = state_.load_links(sync_.id);
  StateBatch later(sync_.id, loaded);
  Link link;
  link.remote_id = "new";
  EXPECT_EQ(loaded[later.put_link(link)].id, (sync_.id << 40) + 3001) << "ids must not be given twice";
}

TEST_F(StateTest, ChangingALinkKeepsItsId) {
  Links links;
  StateBatch batch(sync_.id, links);
  Link link;
  link.remote_id = "r1";
  const std::size_t index = batch.put_link(link);
  save(batch);
  Link changed = links[index];
  changed.row_hash = {1, 2};
  batch.put_link(changed);
  links.relink(index, "r1b");
  batch.put_link(links[index]);
  save(batch);
  EXPECT_EQ(ask("SELECT count(*) FROM lockstep_link"), "1");
  const Links loaded = state_.load_links(sync_.id);
  EXPECT_EQ(loaded[0].remote_id, "r1b");
  EXPECT_EQ(loaded[0].row_hash, (Hash128{1, 2}));
}

TEST_F(StateTest, CountsOfASyncAreKept) {
  Links links;
  StateBatch batch(sync_.id, links);
  sync_.checked_at = kNow;
  sync_.remote_count = 15;
  batch.put_sync(sync_);
  save(batch);
  const auto found = state_.find_sync("assistants");
  EXPECT_EQ(found->checked_at, kNow);
  EXPECT_EQ(found->remote_count, 15);
  EXPECT_EQ(found->local_count, std::nullopt);
}

TEST_F(StateTest, ARunThatWasNotClosedIsSeenAsOpen) {
  RunEntry run = open_run("01A", kNow);
  EXPECT_NE(run.id, 0);
  EXPECT_EQ(state_.runs({}).at(0).finished_at, 0);
  run.finished_at = kNow + 5;
  run.exit = 2;
  run.dry_run = true;
  run.report["created_local"] = 3;
  state_.close_run(run, *lease_);
  const std::vector<RunEntry> runs = state_.runs({});
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].run, "01A");
  EXPECT_EQ(runs[0].by, "me@host");
  EXPECT_EQ(runs[0].finished_at, kNow + 5);
  EXPECT_EQ(runs[0].exit, 2);
  EXPECT_TRUE(runs[0].dry_run);
  EXPECT_EQ(runs[0].report, run.report);
  EXPECT_THROW(state_.close_run(RunEntry(), *lease_), Error);
}

}  // namespace
}  // namespace lockstep
