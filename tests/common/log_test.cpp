// The lines of the log, read back from its file.
#include "common/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "common/error.h"
#include "common/text.h"
#include "common/time.h"

namespace lockstep {
namespace {

using testing::ContainsRegex;

class Log : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("lockstep-log-" + make_ulid(system_clock().now()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    log::configure({});
    std::filesystem::remove_all(folder_);
  }
  std::string file() const { return (folder_ / "log.txt").string(); }
  std::vector<std::string> lines() const {
    log::flush();
    std::ifstream in(file());
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  /// A line without its time, which must be of the form 2026-11-21T02:24:23.123Z.
  static std::string untimed(const std::string& line) {
    EXPECT_EQ(line.size() > 25 && parse_time(line.substr(0, 24)).has_value() && line[23] == 'Z' && line[24] == ' ', true) << line;
    return line.substr(25);
  }

  std::filesystem::path folder_;
};

TEST_F(Log, WritesTextLines) {
  log::configure({.level = log::Level::Info, .file = file()});
  log::info("page read",
            {{"id", "abc"}, {"name", "Front Desk"}, {"count", std::int64_t{3}}, {"columns", std::vector<std::string_view>{"a", "b"}}});
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_EQ(untimed(lines()[0]), R"(INFO page read id=abc name="Front Desk" count=3 columns=a,b)");
}

TEST_F(Log, AFileThatWasRenamedIsMadeAnew) {
  log::configure({.level = log::Level::Info, .file = file()});
  log::info("before");
  std::filesystem::rename(file(), folder_ / "log.txt.1");
  log::info("after");
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_EQ(untimed(lines()[0]), "INFO after");
  std::filesystem::remove(file());
  log::info("again");
  EXPECT_EQ(untimed(lines().at(0)), "INFO again");
}

TEST_F(Log, QuotesWhatWouldBeReadWrongly) {
  log::configure({.file = file()});
  log::warning("w", {{"empty", ""}, {"quote", "say \"hi\""}, {"equals", "a=b"}, {"back", "a\\b"}});
  log::write(log::Level::Error, "e", std::vector<log::Field>{{"escape", "\x1B[31m"}});
  ASSERT_EQ(lines().size(), 2U);
  EXPECT_EQ(untimed(lines()[0]), R"(WARNING w empty="" quote="say \"hi\"" equals="a=b" back="a\\b")");
  EXPECT_EQ(untimed(lines()[1]), R"(ERROR e escape="\x1b[31m")");
}

TEST_F(Log, AForeignTextCannotForgeALine) {
  log::configure({.file = file()});
  log::info("first\n2026-11-21T02:24:23.123Z INFO second", {{"k", "v\nw"}, {"key with\nbreak", "x"}});
  EXPECT_EQ(lines().size(), 1U);
}

TEST_F(Log, WritesOneJsonObjectALine) {
  log::configure({.format = log::Format::Json, .file = file()});
  log::info("a \"b\"\n", {{"text", "x\ty"},
                          {"n", std::int64_t{-7}},
                          {"list", std::vector<std::string_view>{"p", "q\""}},
                          {"none", std::vector<std::string_view>{}}});
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_THAT(lines()[0],
              ContainsRegex("^\\{\"time\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z\",\"level\":\"info\","));
  EXPECT_EQ(lines()[0].substr(lines()[0].find("\"message\"")),
            R"("message":"a \"b\"\n","text":"x\ty","n":-7,"list":["p","q\""],"none":[]})");
}

TEST_F(Log, MasksSecretsInEveryPartOfALine) {
  register_secret("log\"secret/1");
  register_secret("987654321");
  for (const log::Format format : {log::Format::Text, log::Format::Json}) {
    log::configure({.format = format, .file = file()});
    log::info("m log\"secret/1", {{"k", "log\"secret/1"},
                                  {"n", std::int64_t{987654321}},
                                  {"l", std::vector<std::string_view>{"log\"secret/1"}},
                                  {"b", "Bearer abc"}});
  }
  ASSERT_EQ(lines().size(), 2U);
  EXPECT_EQ(untimed(lines()[0]), R"(INFO m [redacted] k=[redacted] n=[redacted] l=[redacted] b="Bearer [redacted]")");
  EXPECT_EQ(lines()[1].substr(lines()[1].find("\"message\"")),
            R"("message":"m [redacted]","k":"[redacted]","n":"[redacted]","l":["[redacted]"],"b":"Bearer [redacted]"})");
}

TEST_F(Log, MasksASecretThatOnlyTheWholeLineHolds) {
  register_secret("joined k=value");
  log::configure({.file = file()});
  log::info("joined", {{"k", "value"}});
  EXPECT_EQ(untimed(lines().at(0)), "INFO [redacted]");
}

TEST_F(Log, LeavesOutWhatIsBelowItsLevel) {
  log::configure({.level = log::Level::Warning, .file = file()});
  log::info("no");
  log::debug("no");
  log::warning("yes");
  log::error("yes");
  EXPECT_EQ(lines().size(), 2U);
  EXPECT_FALSE(log::enabled(log::Level::Info));
  EXPECT_TRUE(log::enabled(log::Level::Error));
  log::configure({.level = log::Level::Off, .file = file()});
  log::error("no");
  EXPECT_FALSE(log::enabled(log::Level::Error));
  EXPECT_FALSE(log::enabled(log::Level::Off));
  log::configure({.level = log::Level::Trace, .file = file()});
  log::write(log::Level::Trace, "yes");
  EXPECT_EQ(lines().size(), 3U) << "a log file is continued, never emptied";
  EXPECT_EQ(untimed(lines()[2]), "TRACE yes");
}

TEST_F(Log, ThreadsDoNotMixTheirLines) {
  log::configure({.file = file()});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (int k = 0; k < 100; ++k) log::info(std::string(200, 'x'), {{"end", "1"}});
      });
    }
  }
  const std::vector<std::string> all = lines();
  EXPECT_EQ(all.size(), 400U);
  for (const std::string& line : all) EXPECT_EQ(untimed(line), "INFO " + std::string(200, 'x') + " end=1");
}

