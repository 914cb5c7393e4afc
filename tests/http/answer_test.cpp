// Whole answers and answers that only look whole. Each guard against a silent loss has its test here.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>

#include "data/record.h"
#include "http/client_fixture.h"

namespace lockstep::http {
namespace {

using test::answer;
using test::Caller;
using test::error_of;
using test::failure;
using test::fetch;
using test::get;
using test::ScriptedServer;
using test::without_retries;

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string gzip_answer(std::string_view packed) { return answer(200, packed, "Content-Encoding: gzip\r\n"); }

constexpr const char* kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(Answer, BodyIsPaddedWithZeros) {
  const Response response = fetch(answer(200, "[1,2]"));
  EXPECT_EQ(response.body(), "[1,2]");
  ASSERT_EQ(response.buffer.size(), 5 + kPagePadding);
  EXPECT_EQ(response.buffer.substr(5), std::string(kPagePadding, '\0'));
}

TEST(Answer, AByteOrderMarkIsNoPartOfTheBody) {
  for (const std::string& bytes : {answer(200, "\xEF\xBB\xBF[]"), answer(200, gzip("\xEF\xBB\xBF[]"), "Content-Encoding: gzip\r\n")}) {
    const Response response = fetch(bytes);
    EXPECT_EQ(response.body(), "[]");
    EXPECT_EQ(response.buffer, std::string("[]") + std::string(kPagePadding, '\0'));
  }
}

TEST(Answer, ShortContentLengthIsNoBody) {
  const Error error = failure("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{\"id\":1}]");
  EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
  EXPECT_NE(error.message().find("broke off after 10 bytes"), std::string::npos) << error.message();
}

TEST(Answer, ChunksAreJoined) {
  EXPECT_EQ(fetch(std::string(kChunkedHead) + "3\r\n[1,\r\nA;name=value\r\n2,3,4,5,6]\r\n0\r\nTrailer: x\r\n\r\n").body(), "[1,2,3,4,5,6]");
  EXPECT_EQ(fetch(std::string(kChunkedHead) + "0\r\n\r\n").body(), "");
}

TEST(Answer, ChunksWithoutTheLastOneAreNoBody) {
  for (const char* cut : {"", "2\r\n[]\r\n", "2\r\n[]\r\n0", "2\r\n[]\r\n0\r\n", "2\r\n[]", "FF\r\n[]", "2"}) {
    EXPECT_EQ(failure(std::string(kChunkedHead) + cut).kind(), ErrorKind::Corrupt) << cut;
  }
}

TEST(Answer, MalformedChunksAreRefused) {
  for (const char* bad : {"x\r\n", "-1\r\n", "1\r\n[]\r\n0\r\n\r\n", "fffffffffffffffff\r\n"}) {
    EXPECT_EQ(failure(std::string(kChunkedHead) + bad).kind(), ErrorKind::Corrupt) << bad;
  }
}

TEST(Answer, WithoutALengthTheEndOfTheConnectionCounts) {
  EXPECT_EQ(fetch("HTTP/1.1 200 OK\r\n\r\n[1]").body(), "[1]");
  const std::string large(3'000'000, 'x');
  EXPECT_EQ(fetch("HTTP/1.0 200 OK\r\n\r\n" + large).body(), large);
}

TEST(Answer, ContradictingLengthsAreRefused) {
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[1]").kind(), ErrorKind::Corrupt);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").kind(), ErrorKind::Corrupt);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n[]").kind(), ErrorKind::Corrupt);
}

TEST(Answer, WhatIsNoHttpIsRefused) {
  for (const char* bad : {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 2xx OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "\r\n\r\n"}) {
    EXPECT_EQ(failure(bad).kind(), ErrorKind::Corrupt) << bad;
  }
  EXPECT_EQ(failure("").kind(), ErrorKind::Unreachable);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nContent-Le").kind(), ErrorKind::Unreachable);
}

