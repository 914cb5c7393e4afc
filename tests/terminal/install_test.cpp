// What `cmake --install` puts where shells, man and editors look for it.
#include <gtest/gtest.h>

#include <filesystem>

#include "scenarios/program.h"
#include "scenarios/workbench.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

TEST(InstallTest, TextsStandWhereTheyAreLookedFor) {
  const sandbox::Sandbox sandbox;
  const Workbench bench(sandbox);
  const fs::path share = bench.directory() / "installed/share";
  const Outcome installed =
      run_program({"/usr/bin/env", "cmake", "--install", LOCKSTEP_BINARY_DIR, "--prefix", (bench.directory() / "installed").string()}, {},
                  bench.directory().string());
  ASSERT_EQ(installed.exit, 0) << installed.err;
  const std::map<std::string, std::vector<std::string>> texts{{"man/man1/lockstep.1", {"man"}},
                                                              {"bash-completion/completions/lockstep", {"completion", "bash"}},
                                                              {"zsh/site-functions/_lockstep", {"completion", "zsh"}},
                                                              {"fish/vendor_completions.d/lockstep.fish", {"completion", "fish"}},
                                                              {"lockstep/config/schema/mapping.json", {"check", "--schema", "mapping"}}};
  for (const auto& [file, words] : texts) {
    const std::string printed = bench.run(words).out;
    EXPECT_FALSE(printed.empty()) << file;
    EXPECT_TRUE(file_text(share / file) == printed) << file;
  }
}

}  // namespace
}  // namespace lockstep::test
