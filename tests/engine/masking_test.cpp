// Masking by slices, held against masking by a tree: the same places, the same masks, the same refusals, and nothing else is touched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <functional>

#include "data/record.h"
#include "engine/sides/keyed_hash.h"
#include "engine/sides/secrets.h"
#include "format/escape.h"
#include "format/json.h"
#include "format/secret_names.h"
#include "format/yaml.h"

namespace lockstep {
namespace {

constexpr const char* kKey = "key of the database";
const std::string kOurs = "sk-of-this/program";

int pick(int below) { return *rc::gen::inRange(0, below); }

template <class Choices>
const auto& one_of(const Choices& of) {
  return of[static_cast<std::size_t>(pick(static_cast<int>(of.size())))];
}

class Masking : public ::testing::Test {
 protected:
  Masking() {
    resource_.secret = {"credentials", "server.url", "model.tools.*.pin", "!hooks.headers", "odd.*.deep.*"};
    yaml::Problems problems;
    const auto root = yaml::load_text(
        "table: t\nkey: {column: vapi_id, from: id}\nfields:\n  name: text\n  model: json\n  hooks: json\n  server: json\n  odd: json\n",
        "m.yaml", {}, problems);
    mapping_ = Mapping::load(root, resource_, {}, problems);
    problems.raise();
    secrets_.emplace(resource_, mapping_);
    secrets_->set_key(kKey);
    secrets_->set_keys_of_ours({kOurs});
    std::vector<std::string> patterns = secret_patterns_of(resource_);
    patterns.insert(patterns.end(), mapping_.secrets().begin(), mapping_.secrets().end());
    patterns_ = PathPatterns(patterns);
  }

  /// The tree with its secrets masked.
  Json masked_tree(Json tree, const PathPatterns::Place& place) const {
    patterns_.visit(tree, place, [](Json& secret, const PathPatterns::Steps&) {
      const bool is_masked = secret.text() != nullptr && is_secret_mask(*secret.text());
      if (!is_masked) secret = "[secret " + keyed_hash(kKey, json::canonical(secret)).substr(0, 16) + "]";
      return false;
    });
    mask_ours(tree);
    return tree;
  }
  static void mask_ours(Json& node) {
    if (node.text() != nullptr && node.text()->find(kOurs) != std::string::npos)
      node = "[secret " + keyed_hash(kKey, json::canonical(node)).substr(0, 16) + "]";
    if (node.array() != nullptr) std::for_each(node.array()->begin(), node.array()->end(), mask_ours);
    if (node.object() == nullptr) return;
    for (Json::Member& member : *node.object()) mask_ours(member.second);
  }

  Resource resource_;
  Mapping mapping_;
  std::optional<SecretPaths> secrets_;
  PathPatterns patterns_;
};

/// JSON as others may write it.
class Writer {
 public:
  std::string document() {
    object(0);
    return std::move(out_);
  }

 private:
  void blank() {
    static const std::vector<std::string> kBlanks{"", "", "", " ", "\n\t"};
    if (!compact_) out_ += one_of(kBlanks);
  }

