// Poisoned heads: what programs on the way could read in two ways is refused, what is only odd is read, and nothing goes on for ever.
#include <gtest/gtest.h>

#include "http/client_fixture.h"

namespace lockstep::http {
namespace {

using namespace std::string_literals;
using test::answer;
using test::failure;
using test::fetch;
using test::get;

std::string with_fields(const std::string& fields, const std::string& body = "[]") {
  return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body;
}

TEST(PoisonedHead, WhatCouldBeReadInTwoWaysIsRefused) {
  const std::string length = "Content-Length: 2\r\n";
  const std::pair<const char*, std::string> fields[] = {
      {"a blank before the colon", "Content-Length : 2\r\n"},
      {"a tab before the colon", "Transfer-Encoding\t: chunked\r\n" + length},
      {"a blank in a name", "Content Length: 2\r\n" + length},
      {"no name", ": 2\r\n" + length},
      {"a name with brackets", "X[a]: 1\r\n" + length},
      {"a name beyond ASCII", "Inh\xC3\xA4lt: 1\r\n" + length},
      {"a NUL in a value", "X: a\0b\r\n"s + length},
      {"a NUL in a name", "X\0: a\r\n"s + length},
      {"half a line end", "X: a\rContent-Length: 1\r\n" + length},
      {"a fold before all fields", " folded: x\r\n" + length},
      {"two lengths", length + "Content-Length: 1\r\n"},
      {"two lengths in one", "Content-Length: 2, 2\r\n"},
      {"a folded length", "Content-Length: 2\r\n 2\r\n"},
      {"a signed length", "Content-Length: +2\r\n"},
      {"a negative length", "Content-Length: -2\r\n"},
      {"a hexadecimal length", "Content-Length: 0x2\r\n"},
      {"an empty length", "Content-Length:\r\n"},
      {"a length with a fraction", "Content-Length: 2.0\r\n"},
      {"a length beyond 64 bits", "Content-Length: 18446744073709551618\r\n"},
      {"a length and chunks", length + "Transfer-Encoding: chunked\r\n"},
      {"chunks in other words", "Transfer-Encoding: xchunked\r\n"},
      {"chunks twice", "Transfer-Encoding: chunked, chunked\r\n"},
      {"chunks in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"},
      {"packed chunks", "Transfer-Encoding: gzip, chunked\r\n"},
      {"chunks and an empty coding", "Transfer-Encoding: , chunked\r\n"},
  };
  for (const auto& [what, text] : fields) EXPECT_EQ(failure(with_fields(text)).kind(), ErrorKind::Corrupt) << what;
}

TEST(PoisonedHead, StatusLinesAreStrict) {
  for (const char* line : {"HTTP/1.x 200 OK", "HTTP/2 200", "HTTP/1.1  200 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 20", "http/1.1 200 OK",
                           "HTTP/1.1 099 OK", "HTTP/1.1 600 OK", "HTTP/1.1 +20 OK", "HTTP/1.1\t200 OK", "ICY 200 OK"}) {
    EXPECT_EQ(failure(std::string(line) + "\r\nContent-Length: 2\r\n\r\n[]").kind(), ErrorKind::Corrupt) << line;
  }
  for (const char* line : {"HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.0 200 All is well", "HTTP/1.9 200 OK"}) {
    EXPECT_EQ(fetch(std::string(line) + "\r\nContent-Length: 2\r\n\r\n[]").body(), "[]") << line;
  }
  EXPECT_EQ(fetch("HTTP/1.1 200 \x1b[31mred\r\nContent-Length: 2\r\n\r\n[]").reason.find('\x1b'), std::string::npos);
}

TEST(PoisonedHead, OddButClearFieldsAreRead) {
  EXPECT_EQ(fetch(with_fields("Content-Length: 2\r\nContent-Length: 2\r\n")).body(), "[]") << "twice the same";
  EXPECT_EQ(fetch(with_fields("content-LENGTH:2\r\n")).body(), "[]");
  EXPECT_EQ(fetch(with_fields("Content-Length: 0000000000000000000000002\r\n")).body(), "[]");
  EXPECT_EQ(fetch("HTTP/1.1 200 OK\nContent-Length: 2\n\n[]").body(), "[]") << "bare line feeds";
  EXPECT_EQ(fetch(with_fields("Transfer-Encoding: Chunked\r\n", "2;x=\"y\"\r\n[]\r\n0\r\nTrailer: z\r\n\r\n")).body(), "[]");
  const Response folded = fetch(with_fields("X-Long: one\r\n two\r\n\tthree\r\n  \r\nContent-Length: 2\r\nX-Empty:\r\n"));
  EXPECT_EQ(folded.headers.get("X-Long"), "one two three");
  EXPECT_EQ(folded.body(), "[]");
}

TEST(PoisonedHead, WithoutEndIsCutOff) {
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 40'000; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(failure(many + "\r\n").kind(), ErrorKind::Corrupt);
  std::string folds = "HTTP/1.1 200 OK\r\nX: y\r\n";
  for (int i = 0; i < 40'000; ++i) folds += " and more\r\n";
  EXPECT_EQ(failure(folds + "\r\n").kind(), ErrorKind::Corrupt);
  std::string interim;
  for (int i = 0; i < 20'000; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(failure(interim + answer(200, "[]")).kind(), ErrorKind::Corrupt);
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string trailer = chunked + "0\r\n";
  for (int i = 0; i < 40'000; ++i) trailer += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(failure(trailer + "\r\n").kind(), ErrorKind::Corrupt);
  EXPECT_EQ(failure(chunked + "2;" + std::string(100'000, 'x') + "\r\n[]\r\n0\r\n\r\n").kind(), ErrorKind::Corrupt);
}

TEST(PoisonedHead, ChunkSizesAreStrict) {
  for (const char* size : {"", " ", "-2", "+2", "0x2", "2 2", "g", "FFFFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFF", ";x"}) {
    EXPECT_EQ(failure(with_fields("Transfer-Encoding: chunked\r\n", std::string(size) + "\r\n[]\r\n0\r\n\r\n")).kind(), ErrorKind::Corrupt)
        << size;
  }
}

TEST(PoisonedHead, RetryAfterOfAnyKindIsHarmless) {
  for (const char* value : {"-1", "1e9", "99999999999999999999", "soon", "Wed, 99 Foo 9999 99:99:99 GMT", "", "\xff", "0x10", "1.5"}) {
    const Response response = fetch(answer(200, "[]", "Retry-After: "s + value + "\r\n"));
    if (response.retry_after) {
      EXPECT_GE(response.retry_after->count(), 0) << value;
    }
  }
}

}  // namespace
}  // namespace lockstep::http
