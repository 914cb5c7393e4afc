// What must never be seen. Registered secrets stay registered, so every test brings its own.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <thread>

#include "common/log.h"
#include "common/spelling.h"

namespace lockstep {
namespace {

TEST(Redact, MasksARegisteredValueWhereverItStands) {
  EXPECT_EQ(redact("a sk-plain-1 b sk-plain-1"), "a sk-plain-1 b sk-plain-1");
  register_secret("sk-plain-1");
  EXPECT_EQ(redact("a sk-plain-1 b sk-plain-1"), "a [redacted] b [redacted]");
  EXPECT_EQ(redact("sk-plain-1"), "[redacted]");
  EXPECT_EQ(redact("sk-plain-"), "sk-plain-");
}

TEST(Redact, MasksThePercentEncodedSpelling) {
  register_secret("p@ss/wörd 1");
  EXPECT_EQ(redact("?key=p%40ss%2Fw%C3%B6rd%201&x=1"), "?key=[redacted]&x=1");
  EXPECT_EQ(redact("?key=p%40ss%2fw%c3%b6rd%201&x=1"), "?key=[redacted]&x=1");
  EXPECT_EQ(redact("key=p%40ss%2Fw%C3%B6rd+1"), "key=[redacted]");
}

TEST(Redact, MasksTheJsonEscapedSpellings) {
  register_secret("q\"u\\o/t\nü");
  EXPECT_EQ(redact(R"({"k":"q\"u\\o/t\nü"})"), R"({"k":"[redacted]"})");
  EXPECT_EQ(redact(R"({"k":"q\"u\\o\/t\nü"})"), R"({"k":"[redacted]"})");
  EXPECT_EQ(redact(R"({"k":"q\"u\\o\/t\n\u00fc"})"), R"({"k":"[redacted]"})");
  EXPECT_EQ(redact(R"({"k":"q\"u\\o/t\n\u00FC"})"), R"({"k":"[redacted]"})");
  EXPECT_EQ(redact("q\"u\\o/t\\x0aü"), "[redacted]") << "as a terminal shows it";
}

TEST(Redact, LeavesNoRemainderOfSecretsThatOverlap) {
  register_secret("overlap-AAA");
  register_secret("AAA-behind");
  register_secret("overlap-AAA-b");
  EXPECT_EQ(redact("<overlap-AAA-behind>"), "<[redacted]>");
  EXPECT_EQ(redact("overlap-AAAoverlap-AAA"), "[redacted][redacted]");
}

TEST(Redact, IgnoresValuesTooShortToMask) {
  register_secret("12345");
  register_secret("");
  register_secret("   abc  ");
  EXPECT_EQ(redact("12345 abc"), "12345 abc");
}

TEST(Redact, DropsTheWhiteSpaceThatAFileMayAddToAKey) {
  register_secret("from-a-file-7\n");
  EXPECT_EQ(redact("x from-a-file-7 y"), "x [redacted] y");
}

TEST(Spelling, JsonForPeopleHidesNoMark) {
  EXPECT_EQ(visible_json("{\"a\":\"x\u009B\u202E\u200B\U000E0041ü\"}\n"), "{\"a\":\"x\\u009b\\u202e\\u200b\\udb40\\udc41ü\"}\n");
  EXPECT_EQ(visible_json("{\"a\":\"ü\"}"), "{\"a\":\"ü\"}");
}

TEST(Redact, MasksALongKeyThatWasCutOrBroken) {
  register_secret("CUT-key-abcdef0123456789");
  for (std::size_t cut = 1; cut + 8 <= 24; ++cut) {
    const std::string key = "CUT-key-abcdef0123456789";
    EXPECT_EQ(redact("a " + key.substr(cut) + " b"), "a [redacted] b") << cut;
    EXPECT_EQ(redact("a " + key.substr(0, 24 - cut) + " b"), "a [redacted] b") << cut;
  }
  EXPECT_EQ(redact("CUT-key-abcd\r\n ef0123456789"), "[redacted]\r\n [redacted]");
  EXPECT_EQ(redact("xCUT-key-abcdef0123456789x0123456789"), "x[redacted]x[redacted]");
  EXPECT_EQ(redact("0123456"), "0123456") << "seven digits are anybody's";
}

TEST(Redact, LeavesWordsOfALongSecretAlone) {
  register_secret("the assistant speaks of remarkableness");
  EXPECT_EQ(redact("assistant, speaks"), "assistant, speaks");
  EXPECT_EQ(redact("the assistant speaks of"), "[redacted]");
}

TEST(Redact, MasksBase64AndHexadecimal) {
  const std::string key = "b64-key-ABCDEF~~??0123456789";
  register_secret(key);
  // "Bearer KEY", "user:KEY" and "KEY:" in base64, "KEY" in the alphabet of URLs, and in hexadecimal.
  for (const std::string_view coded : {"QmVhcmVyIGI2NC1rZXktQUJDREVGfn4/PzAxMjM0NTY3ODk=", "dXNlcjpiNjQta2V5LUFCQ0RFRn5+Pz8wMTIzNDU2Nzg5",
                                       "YjY0LWtleS1BQkNERUZ+fj8/MDEyMzQ1Njc4OTo=", "YjY0LWtleS1BQkNERUZ-fj8_MDEyMzQ1Njc4OQ==",
                                       "6236342d6b65792d4142434445467e7e3f3f30313233343536373839"}) {
    const std::string masked = redact(coded);
    EXPECT_NE(masked.find("[redacted]"), std::string::npos) << coded;
    EXPECT_LE(masked.size(), std::string("[redacted]").size() + 15) << masked;
  }
}

TEST(Redact, MasksPasswordsInUrls) {
  EXPECT_EQ(redact("https://user:S3CRET@host/p and http://h:80/a:b@c"), "https://user:[redacted]@host/p and http://h:80/a:b@c");
  EXPECT_EQ(redact("postgres://u:p@ss:w@host:5432/db"), "postgres://u:[redacted]@host:5432/db");
  EXPECT_EQ(redact("https://user@host:80 \"http://:pw@h\""), "https://user@host:80 \"http://:[redacted]@h\"");
}

TEST(Redact, MasksWhateverFollowsBearer) {
  EXPECT_EQ(redact("Authorization: Bearer abc.DEF-1_2~3+4/5="), "Authorization: Bearer [redacted]");
  EXPECT_EQ(redact(R"({"h":"bearer  abc"} and Bearer%20xyz, more)"), R"({"h":"bearer  [redacted]"} and Bearer%20[redacted], more)");
  EXPECT_EQ(redact(R"("{\"h\":\"Bearer abc\"}")"), R"("{\"h\":\"Bearer [redacted]\"}")");
  EXPECT_EQ(redact("Bearer"), "Bearer");
  EXPECT_EQ(redact("Bearer "), "Bearer ");
  EXPECT_EQ(redact("earer abc; wearer abc; Bearers abc"), "earer abc; wearer abc; Bearers abc");
}

TEST(Redact, FindsARandomSecretInAnySpelling) {
  EXPECT_TRUE(rc::check("no spelling of a secret survives, and masking twice changes nothing", [] {
    const std::string secret = "S\x01" + *rc::gen::container<std::string>(rc::gen::nonZero<char>()) + "-end-of-it";
    register_secret(secret);
    for (const std::string& spelling : spellings(secret)) {
      const std::string masked = redact("before " + spelling + " after");
      RC_ASSERT(masked.find(spelling) == std::string::npos);
      RC_ASSERT(redact(masked) == masked);
    }
  }));
}

TEST(Redact, AnyThreadMayRegisterAndMask) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      for (int k = 0; k < 50; ++k) {
        const std::string secret = "thread-" + std::to_string(i) + "-" + std::to_string(k) + ".";
        register_secret(secret);
        EXPECT_EQ(redact(secret), "[redacted]");
      }
    });
  }
}

