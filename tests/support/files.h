// What tests read from files.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace lockstep::test {

/// All bytes of a file; empty when there is none.
inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A recorded answer of an API; empty when $LOCKSTEP_RECORDED does not name the folder of it.
inline std::string recorded(const std::string& name) {
  const char* folder = std::getenv("LOCKSTEP_RECORDED");
  return folder == nullptr ? std::string() : file_text(std::filesystem::path(folder) / name);
}

}  // namespace lockstep::test
