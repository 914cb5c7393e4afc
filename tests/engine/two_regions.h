// Two syncs of one table, each with a `where` of its own: the rows of the region us, and those of eu. Each run is foreseen by a dry run.
#pragma once

#include "engine/two_way_world.h"

namespace lockstep::test {

using Lines = std::vector<std::string>;

class TwoRegions : public testing::Test {
 protected:
  TwoRegions() {
    world_.configured = {"us", "eu"};
    world_.sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, slot INTEGER, seen TEXT, region TEXT)");
  }

  /// A run of the sync of this region, which a dry run has to foresee.
  SyncReport run(const std::string& region, Mode mode = Mode::Full, std::optional<OnConflict> on_conflict = {}) {
    const SyncReport foreseen = attempt(region, mode, on_conflict, true);
    SyncReport done = attempt(region, mode, on_conflict, false);
    EXPECT_EQ(counts(foreseen), counts(done));
    return done;
  }
  SyncReport attempt(const std::string& region, Mode mode, std::optional<OnConflict> on_conflict = {}, bool dry_run = false) {
    become(region);
    return world_.run(mode, [&](RunOptions& options) {
      options.on_conflict = on_conflict;
      options.dry_run = dry_run;
    });
  }
  void become(const std::string& region) {
    const std::string other = region == "us" ? "eu" : "us";
    world_.name = region;
    world_.extra = "label: name\nwhere: {region: " + region + "}\n";
    world_.neighbours = {{other, "", "thing", "things", "region: " + other, world_.configured, {{"region", other}}}};
  }
  static Lines counts(const SyncReport& report) {
    Lines out;
    for (const std::uint64_t count : {report.created_local, report.updated_local, report.created_remote, report.updated_remote,
                                      report.recreated_remote, report.conflicts, report.awaiting, report.unchanged})
      out.push_back(std::to_string(count));
    return out;
  }

  void move(const std::string& id, const std::string& region) { world_.edit(id, "region", Value::text(region)); }
  void set_slot(const std::string& id, int slot) { world_.edit(id, "slot", Value::integer(slot)); }
  void add(const std::string& name, const std::string& region) {
    world_.sql("INSERT INTO things (name, region) VALUES ('" + name + "', '" + region + "')");
  }
  Json& there(const std::string& id) { return world_.items.items.at(id); }
  std::string slot_there(const std::string& id) { return json::to_text(*there(id).find("slot")); }
  Lines rows() { return world_.rows("things", {"remote_id", "name", "slot", "region"}); }
  std::size_t open(const std::string& table) { return std::ranges::count(world_.rows(table, {"closed_at"}), "-"); }
  /// Nothing is left to do, in any order.
  void expect_rest() {
    const Lines before = rows();
    const int sent = world_.items.creates + world_.items.updates;
    for (const char* region : {"us", "eu", "us"}) EXPECT_EQ(run(region).exit_code(), 0);
    EXPECT_EQ(rows(), before);
    EXPECT_EQ(world_.items.creates + world_.items.updates, sent);
  }
  /// Row 1 of us was being created: "new-1" is what came of it, which the list does not show yet.
  void lose_create() {
    run("us", Mode::Import);
    add("Ada", "us");
    world_.items.on_create = [] { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
    EXPECT_EQ(attempt("us", Mode::Export).exit_code(), 2);
    world_.items.on_create = {};
    world_.later();
  }

  TwoWayWorld world_;
};

}  // namespace lockstep::test
