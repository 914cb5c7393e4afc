// The registry: every broken file is refused with a reason of its own, and none of them harms the program.

#include "plugin/registry.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "common/error.h"
#include "plugin_folder.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class RegistryTest : public test::PluginFolder {
 protected:
  /// The reason for the only file of the directory.
  std::string refusal() {
    Registry registry({directory_});
    const auto files = registry.survey();
    EXPECT_EQ(files.size(), 1U);
    EXPECT_FALSE(files.empty() || files[0].loaded);
    return files.empty() ? "" : files[0].refused;
  }
  void expect_refusal(const std::string& reason) {
    const std::string given = refusal();
    EXPECT_NE(given.find(reason), std::string::npos) << given;
  }
};

TEST_F(RegistryTest, LoadsAGoodPlugin) {
  write("sqlite.so", good());
  Registry registry({directory_});
  const auto files = registry.survey();
  ASSERT_EQ(files.size(), 1U);
  EXPECT_TRUE(files[0].loaded) << files[0].refused;
  EXPECT_EQ(files[0].kind, "store");
  EXPECT_EQ(files[0].name, "sqlite");
  EXPECT_STREQ(registry.store("sqlite").head.name, "sqlite");
}

TEST_F(RegistryTest, RefusesWhatIsNoElfFile) {
  write("text.so", "#!/bin/sh\necho hello\n");
  expect_refusal("no ELF header");
}

TEST_F(RegistryTest, RefusesAnEmptyFile) {
  write("empty.so", "");
  expect_refusal("is empty");
}

TEST_F(RegistryTest, RefusesATruncatedLibraryWithoutLoadingIt) {
  const std::string whole = good();
  for (const std::size_t length : {std::size_t{20}, std::size_t{200}, whole.size() / 4, whole.size() / 2, whole.size() - 100}) {
    write("sqlite.so", whole.substr(0, length));
    expect_refusal("truncated");
  }
}

TEST_F(RegistryTest, RefusesAnotherArchitecture) {
  std::string bytes = good();
  bytes[18] = '\xb7';  // EM_AARCH64
  write("sqlite.so", bytes);
  expect_refusal("another architecture");
}

TEST_F(RegistryTest, RefusesALibraryWithoutAPluginSymbol) {
  copy("nosymbol.so");
  expect_refusal("is no Lockstep plugin");
}

TEST_F(RegistryTest, RefusesANewerAndAnOlderInterface) {
  copy("newer.so");
  expect_refusal("interface version 2");
  fs::remove(directory_ / "newer.so");
  copy("older.so");
  expect_refusal("interface version 0");
}

TEST_F(RegistryTest, RefusesAPluginThatIsBothKinds) {
  copy("both.so");
  expect_refusal("provider and store at once");
}

TEST_F(RegistryTest, RefusesAnotherFingerprint) {
  copy("foreign.so");
  expect_refusal("was built differently");
}

TEST_F(RegistryTest, RefusesAFileWithoutAFingerprintWithoutLoadingIt) {
  copy("hidden.so");
  expect_refusal("was built differently (no fingerprint");
}

TEST_F(RegistryTest, RefusesAStructThatIsTooSmall) {
  copy("small.so");
  expect_refusal("another interface version");
}

TEST_F(RegistryTest, RefusesAPluginWhoseFileBearsAnotherName) {
  copy("misnamed.so");
  expect_refusal("calls itself \"another\"");
}

TEST_F(RegistryTest, RefusesAnUndefinedSymbol) {
  copy("undefined.so");
  expect_refusal("lockstep_test_symbol_that_nobody_defines");
}

TEST_F(RegistryTest, RefusesAFileThatOthersMayWrite) {
  write("sqlite.so", good());
  for (const fs::perms open : {fs::perms::group_write, fs::perms::others_write}) {
    fs::permissions(directory_ / "sqlite.so", fs::perms::owner_all | open);
    expect_refusal("chmod go-w");
  }
}

/// Plugins in places that others may write. What is refused must not have run: this one says so when it has.
class RegistryPlacesTest : public RegistryTest {
 protected:
  void SetUp() override {
    setenv("LOCKSTEP_TEST_LOADED", ran_.c_str(), 1);
    fs::create_directory(home_);
    fs::copy_file(fs::path(TEST_PLUGINS) / "telling.so", home_ / "telling.so");
    fs::permissions(home_ / "telling.so", fs::perms(0755));
  }
  void TearDown() override { unsetenv("LOCKSTEP_TEST_LOADED"); }

