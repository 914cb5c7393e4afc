// The completion scripts in the shells that they are for: a person types the beginning of a word and presses TAB.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "common/text.h"
#include "scenarios/workbench.h"
#include "terminal/terminal.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

bool installed(const std::string& shell) { return std::system(("command -v " + shell + " >/dev/null").c_str()) == 0; }

class ShellsTest : public ::testing::Test {
 protected:
  ShellsTest() : bench_(sandbox_) {
    environment_ = bench_.environment();
    environment_["PATH"] = fs::path(LOCKSTEP_PROGRAM).parent_path().string() + ":" + std::getenv("PATH");
    environment_["HOME"] = bench_.directory().string();
    environment_["TERM"] = "xterm";
    environment_["LC_ALL"] = "C.UTF-8";
  }

  /// A program of the PATH.
  Outcome run(std::vector<std::string> words) {
    words.insert(words.begin(), {"/usr/bin/env", "PATH=" + environment_["PATH"]});
    return run_program(words, environment_, bench_.directory().string());
  }

  /// Types each beginning and TAB, and answers what then stands behind the prompt. ^A and ^E go to the line's ends, so that the completed
  /// line is printed in place of being run.
  std::vector<std::string> completed(const std::vector<std::string>& shell, const std::string& setup,
                                     const std::vector<std::string>& beginnings) {
    Terminal terminal(shell, environment_, bench_.directory().string());
    // The marks are put together by the shell, so that the echo of what is typed does not hold them.
    terminal.type(setup + "; echo rea''dy\n");
    EXPECT_TRUE(terminal.wait_for("ready\r\n")) << terminal.bytes();
    std::vector<std::string> out;
    for (const std::string& beginning : beginnings) {
      terminal.type(beginning +
                    "\t\x01"
                    "echo '<<''\x05>''>'\n");
      EXPECT_TRUE(terminal.wait_for(">>\r\n")) << terminal.bytes();
      const std::string& bytes = terminal.bytes();
      const std::size_t end = bytes.rfind(">>\r\n"), start = bytes.rfind("<<", end);
      out.push_back(start == std::string::npos ? bytes : bytes.substr(start + 2, end - start - 2));
    }
    terminal.type("exit\n");
    terminal.finish();
    return out;
  }

  sandbox::Sandbox sandbox_;
  Workbench bench_;
  std::map<std::string, std::string> environment_;
};

const std::vector<std::string> kBeginnings{"lockstep sta",
                                           "lockstep status ass",
                                           "lockstep assistants:sy",
                                           "lockstep assistants:sync --user",
                                           "lockstep status --output=js",
                                           "lockstep import --on-conflict ne",
                                           "lockstep --config config/lo",
                                           "lockstep --config=config/lo"};
const std::vector<std::string> kCompleted{"lockstep status ",
                                          "lockstep status assistants ",
                                          "lockstep assistants:sync ",
                                          "lockstep assistants:sync --user-id ",
                                          "lockstep status --output=json ",
                                          "lockstep import --on-conflict newest ",
                                          "lockstep --config config/lockstep.yaml ",
                                          "lockstep --config=config/lockstep.yaml "};

TEST_F(ShellsTest, BashCompletesCommandsOptionsValuesSyncsAndFiles) {
  const auto lines = completed(
      {"bash", "--norc", "--noprofile", "-i"},
      "PS1='> '; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; source <(lockstep completion bash)", kBeginnings);
  EXPECT_EQ(lines, kCompleted);
}

/// Zsh keeps the blank behind a word to itself until the next key: it is not in the line that goes on.
std::vector<std::string> without_blanks(std::vector<std::string> lines) {
  for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
  return lines;
}

TEST_F(ShellsTest, ZshCompletesCommandsOptionsValuesSyncsAndFiles) {
  if (!installed("zsh")) GTEST_SKIP() << "zsh is not installed";
  const auto lines = completed(
      {"zsh", "-f", "-i"}, "PS1='> '; unsetopt beep; bindkey -e; autoload -U compinit; compinit -u -D; source <(lockstep completion zsh)",
      kBeginnings);
  EXPECT_EQ(lines, without_blanks(kCompleted));
}

/// Zsh also takes the script as an autoloaded function, from where it is installed.
TEST_F(ShellsTest, ZshLoadsItFromItsFunctionPath) {
  if (!installed("zsh")) GTEST_SKIP() << "zsh is not installed";
  bench_.write("functions/_lockstep", run({LOCKSTEP_PROGRAM, "completion", "zsh"}).out);
  const auto lines = completed({"zsh", "-f", "-i"},
                               "PS1='> '; unsetopt beep; bindkey -e; fpath=($PWD/functions $fpath); autoload -U compinit; compinit -u -D",
                               {"lockstep sta", "lockstep status ass"});
  EXPECT_EQ(lines, (std::vector<std::string>{"lockstep status", "lockstep status assistants"}));
}

TEST_F(ShellsTest, FishCompletesCommandsOptionsValuesSyncsAndFiles) {
  if (!installed("fish")) GTEST_SKIP() << "fish is not installed";
  const auto candidates = [&](const std::string& line) {
    const Outcome outcome = run({"fish", "--no-config", "-c", "lockstep completion fish | source; complete -C '" + line + "'"});
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    std::string words;
    for (const std::string& candidate : split(outcome.out, '\n')) {
      if (!candidate.empty()) words += candidate.substr(0, candidate.find('\t')) + "\n";
    }
    return words;
  };
  EXPECT_EQ(candidates("lockstep sta"), "status\n");
  EXPECT_EQ(candidates("lockstep status ass"), "assistants\n");
  EXPECT_EQ(candidates("lockstep assistants:sy"), "assistants:sync\n");
  EXPECT_EQ(candidates("lockstep assistants:sync --user"), "--user-id\n");
  EXPECT_EQ(candidates("lockstep status --output=js"), "--output=json\n");
  EXPECT_EQ(candidates("lockstep import --on-conflict ne"), "newest\n");
  EXPECT_EQ(candidates("lockstep --config config/lo"), "config/lockstep.yaml\n");
  EXPECT_EQ(candidates("lockstep --config=config/lo"), "--config=config/lockstep.yaml\n");
  EXPECT_NE(candidates("lockstep ").find("import\n"), std::string::npos);
}

TEST_F(ShellsTest, EveryScriptIsOneThatItsShellCanRead) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    if (!installed(shell)) continue;
    bench_.write("script." + shell, run({LOCKSTEP_PROGRAM, "completion", shell}).out);
    const Outcome outcome = run({shell, "-n", "script." + shell});
    EXPECT_EQ(outcome.exit, 0) << shell << ": " << outcome.err;
  }
}

}  // namespace
}  // namespace lockstep::test
