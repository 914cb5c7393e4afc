// What a hostile server can cost: whole runs of the real program against answers that unpack to far more than they weigh, and lists that do
// not end. The run ends with a reason, takes nothing away, and its memory stays within bounds that are far above what it needs.
#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>

#include "http/scripted_server.h"
#include "scenarios/database.h"
#include "scenarios/workbench.h"
#include "support/slowdown.h"

namespace lockstep::test {
namespace {

constexpr const char* kTable = R"(label: Things
auth: {style: none}
limits: {rate: 0, concurrency: 8}
retry: {retries: 0}
resources:
  thing:
    list: {path: /things, records: items, paging: {style: token, parameter: after, token: next}}
    get: "/things/{id}"
    update: "/things/{id}"
    read_only: [id]
)";

std::size_t mib(std::size_t count) { return count << 20U; }

/// `before`, `piece` again and again up to `bytes`, `after`; packed without ever being there as a whole.
std::string packed(const std::string& before, const std::string& piece, std::size_t bytes, const std::string& after) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string block, out;
  while (block.size() < 64 * 1024) block += piece;
  const auto feed = [&](const std::string& text, int flush) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    do {
      char room[65536];
      stream.next_out = reinterpret_cast<Bytef*>(room);
      stream.avail_out = sizeof room;
      deflate(&stream, flush);
      out.append(room, sizeof room - stream.avail_out);
    } while (stream.avail_out == 0);
  };
  feed(before, Z_NO_FLUSH);
  for (std::size_t done = 0; done < bytes; done += block.size()) feed(block, Z_NO_FLUSH);
  feed(after, Z_FINISH);
  deflateEnd(&stream);
  return answer(200, out, "Content-Encoding: gzip\r\n");
}

std::string item(const std::string& id) { return R"({"id":")" + id + R"(","n":1})"; }

std::string page(std::size_t from, std::size_t to, const std::string& next) {
  std::string items;
  for (std::size_t i = from; i < to; ++i) items += (items.empty() ? "" : ",") + item("i" + std::to_string(i));
  return answer(200, "{\"items\":[" + items + "]" + (next.empty() ? "" : ",\"next\":\"" + next + "\"") + "}");
}

class Hostile : public testing::Test {
 protected:
  using Serve = std::function<std::string(const std::string& target)>;

  Hostile() : sandbox_(sandbox_options()), bench_(sandbox_) {
    server_ = std::make_unique<ScriptedServer>(ScriptedServer::serve([this](const std::string& request) {
      const std::size_t from = request.find(' ') + 1;
      ++requests_;
      return serve_(request.substr(from, request.find(' ', from) - from));
    }));
    bench_.environment()["BASE"] = server_->url();
    bench_.write("config/mappings/things.yaml", "table: things\nkey: {column: remote_id, from: id}\nfields:\n  n: integer\n");
    configure();
  }

  /// `table`: further lines of the resource. `options`: of the provider.
  void configure(const std::string& table = "", const std::string& options = "") {
    bench_.write("config/providers/svc.yaml", kTable + table);
    bench_.write("config/lockstep.yaml",
                 "stores:\n  main: {plugin: sqlite, path: \"${LOCKSTEP_DB}\"}\nproviders:\n"
                 "  svc: {plugin: rest, table: providers/svc.yaml, base_url: \"${BASE}\", timeout: 60s" +
                     options +
                     "}\nsyncs:\n  things: {provider: svc, resource: thing, store: main, mapping: mappings/things.yaml, default: true}\n");
  }

  /// Twenty items, in a list that ends.
  void begin() {
    serve_ = [](const std::string&) { return page(0, 20, ""); };
    const Outcome made = bench_.run({"migrate"}), imported = bench_.run({"import"});
    ASSERT_EQ(imported.exit, 0) << said(made) << said(imported);
    ASSERT_EQ(rows(), "20");
  }

  Outcome run(Serve serve, const std::vector<std::string>& arguments = {"import"}) {
    serve_ = std::move(serve);
    requests_ = 0;
    Outcome outcome = bench_.run(arguments);
    RecordProperty("peak_mib", std::to_string(outcome.peak_mib));
    if (std::getenv("LOCKSTEP_SAY") != nullptr) std::printf("peak %ld MiB\n%s\n", outcome.peak_mib, said(outcome).c_str());
    return outcome;
  }

