// A hook that fails, through a whole run of the real program: whatever the stage and the failure, the record is rejected with script and
// line and never reaches the table as it came; the others do; and once the script is mended the rejected ones come in.
#include <gtest/gtest.h>

#include <iterator>
#include <optional>

#include "common/text.h"
#include "format/json.h"
#include "scenarios/database.h"
#include "scenarios/workbench.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

constexpr const char* kMapping = R"(table: assistants
key: {column: vapi_assistant_id, from: id}
label: name
fields:
  name: {type: text, required: true}
  first_message: {type: text, transform: shout}
  model: json
  model_temperature: {from: model.temperature, type: real, transform: half}
owned:
  user_id: {type: integer, references: users.id}
)";

/// `wrong` spoils a result; lines 1 to 10, so that a stage's function stands in line 11 and below.
constexpr const char* kFailing = R"(local function fail(name)
  if name == "Boom" then error("no luck") end
  if name == "Nil" then error(nil) end
  if name == "Loop" then while true do pcall(function() end) end end
  if name == "Memory" then local s = "x" while true do s = s .. s end end
  if name == "Deep" then local function f() return 1 + f() end f() end
  if name == "Poison" then _ENV = {} string.rep("x", 1) end
end
local function wrong(name, value) if name == "Type" then return print end return value end
local function same(value) return value end
)";
constexpr const char* kMended =
    "local function fail() end\nlocal function wrong(name, value) return value end\nlocal function same(value) return value end\n";

const std::vector<std::string> kBad{"Boom", "Nil", "Loop", "Memory", "Deep", "Poison", "Type"};

struct Stage {
  const char* name;
  const char* source;
  const char* seen;  ///< first_message of a record that came through
};

const Stage kStages[] = {
    {"Record", "record = function(record) fail(record.name) record.firstMessage = 'seen' return wrong(record.name, record) end", "seen!"},
    {"Row", "row = function(row) fail(row.name) row.first_message = 'seen' return wrong(row.name, row) end", "seen"},
    {"Transform",
     "transform = { shout = function(value) fail(value) return wrong(value, value .. '!') end, half = same, "
     "half_inverse = same, shout_inverse = same }",
     nullptr},
    {"TransformOfALeaf",
     "transform = { shout = function(value) return value .. '!' end, shout_inverse = same, half_inverse = same,\n"
     "  half = function(value, ctx) fail(value) return wrong(value, 0.5) end }",
     nullptr},
    {"AssignOwner", "assign_owner = function(record) fail(record.name) return wrong(record.name, { user_id = 2 }) end", "raw!"},
    {"Match", "match = function(record) fail(record.name) return wrong(record.name, nil) end", "raw!"},
};

class HookFailure : public testing::TestWithParam<Stage> {
 protected:
  void SetUp() override {
    sandbox_.emplace(sandbox_options());
    bench_.emplace(*sandbox_);
    bench_->write("config/mappings/vapi-assistants.yaml", kMapping);
    write_script(kFailing);
    for (const std::string& name : {std::string("Aaa"), std::string("Zzz")}) put(name, name);
    for (const std::string& name : kBad) put(name, name);
    const Outcome migrated = bench_->run({"migrate"});
    ASSERT_EQ(migrated.exit, 0) << migrated.out << migrated.err;
    bench_->add_users();
  }

  /// The failing value stands where the stage at hand looks.
  void put(const std::string& name, const std::string& value) {
    Json out = Json::Object{};
    const std::string stage = GetParam().name;
    out["id"] = "id-" + to_lower(name);
    out["name"] = name;
    out["firstMessage"] = stage == "Transform" ? value : std::string("raw");
    if (stage == "TransformOfALeaf") out["model"]["temperature"] = value;
    sandbox_->put(out);
  }

  void write_script(const std::string& head) const {
    std::string rest = GetParam().source;
    if (rest.find("transform") == std::string::npos)
      rest +=
          ",\n  transform = { shout = function(value) return value .. '!' end, shout_inverse = same, half = same, half_inverse = same }";
    bench_->write("scripts/assistants.lua", head + "return { " + rest + " }\n");
  }

  std::vector<Cells> names() const { return query(bench_->database(), "SELECT name FROM assistants ORDER BY name"); }

