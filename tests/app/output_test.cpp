#include "app/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>

#include "app/progress_line.h"
#include "common/log.h"

namespace lockstep {
namespace {

TEST(OutputTest, AReaderThatGoesAwayEndsThePrintingQuietly) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  Output out(ends[1]);
  out.line("nobody reads this");
  out.flush();
  EXPECT_TRUE(out.closed());
  EXPECT_EQ(out.problem(), "");
  out.line("nor this");
  out.flush();
  close(ends[1]);
}

TEST(OutputTest, AFullDiskIsAProblem) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  Output out(full);
  out.line("x");
  out.flush();
  EXPECT_TRUE(out.closed());
  EXPECT_NE(out.problem(), "");
  close(full);
}

TEST(OutputTest, SecretsAreMaskedWhereverTheBufferIsCut) {
  register_secret("sk-output-secret-7");
  std::string text;
  {
    Output out(text);
    for (int i = 0; i < 20000; ++i) out.line("line " + std::to_string(i) + " sk-output-secret-7");
  }
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_TRUE(text.ends_with("line 19999 [redacted]\n"));
}

TEST(AlignTest, CountsCharactersAndLeavesNoBlanksAtLineEnds) {
  EXPECT_EQ(align({{"a", "größe", "x"}, {"long", "b", ""}, {"c"}}), "a     größe  x\nlong  b\nc\n");
}

TEST(CountedTest, OneIsOne) {
  EXPECT_EQ(counted(1, "item", "items"), "1 item");
  EXPECT_EQ(counted(0, "item", "items"), "0 items");
  EXPECT_EQ(capitalised("phone number"), "Phone number");
}

TEST(ProgressLineTest, SaysNothingBeforeItsPatienceEnds) {
  std::atomic<int> drawn = 0;
  {
    ProgressLine line([&](std::string_view) { ++drawn; }, "Syncing assistants", Millis(3600 * 1000));
  }
  EXPECT_EQ(drawn, 0);
}

TEST(ProgressLineTest, DrawsNumbersAndIsWipedAtTheEnd) {
  std::mutex mutex;
  std::condition_variable seen;
  std::string text;
  {
    ProgressLine line(
        [&](std::string_view bytes) {
          const std::lock_guard lock(mutex);
          text += bytes;
          seen.notify_all();
        },
        "Syncing assistants", Millis(0), Millis(1));
    line.update(40, 100);
    std::unique_lock lock(mutex);
    seen.wait(lock, [&] { return text.find("Syncing assistants: 40 of 100") != std::string::npos; });
  }
  EXPECT_TRUE(text.ends_with("\r\x1b[K"));
}

}  // namespace
}  // namespace lockstep
