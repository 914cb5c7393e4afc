// A look at an ELF file without running anything in it: is it a whole shared library for this machine, and what does it export?
// Own code: Boost.DLL's library_info reads the table that `strip` removes, and takes the names from another section than the table's own.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

struct ElfLook {
  /// Why the dynamic loader must not be given this file ("is truncated: …", "was built for another architecture"), or nullopt when it may.
  /// A truncated library would end the program with SIGBUS inside dlopen, so every segment and section must lie in the file.
  std::optional<std::string> problem;
  /// Names that dlsym would find.
  std::vector<std::string> exported;
  std::string bytes;  ///< of the file
};

ElfLook look_at_elf(const std::filesystem::path& file);

}  // namespace lockstep