  std::optional<sandbox::Sandbox> sandbox_;
  std::optional<Workbench> bench_;
};

TEST_P(HookFailure, CostsItsRecordAndNoOther) {
  if (std::string(GetParam().name) == "Match") {
    execute(bench_->database(), "INSERT INTO assistants (name) VALUES ('Aaaa row without an id')");
  }
  const Outcome outcome = bench_->run({"assistants:sync"});
  const std::string said = outcome.out + outcome.err;
  EXPECT_EQ(outcome.exit, 2) << said;
  std::vector<Cells> expected{{"Aaa"}, {"Zzz"}};
  if (std::string(GetParam().name) == "Match") expected.insert(expected.begin() + 1, {"Aaaa row without an id"});
  EXPECT_EQ(names(), expected) << said;
  if (GetParam().seen != nullptr) {
    EXPECT_EQ(query(bench_->database(), "SELECT DISTINCT first_message FROM assistants WHERE vapi_assistant_id IS NOT NULL"),
              (std::vector<Cells>{{GetParam().seen}}));
  }
  const std::string rejected = bench_->run({"rejected"}).out;
  for (const std::string& name : kBad) {
    const std::size_t at = rejected.find("id-" + to_lower(name));
    ASSERT_NE(at, std::string::npos) << name << "\n" << rejected;
    const std::string entry = rejected.substr(at, rejected.find("id-", at + 3) - at);
    EXPECT_NE(entry.find("assistants.lua:"), std::string::npos) << entry;
  }
  // Mended, they come in.
  write_script(kMended);
  const Outcome again = bench_->run({"assistants:sync"});
  EXPECT_EQ(again.exit, 0) << again.out << again.err;
  EXPECT_EQ(names().size(), expected.size() + kBad.size());
}

INSTANTIATE_TEST_SUITE_P(Stages, HookFailure, testing::ValuesIn(kStages), [](const auto& stage) { return std::string(stage.param.name); });

// A type that the column is not of: what a hook sets is held against the mapping as what a document holds is.
TEST(HookResult, OfAnotherTypeThanTheColumnIsRejected) {
  const std::pair<const char*, const char*> stages[] = {
      {"row = function(row) if row.name == 'Bad' then row.max_duration_seconds = 'soon' end return row end",
       "max_duration_seconds: expected a number, not \"soon\""},
      {"row = function(row) if row.name == 'Bad' then row.first_message = { 1 } end return row end", "first_message: expected a text"},
      {"row = function(row) if row.name == 'Bad' then row.type = 'odd' end return row end", "type: expected one of"},
      {"assign_owner = function(record) if record.name == 'Bad' then return { user_id = 'nobody' } end return { user_id = 2 } end",
       "assign_owner.user_id is not of the column's type"},
      {"assign_owner = function(record) return { [record.name == 'Bad' and 'user_idd' or 'user_id'] = 2 } end",
       "assign_owner gives \"user_idd\", which is no column under `owned:`; did you mean \"user_id\"?"},
      {"assign_owner = function(record) if record.name == 'Bad' then return { name = 'forged' } end return { user_id = 2 } end",
       "assign_owner gives \"name\", which is no column under `owned:`"},
  };
  for (const auto& [source, reason] : stages) {
    SCOPED_TRACE(source);
    sandbox::Sandbox sandbox(sandbox_options());
    sandbox.put(json::parse(R"({"id":"bad","name":"Bad"})"));
    sandbox.put(json::parse(R"({"id":"good","name":"Good"})"));
    const Workbench bench(sandbox);
    bench.write("scripts/assistants.lua", std::string("return { ") + source + " }");
    ASSERT_EQ(bench.run({"migrate"}).exit, 0);
    bench.add_users();
    const Outcome outcome = bench.run({"assistants:sync"});
    EXPECT_EQ(outcome.exit, 2) << outcome.out << outcome.err;
    EXPECT_EQ(query(bench.database(), "SELECT name FROM assistants"), (std::vector<Cells>{{"Good"}}));
    const std::string rejected = bench.run({"rejected"}).out;
    EXPECT_NE(rejected.find(reason), std::string::npos) << rejected;
  }
}

