// Broken files all at once and at every length: the program says what each is and goes on.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "common/error.h"
#include "format/json.h"
#include "plugin/registry.h"
#include "plugin_folder.h"
#include "run.h"
#include "support/files.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class BrokenFilesTest : public test::PluginFolder {
 protected:
  /// Name of a file → what must be in its reason.
  std::map<std::string, std::string> break_everything() {
    const std::string whole = good();
    write("text.so", "#!/bin/sh\n");
    write("empty.so", "");
    write("short.so", whole.substr(0, whole.size() / 2));
    std::string bytes = whole;
    bytes[18] = '\xb7';  // EM_AARCH64
    write("arm.so", bytes);
    bytes = whole;
    bytes[4] = 1;  // ELFCLASS32
    write("narrow.so", bytes);
    bytes = whole;
    bytes[16] = 2;  // ET_EXEC
    write("program.so", bytes);
    for (const char* name : {"nosymbol", "nonsense", "newer", "older", "both", "foreign", "hidden", "small", "misnamed", "undefined",
                             "nofactory", "nooptions"}) {
      copy(std::string(name) + ".so");
    }
    write("open.so", whole);
    fs::permissions(directory_ / "open.so", fs::perms::owner_all | fs::perms::group_write);
    write("world.so", whole);
    fs::permissions(directory_ / "world.so", fs::perms::owner_all | fs::perms::others_write);
    write("libfailing.so", test::file_text(fs::path(TEST_PLUGINS) / "failing.so"));  // sorted behind the other
    copy("failing.so");
    fs::create_directory(directory_ / "folder.so");
    fs::create_symlink("/nowhere/at/all.so", directory_ / "dangling.so");
    fs::create_symlink("loop.so", directory_ / "loop.so");
    mkfifo((directory_ / "pipe.so").c_str(), 0644);
    return {{"text.so", "no ELF header"},
            {"empty.so", "is empty"},
            {"short.so", "is truncated"},
            {"arm.so", "another architecture"},
            {"narrow.so", "another architecture"},
            {"program.so", "is not a shared library"},
            {"nosymbol.so", "exports neither lockstep_provider_v1 nor lockstep_store_v1"},
            {"nonsense.so", "exports neither"},
            {"newer.so", "interface version 2, this program has 1; update Lockstep"},
            {"older.so", "interface version 0, this program has 1; rebuild the plugin"},
            {"both.so", "provider and store at once"},
            {"foreign.so", "was built differently (interface=1 abi=1002 libstdc++=0 sanitizer=none, this program: interface=1 "},
            {"hidden.so", "was built differently (no fingerprint, this program: "},
            {"small.so", "struct of another interface version"},
            {"misnamed.so", "calls itself \"another\""},
            {"undefined.so", "lockstep_test_symbol_that_nobody_defines"},
            {"nofactory.so", "has no factory"},
            {"nooptions.so", "announces options and has none"},
            {"open.so", "can be written by group or others"},
            {"world.so", "can be written by group or others"},
            {"failing.so", ""},
            {"libfailing.so", "already taken by " + (directory_ / "failing.so").string()},
            {"folder.so", "is a directory"},
            {"dangling.so", "dangling link to /nowhere/at/all.so"},
            {"loop.so", "dangling link to loop.so"},
            {"pipe.so", "is no regular file"}};
  }
};

TEST_F(BrokenFilesTest, TheProgramSaysWhatEachFileIsAndLoadsTheGoodOnes) {
  const auto expected = break_everything();
  const test::Said said = test::run_lockstep("plugins --output json --plugins " + directory_.string());
  ASSERT_EQ(said.exit, 0) << said.out;
  const Json root = json::parse(said.out);
  std::map<std::string, std::string> reasons;
  bool sqlite = false;
  for (const Json& plugin : *root.find("plugins")->array()) {
    const fs::path file = plugin.text_at("file");
    if (file.parent_path() == directory_) {
      reasons[file.filename()] = plugin.text_at("refused");
    } else if (plugin.text_at("name") == "sqlite") {
      sqlite = *plugin.find("loaded")->boolean();
    }
  }
  EXPECT_TRUE(sqlite) << "the good plugin beside them was not loaded";
  EXPECT_EQ(reasons.size(), expected.size());
  for (const auto& [file, reason] : expected) {
    EXPECT_NE(reasons[file].find(reason), std::string::npos) << file << ": " << reasons[file];
    EXPECT_EQ(reasons[file].empty(), reason.empty()) << file << ": " << reasons[file];
  }
}