TEST(Spelling, EscapesJsonAsEveryReaderUnderstandsIt) {
  EXPECT_EQ(json_escaped("a\"\\\n\t\r\b\f\x01/ü"), R"(a\"\\\n\t\r\b\f\u0001/ü)");
  EXPECT_EQ(json_escaped("\x7F\xC2\x9B\xE2\x80\xAE"), R"(\u007f\u009b\u202e)");
  EXPECT_EQ(json_escaped("bad\xFF"), R"(bad\ufffd)");
  EXPECT_EQ(json_escaped(std::string_view("\0", 1)), R"(\u0000)");
}

TEST(Spelling, WritesCharactersBeyondTheBasicPlaneAsPairs) {
  const std::vector<std::string> all = spellings("\xF0\x9F\x98\x80");
  EXPECT_NE(std::find(all.begin(), all.end(), R"(\ud83d\ude00)"), all.end());
  EXPECT_EQ(all.front(), "\xF0\x9F\x98\x80");
}

TEST(Spelling, OfAPlainWordIsTheWordAlone) { EXPECT_EQ(spellings("abc-DEF_123"), std::vector<std::string>{"abc-DEF_123"}); }

TEST(Spelling, PercentEncodesAllButUnreserved) { EXPECT_EQ(percent_encoded("aZ0-._~ /+é"), "aZ0-._~%20%2F%2B%C3%A9"); }

}  // namespace
}  // namespace lockstep
