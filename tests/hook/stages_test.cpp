// Each stage: what it gets, what it may return, and what a wrong result is called.
#include <gmock/gmock.h>

#include "hook/support.h"

namespace lockstep::test {
namespace {

using testing::HasSubstr;

constexpr const char* kRecord =
    R"({"id":"a-1","name":"Sales","n":1,"r":1.0,"none":null,"tags":[],"model":{"z":1,"a":{"deep":[1,2]}},"big":12345678901234567890})";

// ---- record ----

TEST(HookRecord, UntouchedRecordIsNoChange) {
  Script script(record_script("return record"));
  std::optional<std::string> changed;
  EXPECT_EQ(script.hook().record(script.subject, "not even JSON", changed), std::nullopt);
  EXPECT_EQ(changed, std::nullopt) << "what is not looked at is not parsed";
}

TEST(HookRecord, ReadingIsNoChange) {
  Script script(record_script(R"(
    local seen = 0
    for key, value in pairs(record) do seen = seen + 1 end
    assert(seen == 8 and record.model.a.deep[2] == 2 and #record.tags == 0 and record.none == null and record.absent == nil)
    return record)"));
  std::optional<std::string> changed;
  EXPECT_EQ(script.hook().record(script.subject, kRecord, changed), std::nullopt);
  EXPECT_EQ(changed, std::nullopt);
}

TEST(HookRecord, ChangesKeepOrderAndTypesOfTheRest) {
  Script script(record_script(R"(
    record.name = record.name:upper()
    record.model.a.deep[3] = 3.5
    record.model.added = true
    record.zeta, record.alpha = 1, ctx.json.array({})
    record.n = nil
    return record)"));
  EXPECT_EQ(
      script.record(kRecord),
      R"({"id":"a-1","name":"SALES","r":1.0,"none":null,"tags":[],"model":{"z":1,"a":{"deep":[1,2,3.5]},"added":true},"big":12345678901234567890,"alpha":[],"zeta":1})");
}

TEST(HookRecord, RemovedMembersAreGoneForReadersToo) {
  Script script(record_script(R"(
    local model = record.model
    record.model = nil
    assert(record.model == nil)
    for key in pairs(record) do assert(key ~= "model") end
    record.name = nil
    record.name = "again"
    return record)"));
  EXPECT_EQ(script.record(R"({"name":"a","model":{"x":1}})"), R"({"name":"again"})");
}

TEST(HookRecord, PairsFollowTheDocumentThenTheNewKeys) {
  Script script(record_script(R"(
    record.fresh = 1
    local keys = {}
    for key in pairs(record) do keys[#keys + 1] = key end
    return nil, table.concat(keys, " "))"));
  EXPECT_EQ(script.record(R"({"z":1,"a":null,"m":2})"), "rejected: z a m fresh");
}

TEST(HookRecord, AnotherTableReplacesTheRecord) {
  Script script(record_script("return { name = record.name, tags = record.tags, extra = {1, 2} }"));
  EXPECT_EQ(script.record(kRecord), R"({"name":"Sales","tags":[],"extra":[1,2]})");
}

TEST(HookRecord, EmptyTableWhereAListWasStaysAList) {
  Script script(record_script("record.tags = {} record.model = {} return record"));
  EXPECT_EQ(script.record(R"({"tags":[1],"model":{"a":1}})"), R"({"tags":[],"model":{}})");
}

TEST(HookRecord, ReasonRejects) { EXPECT_EQ(Script(record_script("return nil, 'is a test'")).record("{}"), "rejected: is a test"); }

TEST(HookRecord, WrongResultsSayWhatWasExpected) {
  const std::pair<const char*, const char*> cases[] = {{"", "it returned nothing"},         {"return", "it returned nothing"},
                                                       {"return nil", "it returned nil"},   {"return 5", "it returned an integer"},
                                                       {"return 'x'", "it returned text"},  {"return true", "it returned a boolean"},
                                                       {"return null", "it returned null"}, {"return {1}", "it returned an array"}};
  for (const auto& [body, expected] : cases) {
    EXPECT_EQ(Script(record_script(body)).record("{}"),
              std::string("rejected: scripts/x.lua:1: record must return the record, or nil and a reason; ") + expected)
        << body;
  }
}

TEST(HookRecord, WhatJsonCannotHoldIsNamedWithItsPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"record.model = { f = print }", "record.model.f is a function, which JSON cannot hold"},
      {"record.x = 0/0", "record.x is not a finite number"},
      {"record.x = '\\xff'", "record.x is text that is not UTF-8"},
      {"record.x = { 1, nil, 3 }", "record.x"},
      {"record.x = { 1, a = 2 }", "record.x has both positions and names"},
      {"record.x = { [true] = 2 }", "record.x has a key that is a boolean"},
      {"record.x = {} record.x.x = record.x", "nested deeper than 200 levels"},
      {"record.x = { [7] = 1 }", "record.x has a key that is an integer"}};
  for (const auto& [body, expected] : cases) {
    EXPECT_THAT(Script(record_script(std::string(body) + " return record")).record("{}"), HasSubstr(expected)) << body;
  }
}

TEST(HookRecord, TextThatIsNoJsonRejects) {
  EXPECT_THAT(Script(record_script("\nreturn record.name")).record("{\"name\": "), testing::StartsWith("rejected: scripts/x.lua:3: "));
  EXPECT_THAT(Script(record_script("\nreturn record.name")).record("[1]"), HasSubstr("is no JSON object"));
}

TEST(HookRecord, OneMemberIsFoundWhateverTheSpelling) {
  Script script(record_script(
      "return nil, ctx.json.encode({ record.a, record['b\\n'], record.o, record.l, record.s, record.e == nil, record['}'] })"));
  EXPECT_EQ(script.record(" { \"a\" :\n1.50 ,\"b\\u000a\": true,\"o\":{ \"x\" : [ { } ] } , \"l\":[ ],\"s\":\" }, \",\"}\":null\t} "),
            R"(rejected: [1.5,true,{"x":[{}]},[]," }, ",true,null])");
}

TEST(HookRecord, ADocumentWithTwinsRejectsOnceItIsChanged) {
  EXPECT_THAT(Script(record_script("record.a = 1 return record")).record(R"({"b":1,"b":2})"), HasSubstr("twice"));
}

TEST(HookRecord, HandleOfAnEarlierCallIsRefused) {
  Script script("local kept\nreturn { record = function(record)\n if kept then return kept.name end\n kept = record return record end }");
  EXPECT_EQ(script.record("{}"), "{}");
  EXPECT_EQ(script.record("{}"), "rejected: scripts/x.lua:3: this record belongs to an earlier call; keep its values instead");
}

// ---- transform ----

class HookTransform : public testing::Test {
 protected:
  std::string apply(const std::string& body, const Value& in) {
    Script script("return { transform = { t = function(value, ctx)\n" + body + "\nend } }");
    Value out = Value::integer(-1);
    const HookVerdict verdict = script.hook().transform("t", in, out, arena_);
    last_ = out;
    return verdict ? "rejected: " + *verdict : to_display(out);
  }
  Arena arena_;
  Value last_;
};

TEST_F(HookTransform, EveryTypeOfCellGoesInAndOut) {
  const Value cells[] = {Value(),
                         Value::null(),
                         Value::boolean(true),
                         Value::integer(INT64_MIN),
                         Value::real(1.0),
                         Value::number("12345678901234567890"),
                         Value::text(std::string_view("a\0b", 3)),
                         Value::json(R"({"a":[],"b":{}})")};
  for (const Value& cell : cells) {
    apply("return value", cell);
    EXPECT_TRUE(identical(last_, cell)) << to_display(cell) << " became " << to_display(last_);
  }
}

TEST_F(HookTransform, MayChangeTheType) {
  EXPECT_EQ(apply("return tonumber(value) + 1", Value::text("41")), "42");
  EXPECT_EQ(last_.tag(), Value::Tag::Int);
  EXPECT_EQ(apply("return { b = value, a = ctx.json.array() }", Value::integer(1)), R"({"a":[],"b":1})");
  EXPECT_EQ(last_.tag(), Value::Tag::Json);
}

TEST_F(HookTransform, NilIsAbsentAndNothingAMistake) {
  apply("return nil", Value::integer(1));
  EXPECT_TRUE(last_.is_absent());
  EXPECT_EQ(apply("", Value::integer(1)),
            "rejected: scripts/x.lua:1: transform.t must return a value, or nil for none; it returned nothing");
  EXPECT_TRUE(last_.tag() == Value::Tag::Int && last_.as_integer() == -1) << "a rejection leaves the cell";
}

TEST_F(HookTransform, UnknownNameRejects) {
  Script script("return {}");
  Value out;
  EXPECT_EQ(script.hook().transform("nope", Value::null(), out, arena_), "no transform is named \"nope\"");
}

// ---- assign_owner ----

TEST(HookAssignOwner, GivesColumnsWithTheirTypes) {
  Script script("return { assign_owner = function(record, ctx) return { user_id = 7, created_by = null, rate = 1.0 } end }");
  std::vector<std::pair<std::string, Json>> columns;
  EXPECT_EQ(script.hook().assign_owner(script.subject, "{}", columns), std::nullopt);
  ASSERT_EQ(columns.size(), 3U);
  EXPECT_EQ(columns[0], (std::pair<std::string, Json>("created_by", Json())));
  EXPECT_EQ(columns[1], (std::pair<std::string, Json>("rate", Json(1.0))));
  EXPECT_EQ(columns[2], (std::pair<std::string, Json>("user_id", Json(7))));
}

TEST(HookAssignOwner, WrongResultsAndWritesAreFailures) {
  const std::pair<const char*, const char*> cases[] = {
      {"return 5", "assign_owner must return a table of columns, or nil and a reason; it returned an integer"},
      {"return nil", "it returned nil"},
      {"return {1}", "it returned an array"},
      {"return { user_id = {} }", "assign_owner.user_id must be a scalar"},
      {"record.name = 1 return {}", "the record cannot be changed at the stage assign_owner"}};
  for (const auto& [body, expected] : cases) {
    Script script(std::string("return { assign_owner = function(record, ctx) ") + body + " end }");
    std::vector<std::pair<std::string, Json>> columns;
    const HookVerdict verdict = script.hook().assign_owner(script.subject, "{}", columns);
    ASSERT_TRUE(verdict) << body;
    EXPECT_THAT(*verdict, HasSubstr(expected));
    EXPECT_THAT(*verdict, testing::StartsWith("scripts/x.lua:1: "));
    EXPECT_TRUE(columns.empty());
  }
}

// ---- row ----

class HookRow : public testing::Test {
 protected:
  HookVerdict apply(const std::string& body) {
    Script script("return { row = function(row, record, ctx)\n" + body + "\nend }");
    return script.hook().row(script.subject, shape_, cells_, R"({"name":"remote"})", arena_);
  }
  std::string text() const {
    std::string out;
    for (const Value& cell : cells_) {
      if (!out.empty()) out += '|';
      out += cell.is_absent() ? "-" : to_display(cell);
    }
    return out;
  }
  Shape shape_{{"id", "name", "model", "rate", "note"}};
  std::vector<Value> cells_{Value::integer(1), Value::text("a"), Value::json(R"({"list":[1],"x":{}})"), Value::real(2.0), Value()};
  Arena arena_;
};

TEST_F(HookRow, CellsAreChangedInPlace) {
  EXPECT_EQ(apply("row.name = record.name .. row.id row.rate = null row.note = {1, {}} row.model.list[2] = 2 return row"), std::nullopt);
  EXPECT_EQ(text(), R"(1|remote1|{"list":[1,2],"x":{}}|null|[1,{}])");
}

TEST_F(HookRow, ReadingChangesNoByte) {
  const auto before = cells_;
  EXPECT_EQ(apply("for k, v in pairs(row) do assert(v ~= nil) end assert(#row == 5 and row.nope == nil) return row"), std::nullopt);
  for (std::size_t i = 0; i < cells_.size(); ++i) EXPECT_TRUE(identical(cells_[i], before[i])) << i;
}

TEST_F(HookRow, ATableSetsItsColumnsOnly) {
  EXPECT_EQ(apply("row.id = 5 return { name = 'b', note = nil }"), std::nullopt);
  EXPECT_EQ(text(), R"(5|b|{"list":[1],"x":{}}|2|-)");
}

TEST_F(HookRow, FailingMidwayLeavesTheRow) {
  EXPECT_EQ(apply("row.name = 'changed'\nerror('no')"), "scripts/x.lua:3: no");
  EXPECT_EQ(apply("row.name = 'changed' return nil, 'rejected'"), "rejected");
  EXPECT_EQ(text(), R"(1|a|{"list":[1],"x":{}}|2|-)");
}

TEST_F(HookRow, MistakesAreNamed) {
  EXPECT_EQ(apply("row.nam = 1"), "scripts/x.lua:2: the row has no column \"nam\"; did you mean \"name\"?");
  EXPECT_EQ(apply("row.name = 1/0"), "scripts/x.lua:2: row.name is not a finite number");
  EXPECT_EQ(apply("return { nam = 1 }"), "scripts/x.lua:1: the row has no column \"nam\"; did you mean \"name\"?");
  EXPECT_EQ(apply("row.name = 'b'"), "scripts/x.lua:1: row must return the row, or nil and a reason; it returned nothing");
}

// ---- match ----

TEST(HookMatch, CandidateItsPositionOrNone) {
  const std::vector<Json> candidates{json::parse(R"({"id":1,"name":"A"})"), json::parse(R"({"id":2,"name":"B"})")};
  const auto choose = [&](const std::string& body) {
    Script script("return { match = function(record, candidates, ctx) " + body + " end }");
    std::optional<std::size_t> chosen;
    const HookVerdict verdict = script.hook().match(script.subject, R"({"name":"b"})", candidates, chosen);
    return verdict ? *verdict : chosen ? std::to_string(*chosen) : "none";
  };
  EXPECT_EQ(choose("for i, c in ipairs(candidates) do if c.name:lower() == record.name then return c end end"), "1");
  EXPECT_EQ(choose("return #candidates"), "1");
  EXPECT_EQ(choose("return 1"), "0");
  EXPECT_EQ(choose("return nil"), "none");
  EXPECT_EQ(choose("return false"), "none");
  EXPECT_EQ(choose(""), "none");
  EXPECT_EQ(choose("return nil, 'two of that name'"), "two of that name");
  EXPECT_THAT(choose("return 3"), HasSubstr("there is no candidate 3"));
  EXPECT_THAT(choose("return record"), HasSubstr("match must return one of the candidates"));
  EXPECT_THAT(choose("return {}"), HasSubstr("it returned a table"));
}

// ---- conflict ----

TEST(HookConflict, WinnerOrAPerson) {
  const auto decide = [](const std::string& body) {
    Script script("return { conflict = function(field, here, there, base, ctx) " + body + " end }");
    std::optional<Json> winner = Json(99);
    const HookVerdict verdict = script.hook().conflict(script.subject, "model.temperature", Json(1), Json(1.0), Json(), winner);
    return verdict ? "failed: " + *verdict : winner ? json::to_text(*winner) : "a person";
  };
  EXPECT_EQ(decide("assert(field == 'model.temperature' and base == null) return here"), "1");
  EXPECT_EQ(decide("return there"), "1.0");
  EXPECT_EQ(decide("return null"), "null");
  EXPECT_EQ(decide("return ctx.json.array()"), "[]");
  EXPECT_EQ(decide("return false"), "false");
  EXPECT_EQ(decide("return nil, 'unclear'"), "a person");
  EXPECT_EQ(decide(""), "a person");
  EXPECT_THAT(decide("return print"), HasSubstr("failed: scripts/x.lua:1: the result of conflict is a function"));
}

// ---- payload, changed ----

TEST(HookPayload, BodyIsChangedAndTheRowIsNot) {
  Script script("return { payload = function(body, row, ctx) body.name = row.name body.drop = nil return body end }");
  Json body = json::parse(R"({"drop":1,"name":"x","tags":[]})");
  EXPECT_EQ(script.hook().payload(script.subject, body, json::parse(R"({"name":"local"})")), std::nullopt);
  EXPECT_EQ(json::to_text(body), R"({"name":"local","tags":[]})");

  Script failing("return { payload = function(body, row, ctx) body.name = 1 row.name = 2 return body end }");
  EXPECT_THAT(*failing.hook().payload(failing.subject, body, json::parse("{}")), HasSubstr("the row cannot be changed"));
  EXPECT_EQ(json::to_text(body), R"({"name":"local","tags":[]})");
}

TEST(HookChanged, GetsTheChangeAndMayFail) {
  Script script("return { changed = function(change, ctx) ctx.log.info(change.action .. ' ' .. ctx.id) end }");
  EXPECT_EQ(script.hook().changed(script.subject, json::parse(R"({"action":"create"})")), std::nullopt);
  ASSERT_EQ(script.host.lines.size(), 1U);
  EXPECT_EQ(script.host.lines[0], (std::pair(log::Level::Info, std::string("create a-1"))));
  Script failing("return { changed = function(change) error('no') end }");
  EXPECT_EQ(failing.hook().changed(failing.subject, json::parse("{}")), "scripts/x.lua:1: no");
}

TEST(HookStages, AStageThatTheScriptLacksGoesWell) {
  Script script("return {}");
  EXPECT_EQ(script.record("{}"), "{}");
}

// ---- ctx ----

TEST(HookContext, KnowsTheRecordTheStageAndTheTime) {
  Script script(record_script("return nil, table.concat({ctx.id, ctx.label, ctx.noun, ctx.stage, ctx.now_iso, ctx.now}, ' ')"));
  EXPECT_EQ(script.record("{}"), "rejected: a-1 Sales assistant record 2025-11-21T02:24:23.000Z 1763691863.0");
}

TEST(HookContext, FindGivesRowsAndTakesOnlyScalars) {
  Script script(record_script(R"(
    local rows = ctx.db:find("users", { email = "A@x.org" }, { ignore_case = true })
    assert(#rows == 1 and rows[1].id == 9007199254740993 and rows[1].name == null)
    assert(#ctx.db:find("users", { email = "A@x.org" }) == 0 and #ctx.db:find("users") == 1)
    rows[1].name = "only a copy"
    return record)"));
  script.host.tables["users"] = {json::parse(R"({"id":9007199254740993,"email":"a@X.org","name":null})")};
  EXPECT_EQ(script.record("{}"), "{}");
  EXPECT_EQ(script.host.tables["users"][0].find("name")->is_null(), true);

  const std::pair<const char*, const char*> cases[] = {
      {"ctx.db:find('nope')", "scripts/x.lua:2: there is no table \"nope\""},
      {"ctx.db.find('users')", "call it as ctx.db:find("},
      {"ctx.db:find('users', 5)", "where must be a table column = value, not an integer"},
      {"ctx.db:find('users', { id = {} })", "where.id must be a scalar"},
      {"ctx.db:find('users', {}, { ignorecase = true })", "unknown option \"ignorecase\"; did you mean \"ignore_case\"?"},
      {"ctx.db.find = nil", "ctx.db cannot be changed"},
      {"ctx.foo = 1", "ctx cannot be changed"},
      {"return ctx.lable", "ctx has no 'lable'; did you mean \"label\"?"}};
  for (const auto& [body, expected] : cases) EXPECT_THAT(Script(record_script(body)).record("{}"), HasSubstr(expected)) << body;
}

TEST(HookContext, LogAndPrintReachTheHost) {
  Script script(record_script("ctx.log.warn('w') ctx.log:error('e') print('p', 1, nil) return record"));
  EXPECT_EQ(script.record("{}"), "{}");
  EXPECT_EQ(script.host.lines, (std::vector<std::pair<log::Level, std::string>>{
                                   {log::Level::Warning, "w"}, {log::Level::Error, "e"}, {log::Level::Info, "p\t1\tnil"}}));
}

TEST(HookContext, WithoutAHostTheDatabaseIsNotAvailable) {
  Script script(record_script("ctx.db:find('users') return record"));
  script.hook().attach(nullptr);
  EXPECT_EQ(script.record("{}"), "rejected: scripts/x.lua:2: ctx.db is not available here");
}

}  // namespace
}  // namespace lockstep::test
