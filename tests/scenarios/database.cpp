#include "scenarios/database.h"

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

#include "common/hash.h"
#include "state/document.h"

namespace lockstep::test {
namespace {

/// A file that a run holds all the time is not to be had.
constexpr int kHolderWaitsMs = 300;

using OpenFile = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

OpenFile open(const std::string& file, int busy_timeout_ms = 5000) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open(file.c_str(), &raw);
  OpenFile handle(raw, &sqlite3_close);
  if (code != SQLITE_OK) throw std::runtime_error("cannot open " + file);
  sqlite3_busy_timeout(raw, busy_timeout_ms);
  return handle;
}

std::string cell(sqlite3_stmt* statement, int column) {
  if (sqlite3_column_type(statement, column) == SQLITE_NULL) return "NULL";
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  std::string text(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
  if (sqlite3_column_type(statement, column) != SQLITE_BLOB) return text;
  if (text.size() != sizeof(Hash128)) return unpack_document(text);  // of a base; the others are hashes
  std::string hex;
  for (const char byte : text) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[(static_cast<unsigned char>(byte) >> 4U) & 15U];
    hex += kDigits[static_cast<unsigned char>(byte) & 15U];
  }
  return hex;
}

std::vector<Cells> rows(const std::string& file, const std::string& sql, Cells* names) {
  const OpenFile handle = open(file);
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle.get()));
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw, &sqlite3_finalize);
  const int columns = sqlite3_column_count(raw);
  for (int i = 0; names != nullptr && i < columns; ++i) names->push_back(sqlite3_column_name(raw, i));
  std::vector<Cells> out;
  while (sqlite3_step(raw) == SQLITE_ROW) {
    Cells& row = out.emplace_back();
    for (int i = 0; i < columns; ++i) row.push_back(cell(raw, i));
  }
  return out;
}

void carry_out(sqlite3& handle, const std::string& sql) {
  char* message = nullptr;
  if (sqlite3_exec(&handle, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return;
  const std::string text = message == nullptr ? "unknown" : message;
  sqlite3_free(message);
  throw std::runtime_error(sql + ": " + text);
}

}  // namespace

std::vector<Cells> query(const std::string& file, const std::string& sql) { return rows(file, sql, nullptr); }

void execute(const std::string& file, const std::string& sql) { carry_out(*open(file), sql); }

struct Holder::Handle {
  OpenFile file;
};

Holder::Holder(const std::string& file, For what) : handle_(new Handle{open(file, kHolderWaitsMs)}) {
  carry_out(*handle_->file, what == For::Itself ? "BEGIN EXCLUSIVE" : "BEGIN; SELECT count(*) FROM sqlite_master");
}

Holder::~Holder() = default;

Dump dump(const std::string& file, bool own_tables) {
  Dump out;
  if (!std::filesystem::exists(file)) return out;
  for (const Cells& table : query(file, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")) {
    if (table[0].starts_with("lockstep_") != own_tables) continue;
    Cells names;
    for (const Cells& row : rows(file, "SELECT * FROM \"" + table[0] + "\"", &names)) {
      for (std::size_t i = 0; i < names.size(); ++i) out[table[0]][row[0]][names[i]] = row[i];
    }
  }
  return out;
}

}  // namespace lockstep::test
