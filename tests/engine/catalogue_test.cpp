// Records that come and go: what a list permits to conclude, whose rows a sync sees, and the events that are written with the rows.
#include "engine/catalogue_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

RunOptions with_leave() {
  RunOptions options;
  options.allow_mass_change = true;
  return options;
}

RunOptions dry() {
  RunOptions options;
  options.dry_run = options.want_fields = true;
  return options;
}

TEST(Catalogue, ARecordThatTheListNoLongerNamesIsMarkedAndStays) {
  CatalogueWorld world;
  world.list({"a", "b", "c"});
  EXPECT_EQ(world.run().exit_code(), 0);
  world.list({"a", "c"});
  const SyncReport report = world.run();
  EXPECT_EQ(report.exit_code(), 0) << report.failure.value_or("");
  EXPECT_EQ(world.models(), (Lines{"openai a active", "openai b no_longer_listed", "openai c active"}));
  EXPECT_EQ(world.events(), (Lines{"a added - - -", "b added - - -", "c added - - -", "b no_longer_listed - - -"}));
  EXPECT_EQ(world.provider().gets, 0) << "the list concludes by itself";
  EXPECT_EQ(report.problems.size(), 1U);
}

TEST(Catalogue, WhatSlipsOntoAPageThatWasReadAlreadyIsNotMissing) {
  CatalogueWorld world;
  ListProvider& provider = world.provider();
  provider.page_size = 2;
  world.list({"a", "b", "c", "d", "e", "f"});
  world.run();
  // "a" goes when its page has been read: "c" is on that page by now, and the next one begins with "d".
  provider.after_page = [&] { world.list({"b", "c", "d", "e", "f"}); };
  SyncReport report = world.run();
  EXPECT_EQ(report.exit_code(), 0);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_NE(report.problems[0].message.find("it changed while it was read"), std::string::npos) << report.problems[0].message;
  EXPECT_EQ(world.models()[2], "openai c active");
  world.run();
  EXPECT_EQ(world.models(), (Lines{"openai a no_longer_listed", "openai b active", "openai c active", "openai d active", "openai e active",
                                   "openai f active"}));
  const int lists = provider.lists;
  EXPECT_TRUE(world.run().problems.empty());
  EXPECT_EQ(provider.lists, lists + 1) << "what is known to be missing needs no second reading";
}

TEST(Catalogue, AListThatSaysNothingASecondTimeConcludesNothing) {
  CatalogueWorld world;
  ListProvider& provider = world.provider();
  provider.page_size = 2;
  world.list({"a", "b", "c", "d"});
  world.run();
  world.list({"a", "b", "c"});
  provider.after_page = [&] { provider.after_page = [&] { provider.complete = false; }; };
  const SyncReport report = world.run();
  EXPECT_EQ(world.models().back(), "openai d active");
  EXPECT_EQ(report.problems.size(), 1U);
}

TEST(Catalogue, TheSameListAgainWritesNothing) {
  CatalogueWorld world;
  world.list({"a", "b", "c"});
  world.run();
  world.list({"a", "c"});
  world.run();
  const std::size_t journal = world.journal(), events = world.events().size();
  const Lines links = world.rows("lockstep_link", {"remote_id", "remote_hash", "row_hash", "gone_at", "scope"});
  const SyncReport report = world.run();
  EXPECT_EQ(report.updated_local, 0U);
  EXPECT_TRUE(report.problems.empty()) << "what is known to be missing is no news";
  EXPECT_EQ(report.missing_remote, 1U);
  EXPECT_EQ(world.journal(), journal);
  EXPECT_EQ(world.events().size(), events);
  EXPECT_EQ(world.rows("lockstep_link", {"remote_id", "remote_hash", "row_hash", "gone_at", "scope"}), links);
}

TEST(Catalogue, AReappearingRecordGetsItsValuesBack) {
  CatalogueWorld world;
  world.list({"a", "b", "c"});
  world.run();
  world.list({"a", "c"});
  world.run();
  world.list({"a", "b", "c"});
  const SyncReport report = world.run();
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_TRUE(report.problems.empty()) << report.problems[0].message;
  EXPECT_EQ(world.models(), (Lines{"openai a active", "openai b active", "openai c active"}));
  EXPECT_EQ(world.events().back(), "b reappeared - - -");
  world.list({"a", "c"});
  world.run();
  EXPECT_EQ(world.events().back(), "b no_longer_listed - - -");
}