class HookOfLinkedRecords : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"Boom", "Type", "Good"}) {
      sandbox_.put(json::parse(R"({"id":"id-)" + to_lower(name) + R"(","name":")" + name + R"(","firstMessage":"before"})"));
    }
    bench_.emplace(sandbox_);
    replace_in_configuration("local_edits: replace", "local_edits: keep");
    replace_in_configuration("on_conflict: remote", "on_conflict: hook");
    bench_->write("scripts/assistants.lua", "return { conflict = function(field, here) return here end }");
    expect_done({"migrate"});
    bench_->add_users();
    expect_done({"assistants:sync"});
    for (const char* id : {"id-boom", "id-type", "id-good"}) sandbox_.edit(id, "firstMessage", Json("after"));
  }

  void expect_done(const std::vector<std::string>& words) const {
    const Outcome outcome = bench_->run(words);
    ASSERT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  }

  /// Where it stands first: in the sync of the assistants.
  void replace_in_configuration(const std::string& from, const std::string& to) const {
    std::string text = file_text(bench_->directory() / "config/lockstep.yaml");
    const std::size_t first = text.find(from);
    ASSERT_NE(first, std::string::npos);
    bench_->write("config/lockstep.yaml", text.replace(first, from.size(), to));
  }

  std::vector<Cells> messages() const { return query(bench_->database(), "SELECT name, first_message FROM assistants ORDER BY name"); }

  sandbox::Sandbox sandbox_{sandbox_options()};
  std::optional<Workbench> bench_;
};

TEST_F(HookOfLinkedRecords, AFailureKeepsTheRowAsItWas) {
  bench_->write("scripts/assistants.lua",
                "return { row = function(row)\n if row.name == 'Boom' then error('x') end\n if row.name == 'Type' then row.name = {} end\n"
                "return row end, conflict = function(field, here, there) return there end }");
  const Outcome outcome = bench_->run({"assistants:sync"});
  EXPECT_EQ(outcome.exit, 2) << outcome.out << outcome.err;
  EXPECT_EQ(messages(), (std::vector<Cells>{{"Boom", "before"}, {"Good", "after"}, {"Type", "before"}}));
}

TEST_F(HookOfLinkedRecords, AConflictThatFailsIsLeftToAPerson) {
  execute(bench_->database(), "UPDATE assistants SET first_message = 'mine'");
  bench_->write("scripts/assistants.lua",
                "return { conflict = function(field, here, there, base, ctx)\n if ctx.label == 'Boom' then error('no luck') end\n"
                " if ctx.label == 'Type' then return { 1 } end\n return there end }");
  const Outcome outcome = bench_->run({"assistants:sync"});
  EXPECT_EQ(outcome.exit, 2) << outcome.out << outcome.err;
  EXPECT_EQ(messages(), (std::vector<Cells>{{"Boom", "mine"}, {"Good", "after"}, {"Type", "mine"}})) << outcome.out << outcome.err;
  EXPECT_NE((outcome.out + outcome.err).find("assistants.lua:2: no luck"), std::string::npos) << outcome.out << outcome.err;
  EXPECT_NE((outcome.out + outcome.err).find("first_message: expected a text"), std::string::npos) << outcome.out << outcome.err;
}

TEST_F(HookOfLinkedRecords, WhatFailsBehindTheCommitChangesNothing) {
  bench_->write("scripts/assistants.lua",
                "return { changed = function(change, ctx)\n if ctx.label == 'Boom' then while true do end end\n error('late') end,"
                "conflict = function(field, here) return here end }");
  const Outcome outcome = bench_->run({"assistants:sync"});
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_EQ(messages(), (std::vector<Cells>{{"Boom", "after"}, {"Good", "after"}, {"Type", "after"}}));
  EXPECT_NE((outcome.out + outcome.err).find("assistants.lua:3: late"), std::string::npos) << outcome.out << outcome.err;
  EXPECT_NE((outcome.out + outcome.err).find("assistants.lua:2: ran over its budget"), std::string::npos) << outcome.out << outcome.err;
}