  std::string rows() { return query(bench_.database(), "SELECT count(*) FROM things").at(0).at(0); }
  std::string gone() { return query(bench_.database(), "SELECT count(*) FROM lockstep_link WHERE gone_at IS NOT NULL").at(0).at(0); }

  sandbox::Sandbox sandbox_;
  Serve serve_ = [](const std::string&) { return page(0, 0, ""); };
  std::atomic<std::size_t> requests_ = 0;
  std::unique_ptr<ScriptedServer> server_;
  Workbench bench_;
};

constexpr long kBoundMib = 900 * static_cast<long>(kSlowdown);

TEST_F(Hostile, AListWithoutEndEndsWithAnErrorAndConcludesNothing) {
  configure("", ", max_records: 1000");
  begin();
  std::size_t pages = 0;
  const auto endless = [&](const std::string&) {
    ++pages;
    return page(100 * (pages - 1), 100 * pages, "p" + std::to_string(pages));
  };
  for (const char* const command : {"plan", "import"}) {
    pages = 0;
    const Outcome outcome = run(endless, {command});
    EXPECT_NE(outcome.exit, 0);
    EXPECT_TRUE(contains(outcome, "the list /things goes on after 1000 items")) << said(outcome);
    EXPECT_TRUE(contains(outcome, "max_records")) << said(outcome);
    EXPECT_LE(requests_, 12U);
    EXPECT_FALSE(contains(outcome, "missing")) << said(outcome);
  }
  // Its first twenty again, and nothing behind them is taken for gone.
  EXPECT_EQ(gone(), "0");
}

TEST_F(Hostile, TheSamePagesAgainAndAgainEndTheList) {
  begin();
  std::size_t pages = 0;
  const Outcome outcome = run([&](const std::string&) { return page(5, 10, "p" + std::to_string(++pages)); });
  EXPECT_TRUE(contains(outcome, "bring nothing new")) << said(outcome);
  EXPECT_LE(requests_, 8U);
  EXPECT_EQ(rows(), "20");
}

TEST_F(Hostile, EightAnswersThatUnpackToHundredsOfMebibytesAtOnce) {
  configure("    detail: get\n");
  const std::string bomb = packed(R"({"id":"i0","n":[)", "1,", mib(460), "1]}");
  ASSERT_LT(bomb.size(), mib(1));
  ASSERT_EQ(bench_.run({"migrate"}).exit, 0);
  const Outcome outcome = run([&](const std::string& target) { return target == "/things" ? page(0, 16, "") : bomb; });
  EXPECT_TRUE(contains(outcome, "larger than 16 MiB")) << said(outcome);
  EXPECT_TRUE(contains(outcome, "max_item_mib")) << said(outcome);
  EXPECT_LT(outcome.peak_mib, kBoundMib);
  EXPECT_EQ(rows(), "0");
}

TEST_F(Hostile, EightAnswersThatAreJustAllowedAtOnce) {
  configure("    detail: get\n");
  std::vector<std::string> bombs;
  for (const char* piece : {"1,", "[1],", "{\"a\":0},", "[[],[]],"}) {
    bombs.push_back(packed(R"({"id":"i0","n":[)", piece, mib(15), "1]}"));
  }
  ASSERT_EQ(bench_.run({"migrate"}).exit, 0);
  std::atomic<std::size_t> turn = 0;
  const Outcome outcome =
      run([&](const std::string& target) { return target == "/things" ? page(0, 16, "") : bombs[turn++ % bombs.size()]; });
  EXPECT_TRUE(contains(outcome, "values, names and brackets")) << said(outcome);
  EXPECT_LT(outcome.peak_mib, kBoundMib);
}

