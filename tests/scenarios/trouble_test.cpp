// What comes from outside while an import is under way: a lock of another program, a wish to stop, a reader that goes away, a second
// process. Each is ridden out or ends the run with a reason; the next run ends where an undisturbed one would have.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>

#include "scenarios/shimmed.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

class Trouble : public ::testing::TestWithParam<const Course& (*)()> {
 protected:
  void SetUp() override { trial_.restore(course()); }
  const Course& course() const { return GetParam()(); }
  std::string& option(const std::string& name) { return trial_.bench().environment()[name]; }

  /// Stopped, with what is whole kept and the journal closed.
  void expect_interrupted(Running& running) {
    const Outcome outcome = running.finish(60);
    EXPECT_EQ(outcome.exit, 130) << said(outcome);
    EXPECT_TRUE(contains(outcome, "interrupted: what was written stays, the next run goes on from there")) << said(outcome);
    trial_.expect_promises(course(), outcome);
    trial_.expect_whole_after_next_run(course());
  }

  /// An import that has begun, however far it came.
  auto start_import() {
    const std::filesystem::path log = trial_.bench().directory() / "run.log";
    std::filesystem::remove(log);
    std::vector<std::string> words = kImport;
    words.insert(words.end(), {"--log-file", "run.log"});
    auto running = trial_.bench().start(words);
    EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(log) && file_text(log).find("Run started") != std::string::npos; }));
    return running;
  }

  /// Copies a file of the workbench with one text in it replaced.
  void write_replaced(const std::string& from, const std::string& text, const std::string& by, const std::string& to) const {
    std::string content = file_text(trial_.bench().directory() / from);
    const std::size_t at = content.find(text);
    ASSERT_NE(at, std::string::npos) << "no " << text << " in " << from;
    trial_.bench().write(to, content.replace(at, text.size(), by));
  }

  Trial trial_;
};

// Locked

TEST_P(Trouble, ALockThatIsGivenUpIsWaitedFor) {
  option("BUSY_TIMEOUT") = "3600s";
  auto holder = std::make_unique<Holder>(trial_.bench().database());
  const auto running = start_import();
  // What must hold does not depend on how far the run has come: a first one asks the API before, every other afterwards.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  holder.reset();
  trial_.expect_after(course(), running->finish());
}

TEST_P(Trouble, ALockThatStaysEndsTheRunWithAReason) {
  option("BUSY_TIMEOUT") = "100ms";
  {
    const Holder holder(trial_.bench().database());
    const Outcome outcome = trial_.bench().run(kImport);
    EXPECT_EQ(outcome.exit, 1) << said(outcome);
    EXPECT_TRUE(contains(outcome, "test.db is locked by another program; wait for it to finish, or raise the store's busy_timeout"))
        << said(outcome);
  }
  EXPECT_EQ(difference(trial_.look(), course().before), "");
  trial_.expect_whole_after_next_run(course());
}

TEST_P(Trouble, ALockThatComesInTheMiddleLosesNothing) {
  for (const Holder::For what : {Holder::For::Itself, Holder::For::Reading}) {
    for (std::size_t request = 2; request <= course().requests; ++request) {
      SCOPED_TRACE((what == Holder::For::Itself ? "held at request " : "read at request ") + std::to_string(request));
      trial_.restore(course());
      option("BUSY_TIMEOUT") = "100ms";
      const auto running = trial_.start_and_hold_at(request);
      std::unique_ptr<Holder> holder;
      try {
        holder = std::make_unique<Holder>(trial_.bench().database(), what);
      } catch (const std::runtime_error&) {
        // The run itself holds the file while it waits: there is no middle to come into.
      }
      trial_.release();
      const Outcome outcome = running->finish();
      EXPECT_EQ(outcome.exit, holder ? exit_of_failed(outcome) : course().exit) << said(outcome);
      EXPECT_EQ(contains(outcome, "test.db is locked by another program"), holder != nullptr) << said(outcome);
      holder.reset();
      trial_.expect_promises(course(), outcome);
      trial_.expect_whole_after_next_run(course());
    }
  }
}

// Stopped

TEST_P(Trouble, AWishToStopEndsTheWaitForALock) {
  for (const int signal : {SIGINT, SIGTERM}) {
    trial_.restore(course());
    option("BUSY_TIMEOUT") = "3600s";
    auto holder = std::make_unique<Holder>(trial_.bench().database());
    const auto running = start_import();
    running->send(signal);
    const Outcome outcome = running->finish(60);
    EXPECT_EQ(outcome.exit, 130) << said(outcome);
    EXPECT_TRUE(contains(outcome, "interrupted")) << said(outcome);
    holder.reset();
    EXPECT_EQ(difference(trial_.look(), course().before), "");
    trial_.expect_whole_after_next_run(course());
  }
}