/// 120 records, of which the last is called Good.
class HookOfManyRecords : public testing::Test {
 protected:
  HookOfManyRecords() {
    for (int i = 0; i < 120; ++i) {
      const std::string name = i == 119 ? "Good" : "Record " + std::to_string(1000 + i);
      sandbox_.put(json::parse(R"({"id":"r-)" + std::to_string(1000 + i) + R"(","name":")" + name + R"("})"));
    }
    bench_.emplace(sandbox_);
    EXPECT_EQ(bench_->run({"migrate"}).exit, 0);
    bench_->add_users();
  }

  Outcome sync(const std::string& stages) const {
    bench_->write("scripts/assistants.lua",
                  "return { assign_owner = function() return { user_id = 1, created_by = 1 } end,\n" + stages + " }");
    return bench_->run({"assistants:sync"});
  }

  std::string count() const { return query(bench_->database(), "SELECT count(*) FROM assistants").at(0).at(0); }

  sandbox::Sandbox sandbox_{sandbox_options()};
  std::optional<Workbench> bench_;
};

TEST_F(HookOfManyRecords, ThatFailsOnFiftyInARowStopsTheSync) {
  for (const char* stage : {"record = function(record) error('no luck with ' .. record.name .. ' (' .. record.id .. ')') end",
                            "row = function(row) local s = 'x' while true do s = s .. s end end",
                            "row = function(row) error('no luck with ' .. row.name) end, record = function(record) return record end"}) {
    SCOPED_TRACE(stage);
    const Outcome outcome = sync(stage);
    const std::string said = outcome.out + outcome.err;
    EXPECT_EQ(outcome.exit, 1) << said;
    EXPECT_NE(said.find("the hook failed on 50 records in a row: scripts/assistants.lua:2: "), std::string::npos) << said;
    EXPECT_NE(said.find("mend the script"), std::string::npos) << said;
    EXPECT_EQ(count(), "0");
  }
  EXPECT_EQ(sync("row = function(row) return row end").exit, 0);
  EXPECT_EQ(count(), "120");
}

TEST_F(HookOfManyRecords, ThatRejectsEachForItsOwnReasonGoesOn) {
  const Outcome outcome = sync("row = function(row) if row.name ~= 'Good' then return nil, 'not for us' end return row end");
  EXPECT_EQ(outcome.exit, 2) << outcome.out << outcome.err;
  EXPECT_EQ(count(), "1");
}

TEST_F(HookOfManyRecords, ThatFailsNowAndThenGoesOn) {
  const Outcome outcome =
      sync("row = function(row) if row.name ~= 'Good' and tonumber(row.name:sub(-3)) % 40 ~= 0 then error('x') end return row end");
  EXPECT_EQ(outcome.exit, 2) << outcome.out << outcome.err;
  EXPECT_NE(count(), "0");
}

TEST_F(HookOfManyRecords, ThatFailsOnceSomethingWasWrittenEndsWithTwo) {
  EXPECT_EQ(sync("row = function(row) return row end").exit, 0);
  execute(bench_->database(), "UPDATE assistants SET first_message = 'edited'");
  bench_->write("scripts/assistants.lua",
                "return { payload = function(body, row, ctx)\n"
                "if (tonumber(row.name:sub(-3)) or 0) > 5 then error('no luck') end return body end }");
  const Outcome outcome = bench_->run({"export", "assistants", "--allow-mass-change"});
  EXPECT_EQ(outcome.exit, 2) << outcome.out << outcome.err;
  EXPECT_NE((outcome.out + outcome.err).find("the hook failed on 50 records in a row: scripts/assistants.lua:2: no luck"),
            std::string::npos)
      << outcome.out << outcome.err;
  EXPECT_EQ(query(bench_->database(), "SELECT count(*) FROM assistants WHERE first_message = 'edited'"), (std::vector<Cells>{{"120"}}));
}

TEST_F(HookOfManyRecords, WhoseReasonIsLongIsQuotedInShort) {
  const Outcome outcome = sync("row = function(row) if row.name ~= 'Good' then return nil, ('y'):rep(4000000) end return row end");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_LT(outcome.out.size() + outcome.err.size(), 120U * 1000U);
  EXPECT_LT(bench_->run({"rejected"}).out.size(), 120U * 1000U);
}

}  // namespace
}  // namespace lockstep::test
