#include "config/environment.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "cli/support.h"
#include "common/error.h"

namespace lockstep {
namespace {

using test::WorkingDirectory;

constexpr uid_t kNobody = 65534;

std::optional<std::string> nothing(std::string_view) { return std::nullopt; }

TEST(Dotenv, ReadsTheSpellingsThatPeopleUse) {
  std::vector<std::string> warnings;
  const auto values = parse_dotenv(
      "# a comment\nPLAIN=value\n export NAME = spaced \nSINGLE='a $b \\n'\nDOUBLE=\"line\\nnext \\\"q\\\"\" # why\nHASH=p#ss # "
      "comment\nEMPTY=\nCRLF=x\r\n",
      ".env", warnings);
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(values.at("PLAIN"), "value");
  EXPECT_EQ(values.at("NAME"), "spaced");
  EXPECT_EQ(values.at("SINGLE"), "a $b \\n");
  EXPECT_EQ(values.at("DOUBLE"), "line\nnext \"q\"");
  EXPECT_EQ(values.at("HASH"), "p#ss");
  EXPECT_EQ(values.at("EMPTY"), "");
  EXPECT_EQ(values.at("CRLF"), "x");
}

TEST(Dotenv, WarnsOfALineByItsNumberAndNotByItsContent) {
  std::vector<std::string> warnings;
  const auto values = parse_dotenv("A=1\nsk-secret-without-name\nB='open\n2C=x\nD=4\n", "dir/.env", warnings);
  ASSERT_EQ(warnings.size(), 3U);
  EXPECT_EQ(warnings[0], "dir/.env:2: not understood and skipped; expected NAME=value");
  EXPECT_TRUE(warnings[1].starts_with("dir/.env:3:"));
  EXPECT_TRUE(warnings[2].starts_with("dir/.env:4:"));
  EXPECT_EQ(values.size(), 2U);
}

TEST(EnvironmentTest, TheRealEnvironmentWins) {
  WorkingDirectory directory;
  directory.write(".env", "KEY=file\nOTHER=file\nEMPTY=file\n");
  Environment environment([](std::string_view name) -> std::optional<std::string> {
    if (name == "KEY") return "real";
    if (name == "EMPTY") return "";
    return std::nullopt;
  });
  environment.read_dotenv(".env");
  EXPECT_EQ(environment.get("KEY"), "real");
  EXPECT_EQ(environment.get("OTHER"), "file");
  EXPECT_EQ(environment.get("EMPTY"), "");
  EXPECT_EQ(environment.real("OTHER"), std::nullopt);
}

TEST(EnvironmentTest, NamesTheFileThatCannotBeReadInFull) {
  WorkingDirectory directory;
  directory.write(".env", "KEY=1\n");
  std::filesystem::permissions(".env", std::filesystem::perms(0));
  std::filesystem::permissions(directory.path(), std::filesystem::perms(0755));
  Environment shut(nothing);
  // Root reads everything, so the call is another user's.
  const uid_t before = geteuid();
  ASSERT_EQ(seteuid(before == 0 ? kNobody : before), 0);
  shut.read_dotenv(".env");
  ASSERT_EQ(seteuid(before), 0);
  ASSERT_EQ(shut.warnings().size(), 1U);
  EXPECT_EQ(shut.warnings()[0], (std::filesystem::current_path() / ".env").string() + " cannot be read: Permission denied");
}

TEST(EnvironmentTest, WarnsWhenOthersMayReadTheFile) {
  WorkingDirectory directory;
  directory.write(".env", "KEY=1\n");
  std::filesystem::permissions(".env", std::filesystem::perms(0640));
  Environment open(nothing);
  open.read_dotenv(".env");
  ASSERT_EQ(open.warnings().size(), 1U);
  EXPECT_EQ(open.warnings()[0], ".env can be read by other users; run: chmod 600 .env");
  std::filesystem::permissions(".env", std::filesystem::perms(0600));
  Environment closed(nothing);
  closed.read_dotenv(".env");
  EXPECT_TRUE(closed.warnings().empty());
}

std::string refusal() {
  Environment environment(nothing);
  try {
    environment.read_dotenv(".env");
  } catch (const Error& failure) {
    EXPECT_EQ(environment.get("KEY"), std::nullopt);
    return failure.message();
  }
  return "";
}

TEST(EnvironmentTest, AFileThatOthersMayWriteIsRefused) {
  WorkingDirectory directory;
  directory.write(".env", "KEY=1\n");
  for (const unsigned mode : {0620U, 0602U, 0666U}) {
    std::filesystem::permissions(".env", std::filesystem::perms(mode));
    EXPECT_EQ(refusal(), (std::filesystem::current_path() / ".env").string() +
                             " is not read: it can be written by group or others; run: chmod go-w .env");
  }
}

TEST(EnvironmentTest, AFileOrALinkOfAnotherUserIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  WorkingDirectory directory;
  directory.write(".env", "KEY=1\n");
  std::filesystem::permissions(".env", std::filesystem::perms(0600));
  EXPECT_EQ(refusal(), "");
  ASSERT_EQ(chown(".env", kNobody, kNobody), 0);
  EXPECT_THAT(refusal(), testing::HasSubstr("belongs to another user (uid 65534)"));
  std::filesystem::rename(".env", "mine");
  ASSERT_EQ(chown("mine", 0, 0), 0);
  std::filesystem::create_symlink("mine", ".env");
  EXPECT_EQ(refusal(), "");
  ASSERT_EQ(lchown(".env", kNobody, kNobody), 0);
  EXPECT_THAT(refusal(), testing::HasSubstr("is a link that belongs to another user (uid 65534)"));
}

TEST(EnvironmentTest, OnlyTheFirstFileIsRead) {
  WorkingDirectory directory;
  directory.write(".env", "A=1\n");
  directory.write("config/.env", "A=2\nB=2\n");
  Environment environment(nothing);
  environment.read_dotenv(".env");
  environment.read_dotenv("config/.env");
  EXPECT_EQ(environment.get("A"), "1");
  EXPECT_EQ(environment.get("B"), std::nullopt);
}

}  // namespace
}  // namespace lockstep
