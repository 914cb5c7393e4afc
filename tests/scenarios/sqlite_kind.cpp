// SQLite files.
#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

#include "scenarios/database_kind.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

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

void carry_out(sqlite3& handle, const std::string& sql) {
  char* message = nullptr;
  if (sqlite3_exec(&handle, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return;
  const std::string text = message == nullptr ? "unknown" : message;
  sqlite3_free(message);
  throw std::runtime_error(sql + ": " + text);
}

Stored stored(sqlite3_stmt* statement, int column) {
  const int type = sqlite3_column_type(statement, column);
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  std::string text(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
  switch (type) {
    case SQLITE_NULL: return {"null", ""};
    case SQLITE_INTEGER: return {"integer", std::move(text)};
    case SQLITE_FLOAT: return {"real", std::move(text)};
    case SQLITE_BLOB: return {"blob", std::move(text)};
    default: return {"text", std::move(text)};
  }
}

class SqliteKind final : public DatabaseKind {
 public:
  std::string_view name() const override { return "sqlite"; }
  std::string_view shown() const override { return "SQLite file"; }
  std::string missing() const override { return {}; }
  bool owns(std::string_view place) const override { return place.find("://") == std::string_view::npos; }

  std::string make(const fs::path& folder) const override { return (folder / "test.db").string(); }
  void remove(const std::string& place) const override { fs::remove(place); }

  std::vector<std::vector<Stored>> rows(const std::string& place, const std::string& sql, Cells* names) const override {
    const OpenFile handle = open(place);
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
      throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle.get()));
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw, &sqlite3_finalize);
    const int columns = sqlite3_column_count(raw);
    for (int i = 0; names != nullptr && i < columns; ++i) names->push_back(sqlite3_column_name(raw, i));
    std::vector<std::vector<Stored>> out;
    while (sqlite3_step(raw) == SQLITE_ROW) {
      std::vector<Stored>& row = out.emplace_back();
      for (int i = 0; i < columns; ++i) row.push_back(stored(raw, i));
    }
    return out;
  }

  void execute(const std::string& place, const std::string& sql) const override { carry_out(*open(place), sql); }

  Cells tables(const std::string& place) const override {
    if (!fs::exists(place)) return {};
    return first_cells(place, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  }
  Cells columns(const std::string& place, const std::string& table) const override {
    return first_cells(place, "SELECT name FROM pragma_table_info('" + table + "')");
  }
  std::vector<Index> indexes(const std::string& place, const std::string& table) const override {
    std::vector<Index> out;
    for (const auto& row :
         rows(place, "SELECT name, \"unique\" FROM pragma_index_list('" + table + "') WHERE origin = 'c' ORDER BY name", nullptr)) {
      const std::string& name = row[0].bytes;
      out.push_back({name, first_cells(place, "SELECT name FROM pragma_index_info('" + name + "')"), row[1].bytes == "1"});
    }
    return out;
  }

  Cells spoilt(ColumnType type, const std::string& text) const override {
    const std::string hex = hexadecimal(text), blob = "x'" + hex + "00'";
    switch (type) {
      case ColumnType::Json: return {"'{" + text + "'", "''", blob};
      case ColumnType::Text: return {blob, "CAST(x'" + hex + "ff' AS TEXT)"};
      case ColumnType::Real: return {"9e999", "'" + text + "'"};
      default: return {};
    }
  }

  void back_up(const std::string& place, const std::string& name) const override {
    fs::copy_file(place, kept(place, name), fs::copy_options::overwrite_existing);
  }
  void restore(const std::string& place, const std::string& name) const override {
    fs::copy_file(kept(place, name), place, fs::copy_options::overwrite_existing);
    fs::remove(place + "-journal");
  }
  void restore_table(const std::string& place, const std::string& name, const std::string& table) const override {
    const std::string all = quoted_list(columns(place, table));
    execute(place, "ATTACH '" + kept(place, name) + "' AS backup; DELETE FROM main." + table + "; INSERT INTO main." + table + " (" + all +
                       ") SELECT " + all + " FROM backup." + table);
  }

 private:
  static std::string kept(const std::string& place, const std::string& name) { return place + "." + name; }

  Cells first_cells(const std::string& place, const std::string& sql) const {
    Cells out;
    for (const std::vector<Stored>& row : rows(place, sql, nullptr)) out.push_back(row[0].bytes);
    return out;
  }
};

}  // namespace

const DatabaseKind& sqlite_kind() {
  static const SqliteKind kind;
  return kind;
}

struct Holder::Handle {
  OpenFile file;
};

Holder::Holder(const std::string& file, For what) : handle_(new Handle{open(file, kHolderWaitsMs)}) {
  carry_out(*handle_->file, what == For::Itself ? "BEGIN EXCLUSIVE" : "BEGIN; SELECT count(*) FROM sqlite_master");
}

Holder::~Holder() = default;

}  // namespace lockstep::test
