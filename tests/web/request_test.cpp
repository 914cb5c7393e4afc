// Which requests reach the application, and which are refused: above all those that a proxy in front would read in another way.
#include <gtest/gtest.h>

#include "served.h"

namespace lockstep::web {
namespace {

TEST(Requests, ArriveWhole) {
  Served served;
  EXPECT_EQ(served.ask("GET /a/b?x=1 HTTP/1.1\r\nHost: here\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 9\r\n\r\nGET /a/b ");
  EXPECT_NE(served.ask("POST /c HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello").find("POST /c hello"), std::string::npos);
  EXPECT_NE(served.ask("POST /c HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
                .find("POST /c hello"),
            std::string::npos);
  EXPECT_EQ(served.echo.asked, 3);
}

TEST(Requests, OfOneConnectionAreAnsweredInTheirOrder) {
  Served served;
  Client client(served.server.port());
  client.send(
      "POST /1 HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\nHost: here\r\n\r\nGET /3 HTTP/1.1\r\nHost: h");
  EXPECT_TRUE(client.answer().ends_with("POST /1 a"));
  EXPECT_TRUE(client.answer().ends_with("GET /2 "));
  client.send("ere\r\n\r\n");
  EXPECT_TRUE(client.answer().ends_with("GET /3 "));
}

TEST(Requests, HeadHasNoBodyAndItsLength) {
  Served served;
  Client client(served.server.port());
  client.send("HEAD /1 HTTP/1.1\r\nHost: here\r\n\r\nGET /2 HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.until("\r\n\r\n").find("Content-Length: 8"), std::string::npos);
  EXPECT_TRUE(client.rest().starts_with("HTTP/1.1 200 OK"));
}

TEST(Requests, WhoWaitsToBeToldIsTold) {
  Served served;
  Client client(served.server.port());
  client.send("POST /c HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_TRUE(client.answer().ends_with("POST /c hello"));
}

struct Doubtful {
  const char* name;
  std::string bytes;
  int status;
};

std::string head(const std::string& lines, const std::string& first = "POST / HTTP/1.1") { return first + "\r\n" + lines + "\r\n"; }

const std::string kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: here\r\n\r\n";
const std::string kHost = "Host: here\r\n";

const std::vector<Doubtful> kDoubtful = {
    {"NoHost", head("", "GET / HTTP/1.1"), 400},
    {"TwoHosts", head("Host: a\r\nHost: b\r\n", "GET / HTTP/1.1"), 400},
    {"TwoLengths", head(kHost + "Content-Length: 5\r\nContent-Length: 6\r\n") + "hello" + kSmuggled, 400},
    {"TwoEqualLengths", head(kHost + "Content-Length: 5\r\nContent-Length: 5\r\n") + "hello" + kSmuggled, 400},
    {"LengthList", head(kHost + "Content-Length: 5, 5\r\n") + "hello" + kSmuggled, 400},
    {"PlusLength", head(kHost + "Content-Length: +5\r\n") + "hello" + kSmuggled, 400},
    {"NegativeLength", head(kHost + "Content-Length: -5\r\n") + "hello" + kSmuggled, 400},
    {"WordAsLength", head(kHost + "Content-Length: abc\r\n") + kSmuggled, 400},
    {"HugeLength", head(kHost + "Content-Length: 123456789012345678901\r\n") + kSmuggled, 400},
    {"LengthAndChunks", head(kHost + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + kSmuggled, 400},
    {"ChunksAndLength", head(kHost + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + "0\r\n\r\n" + kSmuggled, 400},
    {"GzipAndChunks", head(kHost + "Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n" + kSmuggled, 400},
    {"ChunksTwice", head(kHost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + kSmuggled, 400},
    {"ChunksAndIdentity", head(kHost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n") + "0\r\n\r\n" + kSmuggled, 400},
    {"EncodedChunks", head(kHost + "Transfer-Encoding: =?UTF-8?Q?chunked?=\r\n") + "0\r\n\r\n" + kSmuggled, 400},
    {"TabbedChunks", head(kHost + "Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n" + kSmuggled, 400},
    {"BadChunkSize", head(kHost + "Transfer-Encoding: chunked\r\n") + "5;\r\nhel", 400},
    {"NegativeChunkSize", head(kHost + "Transfer-Encoding: chunked\r\n") + "-1\r\n\r\n" + kSmuggled, 400},
    {"BlankBeforeColon", head("Host : here\r\n", "GET / HTTP/1.1"), 400},
    {"BareLineFeed", "GET / HTTP/1.1\nHost: here\n\n" + kSmuggled, 400},
    {"BareLineFeedInHead", "GET / HTTP/1.1\r\nHost: here\nX: y\r\n\r\n", 400},
    {"LineWithoutColon", head(kHost + "nonsense\r\n", "GET / HTTP/1.1"), 400},
    {"FoldedLine", head(kHost + "X: a\r\n b\r\n", "GET / HTTP/1.1"), 400},
    {"NulInHead", head(kHost + std::string("X: a\0b\r\n", 8), "GET / HTTP/1.1"), 400},
    {"NoVersion", "GET /\r\n\r\n", 400},
    {"StrangeVersion", head(kHost, "GET / HTTP/9.9"), 505},
    {"TwoBlanks", head(kHost, "GET  / HTTP/1.1"), 400},
    {"AbsoluteTarget", head(kHost, "GET http://elsewhere/ HTTP/1.1"), 400},
    {"DotDot", head(kHost, "GET /a/../b HTTP/1.1"), 400},
    {"EncodedDotDot", head(kHost, "GET /a/%2e%2E/b HTTP/1.1"), 400},
    {"EmptySegment", head(kHost, "GET //evil.example HTTP/1.1"), 400},
    {"BadPercent", head(kHost, "GET /%zz HTTP/1.1"), 400},
    {"CutPercent", head(kHost, "GET /%2 HTTP/1.1"), 400},
    {"EncodedLineFeed", head(kHost, "GET /%0d%0aX HTTP/1.1"), 400},
    {"EncodedNul", head(kHost, "GET /%00 HTTP/1.1"), 400},
    {"NoUtf8", head(kHost, "GET /%ff HTTP/1.1"), 400},
    {"Fragment", head(kHost, "GET /a#b HTTP/1.1"), 400},
    {"LongHead", head(kHost + "X: " + std::string(20'000, 'x') + "\r\n", "GET / HTTP/1.1"), 431},
    {"ManyHeaders",
     head(
         kHost +
             [] {
               std::string out;
               for (int i = 0; i < 150; ++i) out += "X: y\r\n";
               return out;
             }(),
         "GET / HTTP/1.1"),
     431},
    {"LargeBody", head(kHost + "Content-Length: 2000000\r\n"), 413},
    {"LargeChunk", head(kHost + "Transfer-Encoding: chunked\r\n") + "200000\r\n", 413},
    {"StrangeExpect", head(kHost + "Expect: money\r\nContent-Length: 1\r\n") + "a", 417},
    {"CutBody", head(kHost + "Content-Length: 10\r\n") + "hello", 400},
    {"CutHead", "GET / HTTP/1.1\r\nHost: he", 400},
};

class DoubtfulRequests : public testing::TestWithParam<Doubtful> {};

TEST_P(DoubtfulRequests, AreRefusedAndEndTheConnection) {
  Served served;
  const std::string answer = served.ask(GetParam().bytes);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(GetParam().status) + " ")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("HTTP/1.1 ", 1), std::string::npos) << "what followed was read as a request";
  EXPECT_EQ(served.echo.asked, 0);
}

INSTANTIATE_TEST_SUITE_P(Requests, DoubtfulRequests, testing::ValuesIn(kDoubtful), [](const auto& of) { return of.param.name; });

TEST(Requests, WordsThatOthersDecodeStayAsTheyAre) {
  Served served;
  std::string seen;
  served.echo.reply = [&](const Request& request) {
    seen = request.headers.get("X");
    return text_response(200, "");
  };
  served.ask("GET / HTTP/1.1\r\nHost: here\r\nX: =?UTF-8?B?DQpZOiB6?=\r\n\r\n");
  EXPECT_EQ(seen, "=?UTF-8?B?DQpZOiB6?=");
}

TEST(Requests, ParametersAreDecodedAndSegmentsMayHoldSlashes) {
  const Target target = parse_target("/records/a%2Fb/%C3%A9?q=a+b%26c&empty&x=1=2");
  EXPECT_EQ(target.segments, (std::vector<std::string>{"records", "a/b", "\u00e9"}));
  const std::vector<std::pair<std::string, std::string>> query = {{"q", "a b&c"}, {"empty", ""}, {"x", "1=2"}};
  EXPECT_EQ(target.query, query);
}

TEST(Requests, AValueOfAnAnswerCannotBecomeAnotherHeader) {
  Served served;
  served.echo.reply = [](const Request&) { return text_response(200, "").with("X", "a\r\nSet-Cookie: evil=1"); };
  const std::string answer = served.ask("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_EQ(answer.find("\r\nSet-Cookie"), std::string::npos) << answer;
}

}  // namespace
}  // namespace lockstep::web
