// Poisoned answers through a whole run of the real program: a poisoned record costs itself and no other, a poisoned page or head ends the
// run with a reason, and nothing is concluded from either.
#include <gtest/gtest.h>

#include <optional>

#include "common/text.h"
#include "http/scripted_server.h"
#include "scenarios/database.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

using namespace std::string_literals;

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

class Poison : public testing::Test {
 protected:
  Poison() : sandbox_(sandbox_options()), bench_(sandbox_) {}

  void SetUp() override {
    ASSERT_EQ(bench_.run({"migrate"}).exit, 0);
    bench_.add_users();
  }

  /// Every list is answered with these bytes.
  void serve(const std::string& body) {
    sandbox_.clear_faults();
    sandbox::Fault fault;
    fault.kind = sandbox::FaultKind::Status;
    fault.method = "GET";
    fault.path = "/assistant";
    fault.times = 0;
    fault.status = 200;
    fault.body = body;
    sandbox_.fault(fault);
  }

  Outcome sync() { return bench_.run({"assistants:sync", "--timeout", "5"}); }
  std::vector<Cells> names() const { return query(bench_.database(), "SELECT name FROM assistants ORDER BY name"); }

  sandbox::Sandbox sandbox_;
  Workbench bench_;
};

struct PoisonedRecord {
  const char* what;
  std::string text;
  const char* reason;
};

const PoisonedRecord kRecords[] = {
    {"DuplicateKey", R"({"id":"p","name":"A","name":"B"})", "a key twice"},
    {"DuplicateKeySpelledDifferently", R"({"id":"p","name":"A","\u006eame":"B"})", "a key twice"},
    {"DuplicateKeyInside", R"({"id":"p","name":"P","model":{"x":1,"x":2}})", "twice"},
    {"DuplicateUnknownKey", R"({"id":"p","name":"P","nobodyKnows":1,"nobodyKnows":2})", "twice"},
    {"SecondIdentity", R"({"id":"p","name":"P","id":"q"})", "twice"},
    {"BadEscape", R"({"id":"p","name":"\x41"})", "escape"},
    {"DeepNesting", R"({"id":"p","name":"P","model":)" + nested(300) + "}", "too deep"},
    {"DeepNestingInAnUnknownKey", R"({"id":"p","name":"P","nobodyKnows":)" + nested(300) + "}", "too deep"},
    {"NotANumber", R"({"id":"p","name":"P","model":{"temperature":NaN}})", "no value starts like this"},
    {"Infinity", R"({"id":"p","name":"P","nobodyKnows":-Infinity})", "no value starts like this"},
    {"LeadingZero", R"({"id":"p","name":"P","maxDurationSeconds":0600})", "no value starts like this"},
    {"CommaTooMuch", R"({"id":"p","name":"P",})", "name in quotes is missing"},
    {"ColonMissing", R"({"id":"p","name" "P"})", "colon is missing"},
    {"SingleQuotes", R"({"id":"p",'name':'P'})", "name in quotes is missing"},
    {"Comment", R"({"id":"p","name":"P"/* poison */})", "comma or } is missing"},
};

/// What one column cannot hold costs that cell, and what JSON can write and UTF-8 cannot costs nothing.
const PoisonedRecord kBearable[] = {
    {"LoneLowSurrogateInAKey", R"({"id":"p","name":"N","\udc00":1})", ""},
    {"LoneSurrogateFarInside", R"({"id":"p","name":"N","model":{"messages":[{"role":"system","content":"\udfff"}]}})", ""},
    {"LoneSurrogate", R"({"id":"p","name":"N","firstMessage":"cut \ud83d"})",
     "first_message: expected a text, not one with half a surrogate pair"},
    {"HugeNumber", R"({"id":"p","name":"N","maxDurationSeconds":1e400})", "max_duration_seconds: expected a number"},
    {"HugeInteger", R"({"id":"p","name":"N","maxDurationSeconds":)" + std::string(5000, '9') + "}",
     "max_duration_seconds: expected a number"},
    {"HugeExponent", R"({"id":"p","name":"N","maxDurationSeconds":1e99999999999999999999})", "max_duration_seconds: expected a number"},
    {"WrongType", R"({"id":"p","name":"N","firstMessage":{"a":1}})", "first_message: expected a text"},
};

