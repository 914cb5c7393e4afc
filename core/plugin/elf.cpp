#include "plugin/elf.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string_view>

namespace lockstep {
namespace {

bool fits(std::uint64_t offset, std::uint64_t length, std::uint64_t size) { return offset <= size && length <= size - offset; }

template <class T>
bool read_at(std::string_view bytes, std::uint64_t offset, T& out) {
  if (!fits(offset, sizeof out, bytes.size())) return false;
  std::memcpy(&out, bytes.data() + offset, sizeof out);
  return true;
}

/// The header of this very program says what the machine runs.
Elf64_Ehdr own_header() {
  Elf64_Ehdr header{};
  std::ifstream self("/proc/self/exe", std::ios::binary);
  self.read(reinterpret_cast<char*>(&header), sizeof header);
  return header;
}

/// Walks the tables of one file; every offset in it is doubted.
class ElfReader {
 public:
  explicit ElfReader(std::string_view bytes) : bytes_(bytes) {}

  std::optional<std::string> problem() {
    if (bytes_.empty()) return "is empty";
    if (!bytes_.starts_with(std::string_view(ELFMAG, SELFMAG))) return "is not a shared library (no ELF header)";
    if (!read_at(bytes_, 0, header_)) return "is truncated: its header is cut off";
    static const Elf64_Ehdr own = own_header();
    if (header_.e_ident[EI_CLASS] != own.e_ident[EI_CLASS] || header_.e_ident[EI_DATA] != own.e_ident[EI_DATA] ||
        header_.e_machine != own.e_machine) {
      return "was built for another architecture";
    }
    if (header_.e_type != ET_DYN) return "is not a shared library";
    if (header_.e_phentsize != sizeof(Elf64_Phdr) || header_.e_shentsize != sizeof(Elf64_Shdr)) return "has a damaged header";
    if (!segments_fit() || !read_sections()) return "is truncated: " + std::to_string(bytes_.size()) + " bytes are not all of it";
    return std::nullopt;
  }

  /// False when the table points out of itself.
  bool read_exported(std::vector<std::string>& names) const {
    for (const Elf64_Shdr& section : sections_) {
      if (section.sh_type == SHT_DYNSYM && !read_symbols(section, names)) return false;
    }
    return true;
  }

 private:
  bool segments_fit() const {
    for (unsigned i = 0; i < header_.e_phnum; ++i) {
      Elf64_Phdr segment{};
      if (!read_at(bytes_, header_.e_phoff + std::uint64_t{i} * sizeof segment, segment)) return false;
      if (!fits(segment.p_offset, segment.p_filesz, bytes_.size())) return false;
    }
    return true;
  }

  bool read_sections() {
    for (unsigned i = 0; i < header_.e_shnum; ++i) {
      Elf64_Shdr section{};
      if (!read_at(bytes_, header_.e_shoff + std::uint64_t{i} * sizeof section, section)) return false;
      if (section.sh_type != SHT_NOBITS && !fits(section.sh_offset, section.sh_size, bytes_.size())) return false;
      sections_.push_back(section);
    }
    return true;
  }

  std::string_view content(const Elf64_Shdr& section) const { return bytes_.substr(section.sh_offset, section.sh_size); }

  bool read_symbols(const Elf64_Shdr& table, std::vector<std::string>& names) const {
    if (table.sh_entsize != sizeof(Elf64_Sym) || table.sh_link >= sections_.size()) return false;
    const Elf64_Shdr& strings = sections_[table.sh_link];
    if (strings.sh_type != SHT_STRTAB) return false;
    const std::string_view texts = content(strings), symbols = content(table);
    Elf64_Sym symbol{};
    for (std::size_t at = 0; read_at(symbols, at, symbol); at += sizeof symbol) {
      if (symbol.st_shndx == SHN_UNDEF || ELF64_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
      const std::size_t end = texts.find('\0', symbol.st_name);
      if (end == std::string_view::npos) return false;
      names.emplace_back(texts.substr(symbol.st_name, end - symbol.st_name));
    }
    return true;
  }

  std::string_view bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Shdr> sections_;
};

}  // namespace

ElfLook look_at_elf(const std::filesystem::path& file) {
  ElfLook look;
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) {
    look.problem = "cannot be read";
    return look;
  }
  look.bytes.resize(static_cast<std::size_t>(std::max<std::streamoff>(in.tellg(), 0)));
  in.seekg(0).read(look.bytes.data(), static_cast<std::streamsize>(look.bytes.size()));
  look.bytes.resize(static_cast<std::size_t>(in.gcount()));
  ElfReader reader(look.bytes);
  look.problem = reader.problem();
  if (!look.problem && !reader.read_exported(look.exported)) look.problem = "has a damaged symbol table";
  return look;
}

}  // namespace lockstep
