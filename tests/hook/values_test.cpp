// Types survive the way into Lua and back, whatever the document.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>

#include "hook/support.h"

namespace lockstep::test {
namespace {

Json any_scalar() {
  switch (*rc::gen::inRange(0, 8)) {
    case 0: return {};
    case 1: return Json(*rc::gen::arbitrary<bool>());
    case 2: return Json(*rc::gen::arbitrary<std::int64_t>());
    case 3: return Json(*rc::gen::element<std::int64_t>(INT64_MAX, INT64_MIN, 9007199254740993, 0));
    case 4: return Json(static_cast<double>(*rc::gen::inRange(-1000, 1000)));
    case 5: return Json(std::ldexp(static_cast<double>(*rc::gen::arbitrary<std::int32_t>()), *rc::gen::inRange(-80, 80)));
    case 6: return Json(Json::Verbatim{*rc::gen::element<std::string>("12345678901234567890", "1e400", "-98765432109876543210")});
    default: break;
  }
  return Json(*rc::gen::element<std::string>("", "plain", std::string("nu\0l", 4), "\xF0\x9F\x98\x80 smile", "12", "null", "\"quoted\"\n"));
}

Json any_json(int depth) {
  const int kind = depth == 0 ? 0 : *rc::gen::inRange(0, 4);
  if (kind < 2) return any_scalar();
  const int count = *rc::gen::inRange(0, 4);
  if (kind == 2) {
    Json::Array items;
    for (int i = 0; i < count; ++i) items.push_back(any_json(depth - 1));
    return items;
  }
  Json out = Json::Object{};
  for (int i = 0; i < count; ++i)
    out[*rc::gen::element<std::string>("a", "b", "1", "", "key with \"quotes\"", "ключ")] = any_json(depth - 1);
  return out;
}

std::string any_document() {
  Json out = Json::Object{};
  for (const char* key : {"z", "a", "m"}) out[key] = any_json(4);
  return json::to_text(out);
}

/// Rebuilds a document from plain tables.
const std::string kCopy = R"(
local function copy(value, ctx)
  if type(value) ~= "table" then return value end
  local out = getmetatable(value) == false and ctx.json.array({}) or {}
  for key, item in pairs(value) do out[key] = copy(item, ctx) end
  return out
end
)";

TEST(HookValues, CopiedWholeEveryDocumentStaysTheSame) {
  // Rebuilt from plain tables: order of keys is not kept then, all else is.
  Script script(kCopy + R"(
    return { record = function(record, ctx)
      local out = {}
      for key, value in pairs(record) do out[key] = copy(value, ctx) end
      return { wrapped = out }
    end })");
  EXPECT_TRUE(rc::check([&] {
    const std::string raw = any_document();
    const std::string out = script.record(raw);
    RC_ASSERT(json::canonical(std::string_view(out)) == json::canonical(std::string_view("{\"wrapped\":" + raw + "}")));
    // Canonical text takes 1.0 for 1, so types are compared in the spelling as well.
    RC_ASSERT(out.size() == raw.size() + std::string_view("{\"wrapped\":}").size());
  }));
}

TEST(HookValues, TouchedButEqualIsNoChange) {
  Script script(record_script(R"(
    local function touch(value)
      if type(value) ~= "table" then return end
      for key, item in pairs(value) do touch(item) value[key] = item end
    end
    for key, value in pairs(record) do touch(value) record[key] = value end
    return record)"));
  EXPECT_TRUE(rc::check([&] {
    const std::string raw = any_document();
    std::optional<std::string> changed;
    RC_ASSERT(script.hook().record(script.subject, raw, changed) == std::nullopt);
    RC_ASSERT(changed == std::nullopt);
  }));
}

TEST(HookValues, OneChangeLeavesEveryOtherByte) {
  Script script(record_script("for key, value in pairs(record) do local t = value end record.added = 1 return record"));
  EXPECT_TRUE(rc::check([&] {
    const std::string raw = any_document();
    RC_ASSERT(script.record(raw) == raw.substr(0, raw.size() - 1) + ",\"added\":1}");
  }));
}

TEST(HookValues, EncodeAndDecodeAreInverse) {
  Script script(record_script("return { out = ctx.json.encode(ctx.json.decode(record.text)) }"));
  EXPECT_TRUE(rc::check([&] {
    const std::string raw = json::canonical(any_json(4));
    Json record = Json::Object{};
    record["text"] = raw;
    RC_ASSERT(json::canonical(std::string_view(script.text(json::to_text(record)))) == raw);
  }));
}

TEST(HookValues, EveryCellSurvivesATransform) {
  Script script("return { transform = { same = function(value) return value end } }");
  EXPECT_TRUE(rc::check([&] {
    Arena arena;
    const Value in = json::to_value(any_json(3), arena);
    Value out;
    RC_ASSERT(script.hook().transform("same", in, out, arena) == std::nullopt);
    RC_ASSERT(identical(in, out));
  }));
}

TEST(HookValues, EveryCellSurvivesARow) {
  Script script(kCopy + R"(
    return { row = function(row, record, ctx)
      local out = {}
      for column, value in pairs(row) do out[column] = copy(value, ctx) end
      return out
    end })");
  const Shape shape({"id", "a", "b", "c"});
  EXPECT_TRUE(rc::check([&] {
    Arena arena;
    std::vector<Value> row{Value::text("a-1")};
    for (int i = 0; i < 3; ++i) row.push_back(json::to_value(any_json(3), arena));
    const std::vector<Value> before = row;
    RC_ASSERT(script.hook().row(script.subject, shape, row, "{}", arena) == std::nullopt);
    for (std::size_t i = 0; i < row.size(); ++i) RC_ASSERT(identical(row[i], before[i]));
  }));
}

TEST(HookValues, EveryValueSurvivesAConflict) {
  Script script("return { conflict = function(field, here, there, base, ctx) return field == 'here' and here or there end }");
  EXPECT_TRUE(rc::check([&] {
    Json in = any_json(4);
    // In Lua `false and x or y` is y, and a null that wins is asked for as `null`.
    if (in.boolean() != nullptr) in = Json(std::int64_t{1});
    std::optional<Json> winner;
    RC_ASSERT(script.hook().conflict(script.subject, "here", in, Json("there"), {}, winner) == std::nullopt);
    RC_ASSERT(winner && json::canonical(*winner) == json::canonical(in) && json::to_text(*winner).size() == json::to_text(in).size());
    RC_ASSERT(script.hook().conflict(script.subject, "there", Json("here"), in, {}, winner) == std::nullopt);
    RC_ASSERT(winner && json::canonical(*winner) == json::canonical(in));
  }));
}

TEST(HookValues, EveryBodySurvivesAPayload) {
  Script script("return { payload = function(body, row, ctx) for key, value in pairs(row) do body[key] = value end return body end }");
  EXPECT_TRUE(rc::check([&] {
    Json row = Json::Object{};
    for (const char* key : {"z", "a", "m"}) row[key] = any_json(4);
    Json body = row;
    const std::string before = json::to_text(body);
    RC_ASSERT(script.hook().payload(script.subject, body, row) == std::nullopt);
    RC_ASSERT(json::to_text(body) == before);
    body = Json::Object{};
    RC_ASSERT(script.hook().payload(script.subject, body, row) == std::nullopt);
    RC_ASSERT(json::canonical(body) == json::canonical(row));
  }));
}

TEST(HookValues, OwnedColumnsAndCandidatesKeepTheirTypes) {
  Script script(R"(return {
    assign_owner = function(record, ctx) return { out = record.value } end,
    match = function(record, candidates, ctx)
      for position, candidate in ipairs(candidates) do if candidate.value == record.value then return candidate end end
    end })");
  EXPECT_TRUE(rc::check([&] {
    Json record = Json::Object{};
    record["value"] = any_scalar();
    std::vector<std::pair<std::string, Json>> columns;
    RC_ASSERT(script.hook().assign_owner(script.subject, json::to_text(record), columns) == std::nullopt);
    RC_ASSERT(columns.size() == 1 && json::to_text(columns[0].second) == json::to_text(record["value"]));
    Json other = Json::Object{};
    other["value"] = "another";
    std::optional<std::size_t> chosen;
    RC_ASSERT(script.hook().match(script.subject, json::to_text(record), {other, record, other}, chosen) == std::nullopt);
    RC_ASSERT(chosen == 1U);
  }));
}

TEST(HookValues, TypesAreWhatAScriptExpects) {
  Script script(record_script(R"(
    assert(math.type(record.i) == "integer" and math.type(record.r) == "float")
    assert(record.i == 9007199254740993 and record.n == null and tostring(record.n) == "null" and record.x == nil)
    assert(tostring(record.b) == "12345678901234567890" and record.b == record.b2)
    assert(#record.a == 0 and next(record.o) == nil)
    return nil, "fine")"));
  EXPECT_EQ(script.record(R"({"i":9007199254740993,"r":1.0,"n":null,"b":12345678901234567890,"b2":12345678901234567890,"a":[],"o":{}})"),
            "rejected: fine");
  EXPECT_THAT(Script(record_script("return record.n.x")).record(R"({"n":null})"),
              testing::HasSubstr("attempt to index a null value (field 'n')"));
}

// However a value comes to hold itself, its depth has one end.
TEST(HookValues, NoneHoldsItself) {
  Arena arena;
  const Shape shape({"id", "a", "b"});
  const std::vector<Value> cells{Value::text("a-1"), Value::json(R"({"x":1})"), Value::text("b")};
  for (const char* body :
       {"row.b = row", "row.a = { row }", "row.a.deep = { row = row }", "return { a = row }, row.a", "local t = {} t.t = t row.b = t",
        "row.a = { record } record.x = row", "row.a = row.a row.a.again = row", "ctx.json.encode({ row, a = row })"}) {
    SCOPED_TRACE(body);
    Script script(std::string("return { row = function(row, record, ctx) row.a.self = row if true then ") + body + " end return row end }");
    std::vector<Value> row = cells;
    const HookVerdict verdict = script.hook().row(script.subject, shape, row, R"({"name":"n"})", arena);
    ASSERT_TRUE(verdict);
    EXPECT_THAT(*verdict, testing::StartsWith("scripts/x.lua:1: "));
    EXPECT_LT(verdict->size(), 500U);
    for (std::size_t i = 0; i < row.size(); ++i) EXPECT_TRUE(identical(row[i], cells[i]));
  }
  for (const char* body : {"body.x = body", "body.x = { body }", "body.x = { row = row, body = body }",
                           "return { x = body, y = (function() body.z = body end)() }"}) {
    SCOPED_TRACE(body);
    Script script(std::string("return { payload = function(body, row, ctx) body.x = body if true then ") + body + " end return body end }");
    Json sent = json::parse(R"({"a":1})");
    EXPECT_THAT(script.hook().payload(script.subject, sent, json::parse(R"({"b":2})")).value_or("taken"),
                testing::HasSubstr("nested deeper than 200 levels"));
    EXPECT_EQ(json::to_text(sent), R"({"a":1})");
  }
  Script owner("return { assign_owner = function(record) local t = {} t.t = t return t end }");
  std::vector<std::pair<std::string, Json>> columns;
  EXPECT_TRUE(owner.hook().assign_owner(owner.subject, "{}", columns));
}

// What a hook may make is what can be read again, to the last level.
TEST(HookValues, OfAnyDepthCanBeReadOrIsRefused) {
  for (const int levels : {1, 150, 197, 198, 199, 200, 201, 5000}) {
    for (const char* innermost : {"{}", "1", "record", "ctx.json.array({1})"}) {
      SCOPED_TRACE(levels);
      Script script(record_script("local t = " + std::string(innermost) + " for i = 1, " + std::to_string(levels) +
                                  " do t = { t } end return { x = t }"));
      const std::string out = script.record(R"({"deep":[[[1]]]})");
      if (out.starts_with("rejected: ")) {
        EXPECT_GE(levels, 197);
        EXPECT_THAT(out, testing::HasSubstr("nested deeper than 200 levels"));
      } else {
        EXPECT_LE(levels, 199);
        EXPECT_NO_THROW(json::parse(out));
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::test
