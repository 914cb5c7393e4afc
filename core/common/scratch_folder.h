// A folder for what is needed only for a while.
#pragma once

#include <filesystem>
#include <string_view>

namespace lockstep {

/// A new folder lockstep-PURPOSE-XXXXXX, readable by its owner alone, that is removed with all in it. Throws Error{Storage} when `root`
/// cannot have one.
class ScratchFolder {
 public:
  explicit ScratchFolder(std::string_view purpose, const std::filesystem::path& root = std::filesystem::temp_directory_path());
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace lockstep