TEST_F(BrokenFilesTest, ALibraryCutAtAnyLengthIsRefused) {
  const std::string whole = good();
  std::set<std::string> reasons;
  for (std::size_t part = 0; part < 64; ++part) {
    for (const std::size_t length : {whole.size() * part / 64, whole.size() * part / 64 + 1, std::size_t{part}}) {
      write("sqlite.so", whole.substr(0, length));
      Registry registry({directory_});
      const PluginFile file = registry.file("sqlite");
      EXPECT_FALSE(file.loaded) << length;
      EXPECT_FALSE(file.refused.empty()) << length;
      reasons.insert(file.refused.substr(0, 12));
    }
  }
  EXPECT_EQ(reasons, (std::set<std::string>{"is empty", "is not a sha", "is truncated"}));
}

TEST_F(BrokenFilesTest, ADamagedTableIsRefusedAndReadsNothingBeyondTheFile) {
  const std::string whole = good();
  // The section table: each of its 64-byte entries in turn is overwritten.
  std::uint64_t table = 0;
  std::uint16_t sections = 0;
  whole.copy(reinterpret_cast<char*>(&table), sizeof table, 0x28);
  whole.copy(reinterpret_cast<char*>(&sections), sizeof sections, 0x3c);
  ASSERT_GT(sections, 10U);
  std::size_t refused = 0;
  for (std::size_t section = 1; section < sections; ++section) {
    std::string bytes = whole;
    // sh_link and sh_entsize are wrong, the place in the file stays.
    bytes.replace(table + section * 64 + 40, 4, "\xff\xff\xff\x7f");
    bytes.replace(table + section * 64 + 56, 8, std::string(8, '\x7f'));
    write("sqlite.so", bytes);
    Registry registry({directory_});
    if (!registry.file("sqlite").refused.empty()) ++refused;
  }
  EXPECT_EQ(refused, 1U) << "the dynamic symbol table alone is what the registry goes by";
}

TEST_F(BrokenFilesTest, AStrippedPluginLoads) {
  copy("stripped.so");
  Registry registry({directory_});
  const PluginFile file = registry.file("stripped");
  EXPECT_TRUE(file.loaded) << file.refused;
  EXPECT_EQ(file.kind, "store");
}

TEST_F(BrokenFilesTest, TheProgramGivesTheFactorysReasonAndSaysWhenThereIsNone) {
  copy("failing.so");
  copy("mute.so");
  write("lockstep.yaml", "providers:\n  one: {plugin: failing}\nstores:\n  two: {plugin: mute}\nsyncs: {}\n");
  const test::Said said =
      test::run_lockstep("check --plugins " + directory_.string() + " --config " + (directory_ / "lockstep.yaml").string());
  EXPECT_EQ(said.exit, 1) << said.out;
  EXPECT_NE(said.out.find("lockstep.yaml:2:"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("one cannot be made today"), std::string::npos) << said.out;
  const test::Said mute = test::run_lockstep("plugins test mute --option x=y --plugins " + directory_.string());
  EXPECT_EQ(mute.exit, 1) << mute.out;
  write("lockstep.yaml", "stores:\n  two: {plugin: mute}\nsyncs: {}\n");
  const test::Said store =
      test::run_lockstep("check --plugins " + directory_.string() + " --config " + (directory_ / "lockstep.yaml").string());
  EXPECT_NE(store.exit, 0) << store.out;
  EXPECT_NE(store.out.find("the factory of plugin mute failed and does not say why"), std::string::npos) << store.out;
}

}  // namespace
}  // namespace lockstep