TEST_F(Log, BracesAreNoPlaceholders) {
  log::configure({.file = file()});
  log::info("{} {0} {unclosed");
  EXPECT_EQ(untimed(lines().at(0)), "INFO {} {0} {unclosed");
}

TEST_F(Log, AFileThatCannotBeOpenedIsAnError) {
  try {
    log::configure({.file = folder_.string()});
    FAIL() << "a folder was opened as a file";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Storage);
    EXPECT_THAT(error.message(), testing::HasSubstr(folder_.string()));
  }
}

TEST_F(Log, ANewFileIsItsOwnersAloneAndAnOldOneKeepsItsMode) {
  const mode_t before = umask(0);
  log::configure({.file = file()});
  umask(before);
  log::info("one");
  EXPECT_EQ(lines().size(), 1U);
  EXPECT_EQ(std::filesystem::status(file()).permissions(), std::filesystem::perms(0600));
  std::filesystem::permissions(file(), std::filesystem::perms(0640));
  log::configure({.file = file()});
  log::info("two");
  EXPECT_EQ(lines().size(), 2U);
  EXPECT_EQ(std::filesystem::status(file()).permissions(), std::filesystem::perms(0640));
}

TEST_F(Log, WhatAnotherUserLaidInASharedFolderIsNotWritten) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  const std::string victim = (folder_ / "victim").string();
  const auto refused = [&] {
    try {
      log::configure({.file = file()});
    } catch (const Error& error) {
      return error.message().find("belongs to another user (uid 65534)") != std::string::npos;
    }
    return false;
  };
  std::filesystem::permissions(folder_, std::filesystem::perms(01777));
  std::ofstream(file()) << "";
  ASSERT_EQ(chown(file().c_str(), 65534, 65534), 0);
  EXPECT_TRUE(refused());
  std::filesystem::remove(file());
  std::filesystem::create_symlink(victim, file());
  ASSERT_EQ(lchown(file().c_str(), 65534, 65534), 0);
  EXPECT_TRUE(refused());
  EXPECT_FALSE(std::filesystem::exists(victim));
  ASSERT_EQ(lchown(file().c_str(), 0, 0), 0);
  EXPECT_FALSE(refused()) << "a link of one's own";
  EXPECT_TRUE(std::filesystem::exists(victim));
}

TEST_F(Log, GoesToStandardErrorWithoutAFile) {
  testing::internal::CaptureStderr();
  log::configure({});
  log::info("to the terminal");
  const std::string seen = testing::internal::GetCapturedStderr();
  EXPECT_EQ(untimed(seen), "INFO to the terminal\n");
}

}  // namespace
}  // namespace lockstep