  void expect_refused(const fs::path& folder, const std::string& reason) {
    Registry registry({folder});
    const auto files = registry.survey();
    ASSERT_EQ(files.size(), 1U);
    EXPECT_FALSE(files[0].loaded);
    EXPECT_NE(files[0].refused.find(reason), std::string::npos) << files[0].refused;
    EXPECT_THROW(registry.provider("telling"), Error);
    EXPECT_FALSE(fs::exists(ran_)) << "its code has run";
  }
  void expect_loaded(const fs::path& folder) {
    Registry registry({folder});
    const auto files = registry.survey();
    ASSERT_EQ(files.size(), 1U);
    EXPECT_TRUE(files[0].loaded) << files[0].refused;
  }

  const fs::path home_ = directory_ / "home";
  const fs::path ran_ = directory_ / "it.ran";
};

TEST_F(RegistryPlacesTest, AFolderThatOthersMayWriteHoldsNoPlugins) {
  for (const unsigned open : {0777U, 0775U, 01777U}) {
    fs::permissions(home_, fs::perms(open));
    expect_refused(home_, "lies in " + home_.string() + ", which can be written by");
  }
}

TEST_F(RegistryPlacesTest, NorDoesAFolderBelowOneUnlessThatIsSticky) {
  fs::permissions(directory_, fs::perms(0777));
  expect_refused(home_, "lies in " + directory_.string() + ", which can be written by group or others; run: chmod go-w");
  fs::permissions(directory_, fs::perms(01777));
  expect_loaded(home_);
  EXPECT_TRUE(fs::exists(ran_)) << "the plugin of this test does not tell";
}

TEST_F(RegistryPlacesTest, ALinkIsAsSafeAsTheFoldersOnItsWay) {
  const fs::path open = directory_ / "open", safe = directory_ / "safe";
  fs::create_directory(open);
  fs::create_directory(safe);
  fs::create_symlink(home_ / "telling.so", open / "telling.so");
  fs::create_symlink(open / "telling.so", safe / "telling.so");
  fs::create_directory_symlink(home_, open / "there");
  fs::permissions(open, fs::perms(0777));
  expect_refused(safe, "lies in " + open.string());
  expect_refused(open / "there", "lies in " + open.string());
  expect_refused(open / ".." / "open" / "there" / ".." / "home", "lies in " + open.string());
  fs::permissions(open, fs::perms(0755));
  expect_loaded(safe);
}

TEST_F(RegistryPlacesTest, WhatBelongsToAnotherUserIsNotLoaded) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(chown((home_ / "telling.so").c_str(), kNobody, kNobody), 0);
  expect_refused(home_, "belongs to another user (uid 65534)");
  ASSERT_EQ(chown((home_ / "telling.so").c_str(), 0, 0), 0);
  ASSERT_EQ(chown(home_.c_str(), kNobody, kNobody), 0);
  expect_refused(home_, "lies in " + home_.string() + ", which belongs to another user (uid 65534)");
  ASSERT_EQ(chown(home_.c_str(), 0, 0), 0);
  ASSERT_EQ(chown(directory_.c_str(), kNobody, kNobody), 0);
  expect_refused(home_, "lies in " + directory_.string() + ", which belongs to another user");
}

TEST_F(RegistryTest, RefusesADirectoryAndADanglingLink) {
  fs::create_directory(directory_ / "folder.so");
  expect_refusal("is a directory");
  fs::remove(directory_ / "folder.so");
  fs::create_symlink("/nowhere/at/all.so", directory_ / "dangling.so");
  expect_refusal("dangling link to /nowhere/at/all.so");
}

TEST_F(RegistryTest, TheFirstFileOfANameKeepsIt) {
  write("sqlite.so", good());
  write("libsqlite.so", good());
  Registry registry({directory_, REAL_PLUGINS});
  std::size_t loaded = 0;
  for (const PluginFile& file : registry.survey()) {
    if (file.name != "sqlite") continue;
    if (file.loaded)
      ++loaded;
    else
      EXPECT_NE(file.refused.find("already taken by " + (directory_ / "libsqlite.so").string()), std::string::npos) << file.refused;
  }
  EXPECT_EQ(loaded, 1U);
}

TEST_F(RegistryTest, AFactoryThatFailsGivesItsReason) {
  copy("failing.so");
  Registry registry({directory_});
  std::string error;
  EXPECT_EQ(registry.provider("failing").create("mine", OptionValues(), error), nullptr);
  EXPECT_EQ(error, "mine cannot be made today");
}

TEST_F(RegistryTest, TheWrongKindAndAnUnknownNameAreErrorsThatHelp) {
  write("sqlite.so", good());
  Registry registry({directory_});
  try {
    registry.provider("sqlite");
    FAIL();
  } catch (const Error& failure) {
    EXPECT_EQ(failure.message(), "plugin \"sqlite\" is a store, not a provider");
  }
  try {
    registry.store("sqlit");
    FAIL();
  } catch (const Error& failure) {
    EXPECT_NE(failure.message().find("did you mean \"sqlite\"?"), std::string::npos) << failure.message();
  }
}

}  // namespace
}  // namespace lockstep
