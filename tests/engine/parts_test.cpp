// The engine's small parts: the spool, the masking of secrets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

#include "common/error.h"
#include "common/scratch_folder.h"
#include "engine/sides/secrets.h"
#include "engine/write/spool.h"
#include "format/json.h"

namespace lockstep {
namespace {

TEST(Spool, ItsFileLiesWhereTmpdirSays) {
  const ScratchFolder folder("spool");
  const std::string missing = (folder.path() / "missing").string();
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TMPDIR", missing.c_str(), 1);
  Spool spool(1);
  const auto fill = [&] { spool.push("a", "{}", Hash128{1, 1}, 0, 0, {}); };
  try {
    fill();
    ADD_FAILURE() << "it lies elsewhere";
  } catch (const Error& failure) {
    EXPECT_NE(failure.hint().find(missing), std::string::npos) << failure.hint();
  }
  setenv("TMPDIR", folder.path().c_str(), 1);
  EXPECT_NO_THROW(fill());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "nobody sees its name";
  before == nullptr ? unsetenv("TMPDIR") : setenv("TMPDIR", kept.c_str(), 1);
}

TEST(Spool, GivesBackWhatItWasGivenInOrderAlsoFromDisk) {
  for (const std::size_t memory : {std::size_t{1}, std::size_t{300}, std::size_t{1} << 20U}) {
    Spool spool(memory);
    const std::string long_text(5000, 'x');
    for (int i = 0; i < 50; ++i) {
      const std::string id = "id-" + std::to_string(i);
      const std::vector<Value> row = {
          Value::text(id),           Value::null(),          Value::integer(i), Value::real(i / 2.0),  Value::boolean(i % 2 == 0),
          Value::json(R"({"a":1})"), Value::number("1e400"), Value(),           Value::text(long_text)};
      spool.push(id, "{\"id\":\"" + id + "\"}", Hash128{1, static_cast<std::uint64_t>(i)}, static_cast<std::uint32_t>(i), UINT32_MAX, row);
    }
    EXPECT_EQ(spool.size(), 50U);
    int next = 0;
    for (auto chunk = spool.take(7); !chunk.empty(); chunk = spool.take(7)) {
      for (const WaitingRecord& record : chunk) {
        EXPECT_EQ(record.id, "id-" + std::to_string(next));
        EXPECT_EQ(record.raw, "{\"id\":\"" + record.id + "\"}");
        EXPECT_EQ(record.hash.low, static_cast<std::uint64_t>(next));
        EXPECT_EQ(record.link, static_cast<std::uint32_t>(next));
        ASSERT_EQ(record.row.size(), 9U);
        EXPECT_EQ(record.row[0].as_view(), record.id);
        EXPECT_TRUE(identical(record.row[3], Value::real(next / 2.0)));
        EXPECT_TRUE(identical(record.row[4], Value::boolean(next % 2 == 0)));
        EXPECT_TRUE(identical(record.row[6], Value::number("1e400")));
        EXPECT_TRUE(record.row[7].is_absent());
        EXPECT_EQ(record.row[8].as_view(), long_text);
        ++next;
      }
    }
    EXPECT_EQ(next, 50);
    EXPECT_EQ(spool.size(), 0U);
  }
}

constexpr char kMaskPattern[] = "\\[secret [0-9a-f]{16}\\]";

std::string without_digits(std::string_view masked) {
  return std::regex_replace(std::string(masked), std::regex(kMaskPattern), "[secret]");
}

class Secrets : public ::testing::Test {
 protected:
  Secrets() {
    resource_.secret = {"credentials", "server.secret", "model.tools.*.server.secret"};
    yaml::Problems problems;
    const auto root = yaml::load_text(
        "table: t\nkey: {column: vapi_id, from: id}\nfields:\n  name: text\n  model: json\n  server: json\n  credentials: json\n  "
        "server_secret: {from: server.secret, type: text}\n",
        "m.yaml", {}, problems);
    mapping_ = Mapping::load(root, resource_, {}, problems);
    problems.raise();
  }
  std::size_t at(std::string_view column) const { return *mapping_.find(column); }
  Resource resource_;
  Mapping mapping_;
};

TEST_F(Secrets, ADocumentLosesItsSecretsAndNothingElse) {
  const SecretPaths secrets(resource_, mapping_);
  const std::string raw =
      R"({"name":"x","server":{"url":"u","secret":"s3cr3t"},"model":{"tools":[{"server":{"secret":"other"}},{"type":"a"}]},"credentials":[{"apiKey":"k"}]})";
  EXPECT_EQ(
      without_digits(secrets.mask_document(raw)),
      R"({"name":"x","server":{"url":"u","secret":"[secret]"},"model":{"tools":[{"server":{"secret":"[secret]"}},{"type":"a"}]},"credentials":"[secret]"})");
  const std::string plain = R"({ "name" : "no secret here", "server": {"url": "u"} })";
  EXPECT_EQ(secrets.mask_document(plain), plain);
}

TEST_F(Secrets, EqualSecretsHaveEqualMasksUnderOneKeyAlone) {
  SecretPaths secrets(resource_, mapping_);
  secrets.set_key("key of the database");
  SecretPaths others(resource_, mapping_);
  others.set_key("key of another");
  Arena arena;
  const auto mask = [&](const SecretPaths& by, std::string_view secret) {
    return std::string(by.mask(at("server_secret"), Value::text(secret), arena).as_view());
  };
  EXPECT_EQ(mask(secrets, "abc"), mask(secrets, "abc"));
  EXPECT_NE(mask(secrets, "abc"), mask(secrets, "abd"));
  EXPECT_NE(mask(secrets, "abc"), mask(others, "abc"));
  EXPECT_NE(secrets.mask_document(R"({"server":{"secret":"abc"}})").find(mask(secrets, "abc")), std::string::npos);
}

TEST_F(Secrets, AKeyOfThisProgramIsASecretWhereverItStands) {
  SecretPaths secrets(resource_, mapping_);
  secrets.set_keys_of_ours({"sk-of-this-program", "short"});
  Arena arena;
  EXPECT_EQ(
      without_digits(secrets.mask_document(R"({"name":"my key is sk-of-this-program","model":{"a":["sk-of-this-program"]},"b":"short"})")),
      R"({"name":"[secret]","model":{"a":["[secret]"]},"b":"short"})");
  const Value name = Value::text("my key is sk-of-this-program");
  const Value masked = secrets.mask(at("name"), name, arena);
  EXPECT_EQ(without_digits(masked.as_view()), "[secret]");
  EXPECT_TRUE(identical(*secrets.unmask(at("name"), masked, {&name, 1}), name));
  for (const char* column : {"name", "model"}) {
    const Value odd = Value::unreadable(Value::Storage::Blob, "{sk-of-this-program");
    const Value kept = secrets.mask(at(column), odd, arena);
    EXPECT_EQ(without_digits(kept.as_view()), "[secret]") << column;
    EXPECT_TRUE(kept.is_unreadable() && kept.storage() == Value::Storage::Blob) << column;
  }
}

TEST_F(Secrets, AMappingNamesMoreAndTakesSomeOut) {
  yaml::Problems problems;
  const auto root = yaml::load_text(
      "table: t\nkey: {column: vapi_id, from: id}\nfields: {name: text, hooks: json}\nsecrets: [\"**.pin\", \"!hooks.headers\"]\n",
      "m.yaml", {}, problems);
  const Mapping mapping = Mapping::load(root, resource_, {}, problems);
  problems.raise();
  const SecretPaths secrets(resource_, mapping);
  EXPECT_EQ(without_digits(secrets.mask_document(R"({"hooks":[{"headers":{"a":"b"},"pin":1234,"server":{"headers":{"a":"b"}}}]})")),
            R"({"hooks":[{"headers":{"a":"b"},"pin":"[secret]","server":{"headers":"[secret]"}}]})");
}

TEST_F(Secrets, AMaskStandsForTheSecretThatOneSideHas) {
  const SecretPaths secrets(resource_, mapping_);
  Arena arena;
  const Value known[] = {Value::json(R"({"secret":"a","url":"u"})"), Value::json(R"({"secret":"b","url":"u"})")};
  const Value second = secrets.mask(at("server"), known[1], arena);
  ASSERT_TRUE(secrets.unmask(at("server"), second, known));
  EXPECT_TRUE(identical(*secrets.unmask(at("server"), second, known), known[1]));
  EXPECT_FALSE(secrets.unmask(at("server"), secrets.mask(at("server"), Value::json(R"({"secret":"c","url":"u"})"), arena), known));
  EXPECT_TRUE(identical(*secrets.unmask(at("name"), Value::text("[secret 1]"), known), Value::text("[secret 1]")));
}

TEST_F(Secrets, AFieldIsMaskedWholeInsideOrNotAtAll) {
  const SecretPaths secrets(resource_, mapping_);
  Arena arena;
  EXPECT_TRUE(secrets.is_secret(at("credentials")));
  EXPECT_TRUE(secrets.is_secret(at("server_secret")));
  EXPECT_FALSE(secrets.is_secret(at("model")));
  EXPECT_TRUE(secrets.is_masked(at("model"), secrets.mask(at("model"), Value::json(R"({"tools":[{"apiKey":"k"}]})"), arena)));
  EXPECT_FALSE(secrets.is_masked(at("model"), secrets.mask(at("model"), Value::json(R"({"maxTokens":5,"tools":[]})"), arena)));
  EXPECT_THAT(std::string(secrets.mask(at("server_secret"), Value::text("abc"), arena).as_view()), ::testing::MatchesRegex(kMaskPattern));
  EXPECT_TRUE(secrets.mask(at("server_secret"), Value::null(), arena).is_nothing());
  EXPECT_EQ(without_digits(secrets.mask(at("server"), Value::json(R"({"secret":"a","url":"u"})"), arena).as_view()),
            R"({"secret":"[secret]","url":"u"})");
  EXPECT_EQ(secrets.mask(at("name"), Value::text("\"secret\""), arena).as_view(), "\"secret\"");
}

}  // namespace
}  // namespace lockstep
