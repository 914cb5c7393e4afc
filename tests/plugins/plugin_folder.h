// A folder of plugins, good and broken ones.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/scratch_folder.h"
#include "support/files.h"

namespace lockstep::test {

class PluginFolder : public ::testing::Test {
 protected:
  /// A new file each time: one that was loaded stays mapped and must not change under the program.
  void write(const std::string& name, const std::string& bytes) const {
    namespace fs = std::filesystem;
    fs::remove(directory_ / name);
    std::ofstream(directory_ / name, std::ios::binary) << bytes;
    fs::permissions(directory_ / name, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
  }
  /// One of the test's own plugins.
  void copy(const std::string& name) const { write(name, file_text(std::filesystem::path(TEST_PLUGINS) / name)); }
  /// The bytes of a plugin that nothing is wrong with.
  static std::string good() { return file_text(std::filesystem::path(REAL_PLUGINS) / "sqlite.so"); }

 private:
  ScratchFolder folder_{"plugins"};

 protected:
  const std::filesystem::path& directory_ = folder_.path();
};

}  // namespace lockstep::test
