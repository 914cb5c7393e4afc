// A look at an ELF file without running anything in it: is it a whole shared library for this machine?
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace lockstep {

/// Why the dynamic loader must not be given this file ("truncated: …", "built for another architecture"), or nullopt when it may.
/// A truncated library would end the program with SIGBUS inside dlopen, so every segment and the section table must lie in the file.
std::optional<std::string> elf_problem(const std::filesystem::path& file);

}  // namespace lockstep
