#include "cli/print/output.h"
#include "common/text.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>

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

}  // namespace
}  // namespace lockstep
