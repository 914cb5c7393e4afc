#include "engine/elf.h"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <vector>

namespace lockstep {
namespace {

template <class T>
bool read_at(std::ifstream& in, std::uint64_t offset, T& out) {
  in.clear();
  in.seekg(static_cast<std::streamoff>(offset));
  return static_cast<bool>(in.read(reinterpret_cast<char*>(&out), sizeof out));
}

/// The header of this very program says what the machine runs.
Elf64_Ehdr own_header() {
  Elf64_Ehdr header{};
  std::ifstream self("/proc/self/exe", std::ios::binary);
  read_at(self, 0, header);
  return header;
}

bool fits(std::uint64_t offset, std::uint64_t length, std::uint64_t size) { return offset <= size && length <= size - offset; }

}  // namespace

std::optional<std::string> elf_problem(const std::filesystem::path& file) {
  std::error_code failure;
  const std::uint64_t size = std::filesystem::file_size(file, failure);
  std::ifstream in(file, std::ios::binary);
  if (failure || !in) return "cannot be read";
  if (size == 0) return "is empty";
  Elf64_Ehdr header{};
  if (!read_at(in, 0, header.e_ident) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return "is not a shared library (no ELF header)";
  if (!read_at(in, 0, header)) return "is truncated: its header is cut off";
  static const Elf64_Ehdr own = own_header();
  if (header.e_ident[EI_CLASS] != own.e_ident[EI_CLASS] || header.e_ident[EI_DATA] != own.e_ident[EI_DATA] ||
      header.e_machine != own.e_machine) {
    return "was built for another architecture";
  }
  if (header.e_type != ET_DYN) return "is not a shared library";
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_shentsize != sizeof(Elf64_Shdr)) return "has a damaged header";
  const std::string truncated = "is truncated: " + std::to_string(size) + " bytes are not all of it";
  if (!fits(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr), size)) return truncated;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    if (!read_at(in, header.e_phoff + std::uint64_t{i} * sizeof segment, segment)) return truncated;
    if (!fits(segment.p_offset, segment.p_filesz, size)) return truncated;
  }
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section{};
    if (!read_at(in, header.e_shoff + std::uint64_t{i} * sizeof section, section)) return truncated;
    if (section.sh_type != SHT_NOBITS && !fits(section.sh_offset, section.sh_size, size)) return truncated;
  }
  return std::nullopt;
}

}  // namespace lockstep