  /// Some letters may be spelled by their number.
  void text(std::string_view of) {
    out_ += '"';
    for (const char c : of) {
      const bool must = c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
      if (must || (!compact_ && static_cast<unsigned char>(c) < 0x80 && pick(25) == 0)) {
        char code[7];
        std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
        out_ += code;
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  void name(std::size_t number) {
    static const std::vector<std::string> kNames{"id",       "name",    "model",     "tools",      "server",    "headers",  "secret",
                                                 "apiKey",   "api_key", "X-Api-Key", "hooks",      "url",       "maxToken", "tokens",
                                                 "deep",     "odd",     "pin",       "key",        "publicKey", "é",        "a\"b",
                                                 "password", "auth",    "do",        "credentials"};
    std::string chosen = one_of(kNames);
    // Mostly names of an object differ.
    if (pick(20) != 0) chosen = number == 0 ? chosen : chosen + (pick(3) == 0 ? "" : std::to_string(number));
    text(chosen);
  }

  void scalar() {
    static const std::vector<std::string> kNumbers{
        "0", "-0.0", "1e400", "12345678901234567890", "1.50", "2E3", "9007199254740993", "true", "false", "null", "null"};
    static const std::vector<std::string> kTexts{"",         "abc", "line\nline",  "é🙂",        "half", "[secret 0123456789abcdef]",
                                                 "[secret]", "\"",  "my " + kOurs, "{\"secret\":1}"};
    if (pick(2) == 0) {
      out_ += one_of(kNumbers);
    } else if (pick(12) == 0) {
      out_ += "\"half \\ud83d\"";
    } else {
      text(one_of(kTexts));
    }
  }

  void array(int depth) {
    out_ += '[';
    for (int left = pick(4); left > 0; --left) {
      value(depth);
      if (left > 1) out_ += ',';
    }
    blank();
    out_ += ']';
  }

  void object(int depth) {
    out_ += '{';
    const int count = pick(depth == 0 ? 16 : 5);
    for (int i = 0; i < count; ++i) {
      if (i > 0) out_ += ',';
      blank();
      name(static_cast<std::size_t>(i));
      blank();
      out_ += ':';
      value(depth);
    }
    blank();
    out_ += '}';
  }

  void value(int depth) {
    blank();
    const int kind = depth > 4 ? 0 : pick(5);
    if (kind < 3) {
      scalar();
    } else if (kind == 3) {
      array(depth + 1);
    } else {
      object(depth + 1);
    }
    blank();
  }

  bool compact_ = pick(3) == 0;
  std::string out_;
};

/// Nothing where it is refused.
template <class Made>
std::optional<Made> attempt(const std::function<Made()>& work) {
  try {
    return work();
  } catch (const Error&) {
    return std::nullopt;
  }
}

TEST_F(Masking, BySlicesIsMaskingByATree) {
  // One masker sees them all: what it learned of one document must not be taken for true of the next.
  std::size_t with_secrets = 0, refused = 0;
  const bool held = rc::check("documents", [&] {
    std::string raw = Writer().document();
    if (pick(8) == 0) raw[static_cast<std::size_t>(pick(static_cast<int>(raw.size())))] = static_cast<char>(*rc::gen::inRange(1, 256));
    const auto tree = attempt<Json>([&] { return json::parse(raw); });
    const auto masked = attempt<std::string>([&] { return secrets_->mask_document(raw); });
    if (!tree) {
      ++refused;
      RC_ASSERT(!masked || (*masked == raw && !secrets_->may_hold(raw)));
      return;
    }
    RC_ASSERT(masked.has_value());
    const Json expected = masked_tree(*tree, patterns_.root());
    RC_ASSERT(json::parse(*masked) == expected);
    if (json::to_text(*tree) == raw) RC_ASSERT(*masked == json::to_text(expected));
    if (expected == *tree) RC_ASSERT(*masked == raw);
    RC_ASSERT(secrets_->mask_document(*masked) == *masked);
    with_secrets += expected == *tree ? 0U : 1U;
  });
  EXPECT_TRUE(held);
  EXPECT_GT(with_secrets, 5U);
  EXPECT_GT(refused, 0U);
}

TEST_F(Masking, OfACellIsMaskingByATree) {
  const std::vector<std::string> columns{"model", "hooks", "server", "odd"};
  EXPECT_TRUE(rc::check("cells", [&] {
    const std::string raw = Writer().document();
    const auto tree = attempt<Json>([&] { return json::parse(raw); });
    if (!tree) return;
    const std::size_t ordinal = *mapping_.find(one_of(columns));
    const PathPatterns::Place place = patterns_.at(mapping_.fields()[ordinal].from);
    const std::string canonical = json::canonical(*tree);
    Arena arena;
    const Value cell = secrets_->mask(ordinal, Value::json(canonical), arena);
    const std::string expected = json::canonical(masked_tree(*tree, place));
    RC_ASSERT(std::string(cell.as_view()) == expected);
    RC_ASSERT(identical(secrets_->mask(ordinal, Value::json(raw), arena), cell) || expected == canonical);
    std::vector<Value> row(mapping_.fields().size(), Value::null());
    row[ordinal] = Value::json(canonical);
    RC_ASSERT(
        identical(secrets_->mask_row(row, std::vector<std::string_view>{mapping_.fields()[ordinal].from.top()}, arena)[ordinal], cell));
  }));
}

/// A row is masked where its document holds secrets, and nowhere else.
TEST_F(Masking, OfARowIsMaskingOfItsCells) {
  std::size_t with_secrets = 0;
  EXPECT_TRUE(rc::check("rows", [&] {
    const std::string raw = Writer().document() + std::string(kPagePadding, '\0');
    const std::string_view text = std::string_view(raw).substr(0, raw.size() - kPagePadding);
    Mapper mapper(mapping_);
    std::vector<Value> row(mapping_.fields().size());
    Arena arena;
    if (!attempt<bool>([&] { return mapper.map(text, row, arena).empty(); })) return;
    const auto masked = secrets_->masked_document(text, arena);
    const std::span<const Value> made = masked ? secrets_->mask_row(row, masked->members, arena) : std::span<const Value>(row);
    for (std::size_t i = 0; i < row.size(); ++i) RC_ASSERT(identical(made[i], secrets_->mask(i, row[i], arena)));
    with_secrets += masked ? 1U : 0U;
  }));
  EXPECT_GT(with_secrets, 2U);
}

TEST_F(Masking, LeavesAllOtherBytesAsTheyAre) {
  const std::string head = "{ \"name\" : \"caf\\u00e9 \\/\", \"n\": 1.50e0 , \"list\":[ 1e400,\n12345678901234567890 ],\t\"apiKey\" :";
  const std::string tail = ", \"server\":{ \"other\" : null , \"secret\":null } }";
  const std::string masked = secrets_->mask_document(head + " {\"a\": [1, 2]} " + tail);
  ASSERT_TRUE(masked.starts_with(head)) << masked;
  ASSERT_TRUE(masked.ends_with(tail)) << masked;
  EXPECT_EQ(masked.substr(head.size(), masked.size() - head.size() - tail.size()),
            " \"[secret " + keyed_hash(kKey, R"({"a":[1,2]})").substr(0, 16) + "]\" ");
}

TEST_F(Masking, FindsSecretsOfEveryKindUnderEverySpellingOfTheirName) {
  for (const char* value : {"\"text\"", "12345678901234567890", "1e400", "true", "[1,[2,{\"a\":null}]]", "{\"a\":\"b\"}", "\"\""}) {
    for (const char* name : {"secret", "client_secret", "Client-Secret", "s\\u0065cret", "\\u0073\\u0065\\u0063\\u0072\\u0065\\u0074"}) {
      const std::string inside = std::string("\"") + name + "\":" + value;
      for (const std::string& raw : {"{" + inside + "}", "{\"a\":[[{" + inside + "}]]}", "{\"metadata\":{\"x\":1," + inside + "}}"}) {
        const std::string masked = secrets_->mask_document(raw);
        EXPECT_EQ(masked.find(value), std::string::npos) << masked;
        EXPECT_THAT(masked, ::testing::HasSubstr("[secret ")) << raw;
      }
    }
  }
}

TEST_F(Masking, RefusesWhatAReaderOfTreesRefuses) {
  for (const char* raw : {R"({"secret":"a","secret":"b"})", R"({"apiKey":"a","x":{"s":1,"\u0073":2}})", R"({"secret":{"a":1,"a":2}})",
                          R"({"secret":"a","b":"\x"})", R"({"secret":"\ud8"})", "{\"secret\":\"a\",\"b\":\"\xff\"}", R"({"secret":"a"}{})",
                          R"({"secret":01})", R"({"secret":"a",})"}) {
    EXPECT_THROW(secrets_->mask_document(raw), Error) << raw;
    EXPECT_THROW(json::parse(raw), Error) << raw;
  }
  EXPECT_THROW(secrets_->mask_document("{\"secret\":" + std::string(300, '[') + std::string(300, ']') + "}"), Error);
}

TEST_F(Masking, KnowsMoreNamesThanItLearns) {
  std::string raw = "{\"metadata\":{";
  for (int i = 0; i < 6000; ++i) raw += "\"n" + std::to_string(i) + "\":{\"token\":\"t" + std::to_string(i) + "\"},";
  raw += "\"last\":0},\"apiKey\":\"k\"}";
  for (int round = 0; round < 2; ++round)
    EXPECT_EQ(secrets_->mask_document(raw), json::to_text(masked_tree(json::parse(raw), patterns_.root())));
  const std::string twice = raw.substr(0, raw.size() - 1) + ",\"z\":{\"n5\":1,\"n5\":2}}";
  EXPECT_THROW(secrets_->mask_document(twice), Error);
  std::string last_twice = raw;
  last_twice.replace(last_twice.find("\"last\""), 6, "\"n5999\"");
  EXPECT_THROW(secrets_->mask_document(last_twice), Error);
}

TEST_F(Masking, AKeyOfThisProgramIsFoundInEverySpelling) {
  for (const char* text :
       {"sk-of-this/program", "sk-of-this\\/program", "\\u0073k-of-this/program", "Bearer sk-of-thi\\u0073\\/program!"}) {
    const std::string raw = std::string("{\"name\":\"") + text + "\"}";
    EXPECT_THAT(secrets_->mask_document(raw), ::testing::StartsWith("{\"name\":\"[secret ")) << raw;
  }
}

/// RFC 4231, cases 1, 2, 3 and 6.
TEST(KeyedHash, IsHmacSha256) {
  EXPECT_EQ(keyed_hash(std::string(20, '\x0b'), "Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(keyed_hash("Jefe", "what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(keyed_hash(std::string(20, '\xaa'), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(keyed_hash(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  const KeyedHasher hasher("Jefe");
  hasher.hash("another");
  EXPECT_EQ(hasher.hash("what do ya want for nothing?"), keyed_hash("Jefe", "what do ya want for nothing?"));
}

}  // namespace
}  // namespace lockstep