TEST(Answer, InterimAnswersAreSkipped) {
  EXPECT_EQ(fetch("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(200, "[]")).status, 200);
  EXPECT_EQ(failure("HTTP/1.1 101 Switching Protocols\r\n\r\n").kind(), ErrorKind::Corrupt);
}

TEST(Answer, LongAndManyHeaderFieldsAreRead) {
  std::string fields = "Content-Security-Policy: " + std::string(100'000, 'p') + "\r\n";
  for (int i = 0; i < 500; ++i) fields += "X-Field-" + std::to_string(i) + ": value\r\n";
  const Response response = fetch(answer(200, "[]", fields));
  EXPECT_EQ(response.headers.get("content-security-policy").size(), 100'000U);
  EXPECT_EQ(response.headers.get("X-FIELD-499"), "value");
}

TEST(Answer, AHeadWithoutEndIsRefused) {
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nX: " + std::string(300'000, 'x') + "\r\n\r\n").kind(), ErrorKind::Corrupt);
}

TEST(Answer, NoBodyAfter204) {
  ScriptedServer server(ScriptedServer::serve([](const std::string&) { return std::string("HTTP/1.1 204 No Content\r\n\r\n"); }));
  HttpClient client(without_retries(server.url()));
  Caller caller;
  EXPECT_EQ(client.send(get("/"), caller.call).body(), "");
}

TEST(Answer, LargerThanTheCapIsRefused) {
  const std::string body(3U << 20U, 'x');
  for (const std::string& bytes : {answer(200, body), "HTTP/1.1 200 OK\r\n\r\n" + body,
                                   std::string(kChunkedHead) + "300000\r\n" + body + "\r\n0\r\n\r\n", gzip_answer(gzip(body))}) {
    ScriptedServer server(ScriptedServer::once(bytes));
    ClientOptions options = without_retries(server.url());
    options.body_cap = 2U << 20U;
    HttpClient client(options);
    Caller caller;
    const Error error = error_of([&] { client.send(get("/"), caller.call); });
    EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
    EXPECT_NE(error.message().find("larger than 2 MiB"), std::string::npos) << error.message();
  }
}

TEST(Answer, ARequestMayAllowLessThanTheClient) {
  const std::string body(3U << 20U, 'x');
  for (const std::string& bytes : {answer(200, body), gzip_answer(gzip(body))}) {
    ScriptedServer server(ScriptedServer::once(bytes));
    HttpClient client(without_retries(server.url()));
    Caller caller;
    Request request = get("/");
    request.most_bytes = 2U << 20U;
    const Error error = error_of([&] { client.send(request, caller.call); });
    EXPECT_NE(error.message().find("larger than 2 MiB"), std::string::npos) << error.message();
  }
}

TEST(Answer, GzipIsAskedForAndUndone) {
  const std::string text(100'000, 'a');
  std::string request;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& head) {
    request = head;
    return gzip_answer(gzip(text));
  }));
  HttpClient client(without_retries(server.url()));
  Caller caller;
  const Response response = client.send(get("/"), caller.call);
  EXPECT_EQ(response.body(), text);
  EXPECT_EQ(response.buffer.size(), text.size() + kPagePadding);
  EXPECT_NE(request.find("Accept-Encoding: gzip\r\n"), std::string::npos);
}

TEST(Answer, TruncatedGzipIsNoBody) {
  const std::string packed = gzip("[1,2,3,4,5,6,7,8,9,10,11,12]");
  for (const std::size_t missing : {std::size_t{1}, std::size_t{8}, std::size_t{9}, packed.size() - 1}) {
    EXPECT_EQ(failure(gzip_answer(packed.substr(0, packed.size() - missing))).kind(), ErrorKind::Corrupt) << missing;
  }
}

TEST(Answer, DamagedGzipIsRefused) {
  std::string packed = gzip("[1,2,3,4,5,6,7,8,9,10,11,12]");
  EXPECT_EQ(failure(gzip_answer(packed + "junk")).kind(), ErrorKind::Corrupt);
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);
  EXPECT_EQ(failure(gzip_answer(packed)).kind(), ErrorKind::Corrupt);
  EXPECT_EQ(failure(gzip_answer("[1,2]")).kind(), ErrorKind::Corrupt);
}

TEST(Answer, ASecondGzipMemberBelongsToTheBody) { EXPECT_EQ(fetch(gzip_answer(gzip("[1,") + gzip("2]"))).body(), "[1,2]"); }

TEST(Answer, AnEncodingThatWasNotAskedForIsRefused) {
  EXPECT_EQ(failure(answer(200, "xx", "Content-Encoding: br\r\n")).kind(), ErrorKind::Corrupt);
}

TEST(Answer, BuffersAreReused) {
  const std::string body(200'000, 'b');
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(200, body); }));
  HttpClient client(without_retries(server.url()));
  Caller caller;
  Request request = get("/");
  request.buffer.assign(500'000, 'o');
  const char* memory = request.buffer.data();
  const Response response = client.send(std::move(request), caller.call);
  EXPECT_EQ(response.buffer.data(), memory);
  EXPECT_EQ(response.body(), body);
}

}  // namespace
}  // namespace lockstep::http