TEST_F(Poison, AValueThatItsColumnCannotHoldCostsNoRecord) {
  std::string page = "[";
  for (std::size_t i = 0; i < std::size(kBearable); ++i)
    page += (i > 0 ? "," : "") + replace_all(kBearable[i].text, R"("id":"p","name":"N")",
                                             R"("id":"b)" + std::to_string(i) + R"(","name":")" + kBearable[i].what + '"');
  serve(page + "]");
  const Outcome outcome = sync();
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_EQ(names().size(), std::size(kBearable)) << outcome.out << outcome.err;
  for (const PoisonedRecord& record : kBearable)
    EXPECT_NE((outcome.out + outcome.err).find(record.reason), std::string::npos) << record.what;
  const Outcome again = bench_.run({"assistants:sync", "--timeout", "5"});
  EXPECT_EQ(again.exit, 0) << again.out << again.err;
  EXPECT_EQ((again.out + again.err).find("expected"), std::string::npos) << "told once";
}

// All in one page, each between two good ones.
TEST_F(Poison, ARecordCostsItselfAndNoOther) {
  std::string page = "[";
  for (std::size_t i = 0; i < std::size(kRecords); ++i) {
    const std::string number = std::to_string(100 + i);
    page += R"({"id":"good-)" + number + R"(","name":"Good )" + number + R"("},)";
    page += replace_all(kRecords[i].text, R"("id":"p")", R"("id":"poison-)" + number + R"(","createdAt":"2026-01-01T00:00:00.000Z")") + ",";
  }
  serve(page + R"({"id":"good-end","name":"Good end"}])");
  const Outcome outcome = sync();
  EXPECT_EQ(outcome.exit, 2) << outcome.out << outcome.err;
  EXPECT_EQ(names().size(), std::size(kRecords) + 1) << outcome.out << outcome.err;
  EXPECT_EQ(query(bench_.database(), "SELECT name FROM assistants WHERE name NOT LIKE 'Good %'"), std::vector<Cells>());
  const std::string rejected = bench_.run({"rejected"}).out;
  for (std::size_t i = 0; i < std::size(kRecords); ++i) {
    SCOPED_TRACE(kRecords[i].what);
    // The label, when there is none, is the identity again.
    const std::size_t at = rejected.rfind("poison-" + std::to_string(100 + i));
    ASSERT_NE(at, std::string::npos) << rejected;
    const std::string entry = rejected.substr(at, rejected.find("poison-", at + 1) - at);
    EXPECT_NE(entry.find(kRecords[i].reason), std::string::npos) << entry;
  }
}

TEST_F(Poison, ARecordWithoutAnIdentityIsTold) {
  const char* const kNameless[] = {R"({"name":"P"})",
                                   R"({"id":"","name":"P"})",
                                   R"({"id":null,"name":"P"})",
                                   R"({"id":["p"],"name":"P"})",
                                   R"({"id":{"id":"p"},"name":"P"})",
                                   R"({"id":1.5,"name":"P"})",
                                   R"({"id":"\ud800","name":"P"})",
                                   R"({"id":"\udc00x","name":"P"})",
                                   "5",
                                   "null",
                                   "\"text\"",
                                   "[]",
                                   "[[{}]]"};
  std::string page = R"([{"id":"a","name":"First"})";
  for (const char* record : kNameless) page += ","s + record;
  serve(page + R"(,{"id":"z","name":"Last"}])");
  const Outcome outcome = sync();
  EXPECT_EQ(outcome.exit, 2) << outcome.out << outcome.err;
  for (std::size_t i = 0; i < std::size(kNameless); ++i) {
    const std::string told = "item " + std::to_string(i + 2) + " of the answer";
    EXPECT_NE((outcome.out + outcome.err).find(told), std::string::npos) << kNameless[i] << "\n" << outcome.out << outcome.err;
  }
  EXPECT_EQ(names(), (std::vector<Cells>{{"First"}, {"Last"}}));
}

TEST_F(Poison, WhatOnlyLooksPoisonedComesThrough) {
  serve(
      "\xEF\xBB\xBF"
      R"([{"id":"a","name":"nul \u0000 \ud83d\ude00","firstMessage":"","model":{"n":123456789012345678901234567890,"deep":)" +
      nested(150) + R"(},"nobodyKnows":1e400}])");
  const Outcome outcome = sync();
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_EQ(names(), (std::vector<Cells>{{"nul \0 \xF0\x9F\x98\x80"s}}));
  EXPECT_EQ(query(bench_.database(), "SELECT model FROM assistants"),
            (std::vector<Cells>{{R"({"deep":)" + nested(150) + R"(,"n":123456789012345678901234567890})"}}));
}

