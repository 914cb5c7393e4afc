// Around every commit of a full run on a database server: kill -9 of the program, an end of the connection, a server that loses its power and
// comes back. Whoever waits for the answer of a commit cannot know whether it took place: the next run ends where an undisturbed one would
// have all the same. Of the places some are taken; LOCKSTEP_LONG=1 takes them all.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <latch>

#include "common/text.h"
#include "format/json.h"
#include "scenarios/full_course.h"
#include "scenarios/server_of_kind.h"
#include "scenarios/trial.h"
#include "scenarios/two_sided.h"
#include "support/proxy.h"

namespace lockstep::test {
namespace {

using Cut = Proxy::Cut;

constexpr std::size_t kPlacesInShort = 6;

struct Place {
  Cut side;
  int commit;
};

std::string words_of(const Place& place) {
  const char* side = place.side == Cut::Before ? "before" : place.side == Cut::During ? "during" : "after";
  return side + std::string(" commit ") + std::to_string(place.commit);
}

class AroundEveryCommit : public ::testing::TestWithParam<const ServerOfKind*> {
 protected:
  void SetUp() override {
    if (!GetParam()->kind().missing().empty()) GTEST_SKIP() << GetParam()->kind().missing();
  }

  /// On this kind of database: where the runs begin, and where an undisturbed one leads.
  void begin() {
    if (server_) kind_ = GetParam()->kind_at(server_->folder());
    bench_.emplace(sandbox_, kind_ ? *kind_ : GetParam()->kind());
    program_.emplace(*bench_);
    const std::string socket = GetParam()->socket_of(bench_->database());
    proxy_.emplace(socket);
    bench_->environment()["LOCKSTEP_STORE"] =
        replace_all(bench_->database(), std::filesystem::path(socket).parent_path().string(), proxy_->folder());
    prepare_full_course(*bench_, sandbox_);
    world_ = json::parse(sandbox_.state());
    kind_of(bench_->database()).back_up(bench_->database(), "beginning");
    proxy_->cut(Cut::Before, GetParam()->commit(), 0);
    EXPECT_EQ(bench_->run(kFull).exit, 0);
    commits_ = proxy_->met();
    ends_ = ends_of(bench_->database(), sandbox_);
  }

  std::vector<Place> places() const {
    std::vector<Place> all, out;
    for (int commit = 1; commit <= commits_; ++commit) {
      for (const Cut side : {Cut::Before, Cut::During, Cut::After}) all.push_back({side, commit});
    }
    // Of all three sides, and of the whole run.
    const std::size_t step = long_run() ? 1 : std::max<std::size_t>(1, all.size() / kPlacesInShort) | 1U;
    for (std::size_t i = 0; i < all.size(); i += step + (step % 3 == 0 ? 1 : 0)) out.push_back(all[i]);
    return out;
  }

  /// One run from the beginning, in which `deed` is done there.
  Outcome run_and(const std::function<void(const Running&)>& deed, const Place& place) {
    kind_of(bench_->database()).restore(bench_->database(), "beginning");
    sandbox_.load(world_);
    sandbox_.clear_requests();
    std::unique_ptr<Running> running;
    std::latch started(1);
    proxy_->cut(place.side, GetParam()->commit(), place.commit, [&] {
      started.wait();
      deed(*running);
    });
    running = bench_->start(kFull);
    started.count_down();
    return running->finish();
  }

  void expect_whole(const std::string& what) {
    proxy_->cut(Cut::Before, "");
    expect_full_course_ends(
        bench_->database(), sandbox_, ends_, [&] { return program_->run(kFull); }, what);
  }

  sandbox::Sandbox sandbox_{sandbox_options()};
  std::optional<DatabaseServer> server_;  ///< where a test ends it
  std::unique_ptr<const DatabaseKind> kind_;
  std::optional<Workbench> bench_;
  std::optional<InProcess> program_;
  std::optional<Proxy> proxy_;
  Json world_;
  Ends ends_;
  int commits_ = 0;
};

TEST_P(AroundEveryCommit, TheProgramIsKilled) {
  begin();
  for (const Place& place : places()) {
    const Outcome outcome = run_and([](const Running& program) { program.send(SIGKILL); }, place);
    EXPECT_TRUE(outcome.exit == kKilled || outcome.exit == 0) << said(outcome);
    expect_whole("killed " + words_of(place));
    if (HasFailure()) break;
  }
}

TEST_P(AroundEveryCommit, TheConnectionEnds) {
  begin();
  for (const Place& place : places()) {
    const Outcome outcome = run_and([](const Running&) {}, place);
    const std::string what = "the connection ended " + words_of(place) + "\n" + said(outcome);
    if (place.side == Cut::After) {
      EXPECT_EQ(outcome.exit, 0) << "what took place is found out, and the run goes on: " << what;
    } else {
      EXPECT_TRUE(outcome.exit == 0 || contains(outcome, "the connection was lost")) << what;
    }
    expect_whole(what);
    if (HasFailure()) break;
  }
}

TEST_P(AroundEveryCommit, TheServerLosesItsPowerAndComesBack) {
  server_.emplace(GetParam()->name(), GetParam()->durable());
  begin();
  for (const Place& place : places()) {
    const Outcome outcome = run_and(
        [&](const Running&) {
          server_->crash();
          server_->restart();
        },
        place);
    const std::string what = "the server crashed " + words_of(place) + "\n" + said(outcome);
    EXPECT_TRUE(outcome.exit == 0 || contains(outcome, std::string(kind_->shown()))) << what;
    expect_whole(what);
    if (HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Postgresql, AroundEveryCommit, ::testing::Values(&postgres_servers()));
INSTANTIATE_TEST_SUITE_P(Mysql, AroundEveryCommit, ::testing::Values(&mysql_servers()));

}  // namespace
}  // namespace lockstep::test
