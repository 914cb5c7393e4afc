// Every fault that the sandbox can inject, at every request of an import of three pages: it is ridden out, or the run ends with exit 1 and
// a reason. Nothing is lost, nothing overwritten that should not be, and the next undisturbed run ends where an undisturbed one would have.

#include <gtest/gtest.h>

#include "format/json.h"
#include "scenarios/trial.h"

namespace lockstep::test {
namespace {

enum class Played { Always, InLongRuns };

struct FaultCase {
  const char* fault;         ///< as the sandbox reads it, without "match"
  const char* timeout = "";  ///< --timeout
  const char* retries = "";  ///< how often a request is repeated; empty: as shipped
  bool always = false;       ///< from that request on, every one
  Played played = Played::Always;
};

/// A relative of another case.
constexpr FaultCase in_long_runs(FaultCase one) {
  one.played = Played::InLongRuns;
  return one;
}

/// One attempt fails, the next one succeeds.
constexpr FaultCase kRiddenOut[] = {
    {R"({"fault": "latency", "ms": 60})"},
    {R"({"fault": "status", "status": 429, "retry_after": "0.05"})"},
    {R"({"fault": "status", "status": 429})"},
    {R"({"fault": "status", "status": 500})"},
    {R"({"fault": "status", "status": 502, "content_type": "text/html", "body": "<html>Bad Gateway</html>"})"},
    {R"({"fault": "reset_before"})"},
    {R"({"fault": "reset_after"})"},
    {R"({"fault": "close_before"})"},
    {R"({"fault": "close_after_reply"})"},
    {R"({"fault": "truncate"})"},
    {R"({"fault": "truncate_chunked"})"},
    {R"({"fault": "drip", "bytes": 512, "ms": 1})"},
    in_long_runs({R"({"fault": "status", "status": 408})"}),
    in_long_runs({R"({"fault": "status", "status": 503, "retry_after": "0"})"}),
    in_long_runs({R"({"fault": "status", "status": 504, "body": ""})"}),
    in_long_runs({R"({"fault": "truncate", "bytes": 0})"}),
    in_long_runs({R"({"fault": "truncate_chunked", "bytes": 0})"}),
};

/// Repeating does not help, is not allowed, or helps never.
constexpr FaultCase kEndTheRun[] = {
    {R"({"fault": "status", "status": 401})"},
    {R"({"fault": "status", "status": 429, "retry_after": "3600"})"},
    {R"({"fault": "html"})"},
    {R"({"fault": "html", "status": 404})"},
    {R"({"fault": "echo_secret"})"},
    {R"({"fault": "status", "status": 200, "body": "[{\"id\": \"7af394ba-09aa-4b08-82d6-d9aa24252b8d\", \"na"})"},
    {R"({"fault": "status", "status": 200, "body": "{\"message\": \"maintenance\"}"})"},
    {R"({"fault": "hang"})", "0.3"},
    {R"({"fault": "drip", "bytes": 8, "ms": 40})", "0.3"},
    {R"({"fault": "status", "status": 500})", "", "1", true},
    {R"({"fault": "reset_before"})", "", "1", true},
    {R"({"fault": "truncate"})", "", "1", true},
    in_long_runs({R"({"fault": "status", "status": 400})"}),
    in_long_runs({R"({"fault": "status", "status": 403})"}),
    in_long_runs({R"({"fault": "echo_secret", "status": 403})"}),
    in_long_runs({R"({"fault": "status", "status": 200, "body": ""})"}),
    in_long_runs({R"({"fault": "status", "status": 200, "body": "null"})"}),
    in_long_runs({R"({"fault": "latency", "ms": 60000})", "0.3"}),
    in_long_runs({R"({"fault": "status", "status": 429})", "", "1", true}),
    in_long_runs({R"({"fault": "close_before"})", "", "1", true}),
    in_long_runs({R"({"fault": "truncate_chunked"})", "", "1", true}),
};

void set_fault(Trial& trial, const FaultCase& one, std::size_t request) {
  sandbox::Fault fault = sandbox::read_fault(json::parse(one.fault));
  fault.method = "GET";
  fault.nth = request;
  fault.times = one.always ? 0 : 1;
  trial.sandbox().fault(fault);
}

/// An import of `course` with that fault at that request.
Outcome run_with(Trial& trial, const Course& course, const FaultCase& one, std::size_t request) {
  trial.restore(course);
  if (*one.retries != '\0') trial.bench().environment()["RETRIES"] = one.retries;
  set_fault(trial, one, request);
  std::vector<std::string> command = kImport;
  if (*one.timeout != '\0') command.insert(command.end(), {"--timeout", one.timeout});
  return trial.bench().run(command);
}

/// Plays every case at every request up to that number.
template <std::size_t N>
void play(const Course& course, const FaultCase (&cases)[N], std::size_t requests,
          const std::function<void(Trial&, const FaultCase&, std::size_t)>& play_one) {
  ASSERT_GE(course.lists, 3U);
  play_side_by_side(N * requests, [&](Trial& trial, std::size_t i) {
    const FaultCase& one = cases[i / requests];
    if (one.played == Played::InLongRuns && !long_run()) return;
    const std::size_t request = i % requests + 1;
    const ::testing::ScopedTrace trace(
        __FILE__, __LINE__, course.name + ": " + one.fault + " at request " + std::to_string(request) + " of " + std::to_string(requests));
    play_one(trial, one, request);
  });
}

class Faults : public ::testing::TestWithParam<const Course& (*)()> {
 protected:
  const Course& course() const { return GetParam()(); }
};

TEST_P(Faults, ThatPassAreRiddenOut) {
  play(course(), kRiddenOut, course().requests, [&](Trial& trial, const FaultCase& one, std::size_t request) {
    const Outcome outcome = run_with(trial, course(), one, request);
    EXPECT_EQ(trial.sandbox().requests().at(request - 1).fault, json::parse(one.fault).text_at("fault")) << "it did not strike";
    trial.expect_promises(course(), outcome);
    trial.expect_after(course(), outcome);
  });
}

TEST_P(Faults, ThatStayEndTheRunBeforeItOverwritesAnything) {
  play(course(), kEndTheRun, course().requests, [&](Trial& trial, const FaultCase& one, std::size_t request) {
    const Outcome outcome = run_with(trial, course(), one, request);
    if (request > course().lists && !contains(outcome, "Assistant synchronization failed: ")) {
      // An answer about one record that is none costs that record.
      EXPECT_EQ(outcome.exit, 2) << said(outcome);
      EXPECT_TRUE(contains(outcome, "Failed to sync assistant: ")) << said(outcome);
      trial.expect_promises(course(), outcome);
      return trial.expect_whole_after_next_run(course());
    }
    EXPECT_EQ(outcome.exit, exit_of_failed(outcome)) << said(outcome);
    EXPECT_TRUE(contains(outcome, "Assistant synchronization failed: ")) << said(outcome);
    trial.expect_promises(course(), outcome);
    const Footprint now = trial.look();
    expect_nothing_overwritten(now, course().before);
    // The first answer comes before anything is written at all.
    if (request == 1) {
      EXPECT_EQ(difference(now, course().before), "") << said(outcome);
      return;
    }
    trial.expect_whole_after_next_run(course());
  });
}

TEST_P(Faults, PagesBeforeTheBreakAreKept) {
  Trial trial;
  for (std::size_t request = 2; request <= course().lists; ++request) {
    SCOPED_TRACE("request " + std::to_string(request));
    run_with(trial, course(), {R"({"fault": "html"})"}, request);
    EXPECT_GT(trial.look().rows.size(), course().before.rows.size());
    trial.expect_whole_after_next_run(course());
  }
}

/// Each of these looks like a list and is none. Looking once more helps against one that comes once; nothing is concluded from one that
/// stays.
TEST_P(Faults, AListThatIsNoListConcludesNothing) {
  static constexpr FaultCase kCases[] = {{R"({"fault": "empty_list"})"},
                                         {R"({"fault": "empty_list"})", "", "", true},
                                         {R"({"fault": "ignore_filters"})"},
                                         {R"({"fault": "ignore_filters"})", "", "", true},
                                         {R"({"fault": "status", "status": 404})"},
                                         {R"({"fault": "status", "status": 200, "body": "[1, 2, 3]"})"}};
  play(course(), kCases, course().lists, [&](Trial& trial, const FaultCase& one, std::size_t request) {
    const Outcome outcome = run_with(trial, course(), one, request);
    trial.expect_promises(course(), outcome);
    const bool nothing_known = request == 1 && course().before.rows.empty();
    const bool failed = contains(outcome, "Assistant synchronization failed: ");
    const bool looked_again = !one.always && !failed;
    if (looked_again && !nothing_known) {
      // What was no item is told of, and costs nothing else.
      EXPECT_TRUE(outcome.exit == course().exit || outcome.exit == 2) << said(outcome);
      EXPECT_EQ(difference(trial.look(), course().after), "") << said(outcome);
    } else {
      EXPECT_TRUE((failed && outcome.exit == exit_of_failed(outcome)) || nothing_known) << said(outcome);
      expect_nothing_overwritten(trial.look(), course().before);
    }
    trial.expect_whole_after_next_run(course());
  });
}

/// What the list held while it was read decides about nothing that it did not name; the next run has the last word.
TEST_P(Faults, AListThatChangesWhileItIsPagedIsCaughtUpByTheNextRun) {
  static constexpr FaultCase kCases[] = {{R"({"fault": "change_while_paged", "change": "edit", "count": 5})"},
                                         {R"({"fault": "change_while_paged", "change": "insert", "count": 3})"},
                                         {R"({"fault": "change_while_paged", "change": "delete", "count": 2})"}};
  play(course(), kCases, course().lists, [&](Trial& trial, const FaultCase& one, std::size_t request) {
    const Outcome outcome = run_with(trial, course(), one, request);
    EXPECT_EQ(outcome.exit, course().exit) << said(outcome);
    const Footprint disturbed = trial.look();
    for (const auto& [id, row] : course().before.rows) EXPECT_TRUE(id == "NULL" || disturbed.rows.contains(id)) << id << " vanished";
    const Json world = json::parse(trial.sandbox().state());
    const Outcome next = trial.bench().run(kImport);
    EXPECT_EQ(next.exit, course().exit) << said(next);
    const Footprint caught_up = trial.look();
    // From the beginning, with a list that has come to rest.
    trial.restore(course());
    trial.sandbox().load(world);
    const Outcome reference = trial.bench().run(kImport);
    EXPECT_EQ(reference.exit, course().exit) << said(reference);
    const Footprint at_rest = trial.look();
    for (const auto& [id, row] : at_rest.rows) EXPECT_TRUE(caught_up.rows.contains(id) && caught_up.rows.at(id) == row) << id;
    // An item that was there only while the list was read has left its row and a link that says so.
    for (const auto& [id, row] : caught_up.rows) EXPECT_TRUE(at_rest.rows.contains(id) || caught_up.links.at(id)[4] == "0") << id;
  });
}

INSTANTIATE_TEST_SUITE_P(Courses, Faults, ::testing::Values(&first_import, &later_import),
                         [](const auto& named) { return std::string(named.param == &first_import ? "First" : "Later"); });

}  // namespace
}  // namespace lockstep::test