TEST_F(Poison, APageEndsTheRunWithAReason) {
  serve(R"([{"id":"a","name":"First"},{"id":"z","name":"Last"}])");
  ASSERT_EQ(sync().exit, 0);
  const std::string good = R"([{"id":"n","name":"New"}])";
  const std::pair<const char*, std::string> pages[] = {
      {"bad UTF-8", "[{\"id\":\"n\",\"name\":\"caf\xE9\"}]"},
      {"surrogates as UTF-8", "[{\"id\":\"n\",\"name\":\"\xED\xA0\x80\"}]"},
      {"UTF-16", "\xFF\xFE[\0]\0"s},
      {"a NUL inside", "[{\"id\":\"n\",\"name\":\"a\0b\"}]"s},
      {"a NUL behind", good + "\0"s},
      {"a line break in a text", "[{\"id\":\"n\",\"name\":\"a\nb\"}]"},
      {"cut in a text", good.substr(0, 15)},
      {"cut behind a record", good.substr(0, good.size() - 1)},
      {"a comma too much", R"([{"id":"n","name":"New",}])"},
      {"a record that is not closed", R"([{"id":"n","name":"New"},{"id":"m"])"},
      {"two lists", good + good},
      {"something behind", good + "x"},
      {"an object", R"({"results":[]})"},
      {"NaN", "NaN"},
      {"open for ever", std::string(100'000, '[')},
      {"a page for people", "<html><body>Sign in</body></html>"},
      {"nothing", ""},
      {"blanks", "  \n"},
      {"null", "null"},
  };
  for (const auto& [what, page] : pages) {
    SCOPED_TRACE(what);
    serve(page);
    const Outcome outcome = sync();
    EXPECT_EQ(outcome.exit, 1) << outcome.out << outcome.err;
    EXPECT_NE((outcome.out + outcome.err).find("Assistant synchronization failed"), std::string::npos) << outcome.out << outcome.err;
    EXPECT_EQ(names(), (std::vector<Cells>{{"First"}, {"Last"}}));
  }
  // A list of lists is a list of no records: told, and no reason to think that the others went away.
  for (const std::string& lists : {std::string("[[],[]]"), nested(100'000)}) {
    serve(lists);
    EXPECT_NE(sync().exit, 0);
  }
  EXPECT_EQ(query(bench_.database(), "SELECT count(*) FROM lockstep_link WHERE gone_at <> 0"), (std::vector<Cells>{{"0"}}));
}

TEST_F(Poison, AHeadEndsTheRunWithAReason) {
  const std::string body = R"([{"id":"n","name":"New"}])";
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const std::pair<const char*, std::string> answers[] = {
      {"no HTTP", "220 smtp.example.com ESMTP\r\n\r\n"},
      {"two lengths", "HTTP/1.1 200 OK\r\n" + length + "Content-Length: 3\r\n\r\n" + body},
      {"a blank before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 3\r\n" + length + "\r\n" + body},
      {"a length and chunks", "HTTP/1.1 200 OK\r\n" + length + "Transfer-Encoding: chunked\r\n\r\n" + body},
      {"packed and chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
      {"a NUL in a field", "HTTP/1.1 200 OK\r\nX-Poison: a\0b\r\n"s + length + "\r\n" + body},
      {"a length below zero", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + body},
      {"a length beyond 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n" + body},
      {"a length beyond all memory", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n" + body},
      {"a field without end", "HTTP/1.1 200 OK\r\nX: " + std::string(400'000, 'x')},
      {"fields without end",
       [] {
         std::string out = "HTTP/1.1 200 OK\r\n";
         for (int i = 0; i < 50'000; ++i) out += "X-" + std::to_string(i) + ": y\r\n";
         return out;
       }()},
  };
  for (const auto& [what, answer] : answers) {
    SCOPED_TRACE(what);
    ScriptedServer server(ScriptedServer::once(answer));
    bench_.environment()["VAPI_BASE_URL"] = server.url();
    const Outcome outcome = bench_.run({"assistants:sync", "--timeout", "2"});
    EXPECT_EQ(outcome.exit, 1) << outcome.out << outcome.err;
    EXPECT_NE((outcome.out + outcome.err).find("Assistant synchronization failed"), std::string::npos) << outcome.out << outcome.err;
    EXPECT_TRUE(names().empty());
  }
}

}  // namespace
}  // namespace lockstep::test
