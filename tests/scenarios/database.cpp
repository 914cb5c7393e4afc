#include "scenarios/database.h"

#include <algorithm>

#include "common/hash.h"
#include "scenarios/database_kind.h"
#include "state/document.h"

namespace lockstep::test {
namespace {

/// Hashes as hexadecimal, a base as its document.
std::string shown_blob(const std::string& bytes) { return bytes.size() == sizeof(Hash128) ? hexadecimal(bytes) : unpack_document(bytes); }

std::string shown(const Stored& cell) {
  if (cell.type == "null") return "NULL";
  return cell.type == "blob" ? shown_blob(cell.bytes) : cell.bytes;
}

std::vector<Cells> shown(const std::vector<std::vector<Stored>>& rows) {
  std::vector<Cells> out;
  for (const std::vector<Stored>& row : rows) {
    Cells& cells = out.emplace_back();
    for (const Stored& cell : row) cells.push_back(shown(cell));
  }
  return out;
}

}  // namespace

void DatabaseKind::drop_index(const std::string& place, const std::string&, const std::string& index) const {
  execute(place, "DROP INDEX " + quoted_list({index}));
}

std::span<const DatabaseKind* const> database_kinds() {
  static const DatabaseKind* const kinds[] = {&sqlite_kind(), &postgres_kind(), &mysql_kind()};
  return kinds;
}

const DatabaseKind& kind_of(std::string_view place) {
  for (const DatabaseKind* kind : database_kinds()) {
    if (kind->owns(place)) return *kind;
  }
  return sqlite_kind();
}

std::string hexadecimal(const std::string& bytes) {
  std::string hex;
  for (const char byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[(static_cast<unsigned char>(byte) >> 4U) & 15U];
    hex += kDigits[static_cast<unsigned char>(byte) & 15U];
  }
  return hex;
}

std::string quoted_list(const Cells& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "\"" : ", \"") + name + '"';
  return out;
}

std::vector<Cells> query(const std::string& place, const std::string& sql) { return shown(kind_of(place).rows(place, sql, nullptr)); }

void execute(const std::string& place, const std::string& sql) { kind_of(place).execute(place, sql); }

bool has_table(const std::string& place, const std::string& table) {
  const Cells tables = kind_of(place).tables(place);
  return std::find(tables.begin(), tables.end(), table) != tables.end();
}

Dump dump(const std::string& place, bool own_tables) {
  Dump out;
  const DatabaseKind& kind = kind_of(place);
  for (const std::string& table : kind.tables(place)) {
    if (table.starts_with("lockstep_") != own_tables) continue;
    Cells names;
    for (const Cells& row : shown(kind.rows(place, "SELECT * FROM " + quoted_list({table}), &names))) {
      for (std::size_t i = 0; i < names.size(); ++i) out[table][row[0]][names[i]] = row[i];
    }
  }
  return out;
}

}  // namespace lockstep::test