TEST(Catalogue, EmptyAndPartialListsConcludeNothing) {
  CatalogueWorld world;
  world.list({"a", "b", "c"});
  world.run();
  world.list({});
  SyncReport report = world.run(with_leave());
  EXPECT_EQ(report.exit_code(), 1);
  EXPECT_NE(report.failure.value_or("").find("the list is empty"), std::string::npos);
  world.list({"a"});
  world.provider().complete = false;
  report = world.run(with_leave());
  EXPECT_EQ(report.exit_code(), 1);
  EXPECT_EQ(world.models(), (Lines{"openai a active", "openai b active", "openai c active"}));
  EXPECT_EQ(world.events().size(), 3U);
}

TEST(Catalogue, ADropOfOverHalfNeedsLeave) {
  CatalogueWorld world;
  world.list({"a", "b", "c", "d"});
  world.run();
  world.list({"a"});
  SyncReport report = world.run();
  EXPECT_EQ(report.exit_code(), 1);
  EXPECT_EQ(report.failure_hint.find("--allow-mass-change") != std::string::npos, true);
  EXPECT_EQ(world.events().size(), 4U);
  report = world.run(with_leave());
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(world.events().size(), 7U);
}

TEST(Catalogue, HalfIsNoDropOfOverHalf) {
  CatalogueWorld world;
  world.list({"a", "b", "c", "d"});
  world.run();
  world.list({"a", "b"});
  EXPECT_EQ(world.run().exit_code(), 0);
  EXPECT_EQ(world.models().back(), "openai d no_longer_listed");
}

TEST(Catalogue, AnotherScopeStartsANewBaseline) {
  CatalogueWorld world;
  world.list({"a", "b", "c"});
  world.run();
  world.provider().account = "two";
  world.list({"a", "c"});
  SyncReport report = world.run();
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(world.models(), (Lines{"openai a active", "openai b active", "openai c active"})) << "b was never listed for this account";
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].code, "scope_changed");
  report = world.run();
  EXPECT_TRUE(report.problems.empty()) << "said once";
  EXPECT_EQ(world.models()[1], "openai b active");
  world.list({"a"});
  world.run();
  EXPECT_EQ(world.models(), (Lines{"openai a active", "openai b active", "openai c no_longer_listed"}));
}

TEST(Catalogue, OneSyncNeverTouchesAnothersRows) {
  CatalogueWorld world;
  world.list({"a", "b"});
  world.run({}, "openai");
  world.list({"b", "c"});
  SyncReport report = world.run({}, "gemini");
  EXPECT_EQ(report.created_local, 2U);
  EXPECT_EQ(report.local, 0U) << "rows of others are not seen";
  EXPECT_EQ(world.rows("models", {"provider", "model_id", "status"}),
            (Lines{"openai a active", "openai b active", "gemini b active", "gemini c active"}));
  world.list({"b"});
  world.run({}, "openai");
  EXPECT_EQ(world.rows("models", {"provider", "model_id", "status"}),
            (Lines{"openai a no_longer_listed", "openai b active", "gemini b active", "gemini c active"}));
  EXPECT_EQ(world.rows("model_events", {"provider", "model_id", "event"}).back(), "openai a no_longer_listed");
}

TEST(Catalogue, ChangesAreToldByTheFirstRuleThatTakesThem) {
  CatalogueWorld world;
  const auto one = [&](const std::string& members) { world.provider().records = {R"({"id":"a")" + members + "}"}; };
  one("");
  world.run();
  one(R"(,"ends_on":"2027-01-01","window":5)");
  world.run();
  one(R"(,"ends_on":"2027-06-01","window":5)");
  world.run();
  one(R"(,"window":6)");
  world.run();
  EXPECT_EQ(world.events(), (Lines{"a added - - -", "a announced ends_on - 2027-01-01", "a changed window - 5",
                                   "a moved ends_on 2027-01-01 2027-06-01", "a withdrawn ends_on 2027-06-01 -", "a changed window 5 6"}));
}

TEST(Catalogue, ANewRecordIsToldOfWithItsDate) {
  CatalogueWorld world;
  world.provider().records = {R"({"id":"a","ends_on":"2027-01-01","window":5})"};
  world.run();
  EXPECT_EQ(world.events(), (Lines{"a added - - -", "a announced ends_on - 2027-01-01"}));
}