TEST_F(Hostile, LargeItemsOfManyValuesAreReadOneAfterTheOther) {
  configure("    detail: get\n");
  ASSERT_EQ(bench_.run({"migrate"}).exit, 0);
  std::map<std::string, std::string> answers;
  for (std::size_t i = 0; i < 16; ++i) {
    const std::string id = "i" + std::to_string(i);
    answers["/things/" + id] = packed(R"({"id":")" + id + R"(","n":1,"list":[)", "\"abcdef\",", mib(15), "1]}");
  }
  const Outcome outcome = run([&](const std::string& target) { return target == "/things" ? page(0, 16, "") : answers.at(target); });
  EXPECT_EQ(outcome.exit, 0) << said(outcome);
  EXPECT_EQ(rows(), "16");
  EXPECT_LT(outcome.peak_mib, kBoundMib);
}

TEST_F(Hostile, ManyLargeItemsOfOnePageArriveWhole) {
  configure("    detail: get\n");
  ASSERT_EQ(bench_.run({"migrate"}).exit, 0);
  std::map<std::string, std::string> answers;
  for (std::size_t i = 0; i < 24; ++i) {
    const std::string id = "i" + std::to_string(i);
    answers["/things/" + id] = packed(R"({"id":")" + id + R"(","n":1,"text":")", "lorem ipsum ", mib(12), "\"}");
  }
  const Outcome outcome = run([&](const std::string& target) { return target == "/things" ? page(0, 24, "") : answers.at(target); });
  EXPECT_EQ(outcome.exit, 0) << said(outcome);
  EXPECT_EQ(rows(), "24");
  EXPECT_LT(outcome.peak_mib, kBoundMib);
}

TEST_F(Hostile, AListThatUnpacksToMoreThanItsLimit) {
  begin();
  const std::string bomb = packed(R"({"items":[)", item("x") + ",", mib(460), item("y") + "]}");
  const Outcome outcome = run([&](const std::string&) { return bomb; });
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_TRUE(contains(outcome, "larger than 64 MiB")) << said(outcome);
  EXPECT_TRUE(contains(outcome, "max_answer_mib")) << said(outcome);
  EXPECT_LT(outcome.peak_mib, kBoundMib);
  EXPECT_EQ(rows(), "20");
}

TEST_F(Hostile, AnAnswerOfTinyPieces) {
  begin();
  for (const std::string& bomb :
       {packed(R"({"items":[)", "1,", mib(60), item("y") + "]}"), packed(R"({"items":[)", "{},", mib(60), "{}]}"),
        packed(R"({"items":[],"other":[)", "[],", mib(60), "1]}"), packed(R"({"other":[)", "[],", mib(60), "1]}")}) {
    const Outcome outcome = run([&](const std::string&) { return bomb; });
    EXPECT_LT(outcome.peak_mib, kBoundMib) << said(outcome);
    EXPECT_EQ(gone(), "0");
  }
}

TEST_F(Hostile, AsManyTinyItemsAsAnAnswerMayHold) {
  ASSERT_EQ(bench_.run({"migrate"}).exit, 0);
  std::string items = item("i0");
  for (std::size_t i = 1; i < 262'144; ++i) items += ",{\"id\":" + std::to_string(i) + "}";
  const std::string whole = answer(200, "{\"items\":[" + items + "]}");
  const Outcome outcome = run([&](const std::string&) { return whole; }, {"plan"});
  EXPECT_TRUE(contains(outcome, "262144")) << said(outcome);
  EXPECT_LT(outcome.peak_mib, kBoundMib);
}

TEST_F(Hostile, ARefusalOfAnySizeIsReadToItsFirstMebibyte) {
  begin();
  std::string bomb = packed(R"({"message":[)", "1,", mib(60), "1]}");
  bomb.replace(bomb.find("200"), 3, "500");
  const Outcome outcome = run([&](const std::string&) { return bomb; });
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_LT(outcome.peak_mib, kBoundMib / 3) << said(outcome);
}

TEST_F(Hostile, TheNextPagesNameIsBounded) {
  begin();
  std::size_t pages = 0;
  const Outcome outcome = run([&](const std::string&) {
    ++pages;
    return packed("{\"items\":[" + item("i" + std::to_string(pages)) + "],\"next\":\"" + std::to_string(pages), "x", mib(30), "\"}");
  });
  EXPECT_TRUE(contains(outcome, "the name of the next page is longer than")) << said(outcome);
  EXPECT_EQ(requests_, 1U);
  EXPECT_LT(outcome.peak_mib, kBoundMib);
}

}  // namespace
}  // namespace lockstep::test