TEST_P(Trouble, AWishToStopAtAnyRequestKeepsWhatIsWhole) {
  for (std::size_t request = 1; request <= course().requests; ++request) {
    SCOPED_TRACE("request " + std::to_string(request));
    trial_.restore(course());
    const auto running = trial_.start_and_hold_at(request);
    running->send(request % 2 == 0 ? SIGTERM : SIGINT);
    expect_interrupted(*running);
  }
}

std::size_t lines_of(const std::string& path, const std::string& text) {
  std::ifstream file(path);
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);) count += line == text ? 1U : 0U;
  return count;
}

/// True when the process has a signal that it has not yet taken.
bool has_pending_signal(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("ShdPnd:")) return line.find_first_not_of("0 \t", 7) != std::string::npos;
  }
  return false;
}

TEST_P(Trouble, TheSecondInterruptEndsAtOnceWhatTheFirstCannot) {
  // A disk that does not answer: nothing but the end of the process ends a wait for it.
  const auto before = trial_.bench().environment();
  const std::string log = (trial_.bench().directory() / "operations.log").string();
  for (const auto& [name, value] : strike_at(trial_, "before commit 2", "stall")) option(name) = value;
  option("SHIM_LOG") = log;
  const auto running = trial_.bench().start(kImport);
  ASSERT_TRUE(wait_until([&] { return lines_of(log, "commit") == 2; }));
  running->send(SIGINT);
  ASSERT_TRUE(wait_until([&] { return !has_pending_signal(running->pid()); }));
  EXPECT_FALSE(running->ended());
  running->send(SIGINT);
  EXPECT_EQ(running->finish(60).exit, 130);
  trial_.bench().environment() = before;
  trial_.expect_promises(course(), {});
  trial_.expect_whole_after_next_run(course());
}

// Not listened to

TEST_P(Trouble, AReaderThatTakesOneLineStopsNothing) {
  for (const char* pipe : {"set -o pipefail; \"$@\" -v | head -1", "set -o pipefail; \"$@\" -vv 2>&1 | head -1"}) {
    SCOPED_TRACE(pipe);
    trial_.restore(course());
    sandbox::Fault slow;
    slow.kind = sandbox::FaultKind::Latency;
    slow.nth = 2;
    slow.wait = Millis(150);  // so that the reader has most likely gone; what must hold does not depend on it
    trial_.sandbox().fault(slow);
    const Outcome outcome = trial_.bench().run(kImport, {"/bin/bash", "-c", pipe, "bash"});
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1) << said(outcome);
    trial_.expect_after(course(), outcome);
  }
}

// Two at once

TEST_P(Trouble, TheSecondProcessOfASyncIsRefusedAndHarmsNothing) {
  const auto first = trial_.start_and_hold_at(2);
  const Outcome second = trial_.bench().run(kImport);
  EXPECT_EQ(second.exit, 1) << said(second);
  EXPECT_TRUE(contains(second, "(pid " + std::to_string(first->pid()) + " on ")) << said(second);
  trial_.release();
  trial_.expect_after(course(), first->finish());
}

TEST_P(Trouble, TwoSyncsOfOneDatabaseRunAtOnce) {
  // The same items once more, in a table of their own.
  write_replaced("config/mappings/vapi-assistants.yaml", "table: assistants\n", "table: copies\n", "config/mappings/copies.yaml");
  write_replaced("config/lockstep.yaml", "\nsyncs:\n",
                 "\nsyncs:\n  copies: {provider: vapi, resource: assistant, store: main, mapping: mappings/copies.yaml, hooks: "
                 "../scripts/assistants.lua, local_edits: replace}\n",
                 "config/lockstep.yaml");
  ASSERT_EQ(trial_.bench().run({"migrate", "copies"}).exit, 0);
  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const auto first = trial_.bench().start(kImport), second = trial_.bench().start({"import", "copies"});
    const Outcome one = first->finish(), other = second->finish();
    EXPECT_EQ(one.exit, course().exit) << said(one);
    EXPECT_EQ(other.exit, course().exit) << said(other);
  }
  const std::string columns = "SELECT vapi_assistant_id, name, first_message, model, user_id FROM ";
  const std::string remote = " WHERE vapi_assistant_id IN (SELECT vapi_assistant_id FROM copies) ORDER BY 1";
  EXPECT_EQ(query(trial_.bench().database(), columns + "assistants" + remote),
            query(trial_.bench().database(), columns + "copies ORDER BY 1"));
  EXPECT_EQ(query(trial_.bench().database(),
                  "SELECT count(*) FROM lockstep_link l JOIN lockstep_base b ON b.link_id = l.id WHERE sync_id = "
                  "(SELECT id FROM lockstep_sync WHERE name = 'copies')"),
            query(trial_.bench().database(), "SELECT count(*) FROM copies"));
}

INSTANTIATE_TEST_SUITE_P(Courses, Trouble, ::testing::Values(&first_import, &later_import),
                         [](const auto& named) { return std::string(named.param == &first_import ? "First" : "Later"); });

}  // namespace
}  // namespace lockstep::test