TEST(Catalogue, AnAliasThatMovesIsToldOfWithBothItsModels) {
  CatalogueWorld world;
  world.provider().records = {R"({"id":"grok-3","aliases":["latest","three"]})", R"({"id":"fast"})", R"({"id":"grok-2","aliases":[]})"};
  world.run();
  world.provider().records = {R"({"id":"grok-3","aliases":["three"]})", R"({"id":"grok-2","aliases":["fast"]})",
                              R"({"id":"grok-4","aliases":["latest","four"]})"};
  EXPECT_EQ(world.run().exit_code(), 0);
  const Lines events = world.events();
  const Lines news(events.begin() + 3, events.end());
  EXPECT_EQ(news, (Lines{"grok-4 added - - -", "grok-4 retargeted latest grok-3 grok-4",
                         "grok-3 changed aliases [\"latest\",\"three\"] [\"three\"]", "grok-2 retargeted fast fast grok-2",
                         "fast no_longer_listed - - -"}));
}

TEST(Catalogue, ADryRunDecidesTheSameAndWritesNothing) {
  CatalogueWorld world;
  world.list({"a", "b", "c"});
  world.run();
  world.list({"a", "c", "d"});
  const SyncReport wish = world.run(dry());
  EXPECT_EQ(world.events().size(), 3U);
  EXPECT_EQ(world.models(), (Lines{"openai a active", "openai b active", "openai c active"}));
  ASSERT_EQ(wish.changes.size(), 2U);
  const auto missing = std::find_if(wish.changes.begin(), wish.changes.end(), [](const RecordChange& one) { return one.remote_id == "b"; });
  ASSERT_NE(missing, wish.changes.end());
  ASSERT_EQ(missing->fields.size(), 1U);
  EXPECT_EQ(*missing->fields[0].after.text(), "no_longer_listed");
  const SyncReport real = world.run();
  EXPECT_EQ(real.created_local, wish.created_local);
  EXPECT_EQ(real.updated_local, wish.updated_local);
}

TEST(Catalogue, ARollbackPutsTheValuesBackAndTellsNoEvent) {
  CatalogueWorld world;
  world.list({"a", "b", "c"});
  world.run();
  world.list({"a", "c"});
  const SyncReport marked = world.run();
  EXPECT_EQ(world.models()[1], "openai b no_longer_listed");
  const std::size_t events = world.events().size();
  RunOptions undo;
  undo.task = UndoneRun{marked.run};
  const SyncReport report = world.run(undo);
  EXPECT_EQ(report.exit_code(), 0) << report.failure.value_or("");
  EXPECT_EQ(report.updated_local, 1U);
  EXPECT_EQ(world.models()[1], "openai b active");
  EXPECT_EQ(world.events().size(), events);
  // The list still does not name it: the next run says so again.
  world.run();
  EXPECT_EQ(world.models()[1], "openai b no_longer_listed");
}

TEST(Catalogue, ARowIsNotWrittenWithoutItsEvent) {
  CatalogueWorld world;
  world.list({"a"});
  world.run();
  // A table of events that refuses what the mapping writes: a column of the same name that may not be empty.
  Table events = world.mapping("openai")->events()->table;
  const auto lease = world.store().lease("test");
  CatalogueWorld other;
  Table strict = events;
  for (Column& column : strict.columns) column.nullable = column.name == "id";
  other.store().prepare(strict);
  other.list({"a"});
  const SyncReport report = other.run();
  EXPECT_EQ(report.exit_code(), 1);
  EXPECT_NE(report.failure.value_or("").find("refuses an event"), std::string::npos) << report.failure.value_or("");
  EXPECT_TRUE(other.models().empty());
}

TEST(Catalogue, RowsThatTheApplicationMadeAreLeftAlone) {
  CatalogueWorld world;
  world.list({"a", "b"});
  world.run();
  {
    const auto lease = world.store().lease("test");
    const auto transaction = world.store().begin(*lease);
    const auto info = world.store().inspect("models");
    const Shape shape({"provider", "model_id", "status"});
    Rows rows(3);
    const auto cells = rows.add();
    cells[0] = Value::text("openai");
    cells[1] = Value::text("my-own");
    cells[2] = Value::text("private");
    transaction->insert(Table{"models", info->columns, info->primary_key, {}}, shape, rows);
    transaction->commit();
  }
  EXPECT_EQ(world.run().exit_code(), 0);
  EXPECT_EQ(world.models().back(), "openai my-own private");
}

}  // namespace
}  // namespace lockstep::test
