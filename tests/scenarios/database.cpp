#include "scenarios/database.h"

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

#include "common/hash.h"
#include "scenarios/postgres_place.h"
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
  return sqlite3_column_type(statement, column) == SQLITE_BLOB ? shown_blob(text) : text;
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

std::string shown_blob(const std::string& bytes) {
  if (bytes.size() != sizeof(Hash128)) return unpack_document(bytes);  // of a base; the others are hashes
  std::string hex;
  for (const char byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[(static_cast<unsigned char>(byte) >> 4U) & 15U];
    hex += kDigits[static_cast<unsigned char>(byte) & 15U];
  }
  return hex;
}

std::vector<Cells> query(const std::string& place, const std::string& sql) {
  return postgres::is_place(place) ? postgres::rows(place, sql, nullptr) : rows(place, sql, nullptr);
}

void execute(const std::string& place, const std::string& sql) {
  if (postgres::is_place(place)) return postgres::execute(place, sql);
  carry_out(*open(place), sql);
}

bool has_table(const std::string& place, const std::string& table) {
  const char* tables = postgres::is_place(place) ? "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = '"
                                                 : "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '";
  return !query(place, tables + table + "'").empty();
}

void back_up(const std::string& place, const std::string& name) {
  if (postgres::is_place(place)) return postgres::back_up(place, name);
  std::filesystem::copy_file(place, place + "." + name, std::filesystem::copy_options::overwrite_existing);
}

void restore(const std::string& place, const std::string& name) {
  if (postgres::is_place(place)) return postgres::restore(place, name);
  std::filesystem::copy_file(place + "." + name, place, std::filesystem::copy_options::overwrite_existing);
}

struct Holder::Handle {
  OpenFile file;
};

Holder::Holder(const std::string& file, For what) : handle_(new Handle{open(file, kHolderWaitsMs)}) {
  carry_out(*handle_->file, what == For::Itself ? "BEGIN EXCLUSIVE" : "BEGIN; SELECT count(*) FROM sqlite_master");
}

Holder::~Holder() = default;

Dump dump(const std::string& place, bool own_tables) {
  Dump out;
  const bool server = postgres::is_place(place);
  if (!server && !std::filesystem::exists(place)) return out;
  const char* tables = server ? "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                              : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  for (const Cells& table : query(place, tables)) {
    if (table[0].starts_with("lockstep_") != own_tables) continue;
    Cells names;
    const std::string all = "SELECT * FROM \"" + table[0] + "\"";
    for (const Cells& row : server ? postgres::rows(place, all, &names) : rows(place, all, &names)) {
      for (std::size_t i = 0; i < names.size(); ++i) out[table[0]][row[0]][names[i]] = row[i];
    }
  }
  return out;
}

}  // namespace lockstep::test
