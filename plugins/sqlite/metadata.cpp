// What SQLite says of its tables, asked through the Poco session.
#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Statement.h>

#include <algorithm>
#include <map>

#include "common/hash.h"
#include "common/text.h"
#include "connection.h"
#include "errors.h"
#include "rules.h"

namespace lockstep::sqlite {
namespace {

using Poco::Data::Session;
using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;
using Poco::Data::Keywords::use;

/// One row of pragma_table_xinfo, column by column.
struct Columns {
  std::vector<std::string> names, types;
  std::vector<int> required, defaulted, key, hidden;
};

Columns columns_of(Session& session, std::string table) {
  Columns out;
  session << "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid", into(out.names),
      into(out.types), into(out.required), into(out.defaulted), into(out.key), into(out.hidden), use(table), now;
  return out;
}

/// The name of the table as it was created, and whether it is a table, or empty.
std::pair<std::string, std::string> find_table(Session& session, std::string name) {
  std::vector<std::string> names, kinds;
  session << "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE", into(names), into(kinds),
      use(name), now;
  return names.empty() ? std::pair<std::string, std::string>() : std::pair(names.front(), kinds.front());
}

/// The statement that would make the table as it is now: another one after each change of its columns.
std::string statement_of(Session& session, std::string table) {
  std::string statement;
  session << "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", into(statement), use(table), now;
  return statement;
}

bool has_triggers(Session& session, std::string table) {
  int count = 0;
  session << "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE", into(count), use(table), now;
  return count > 0;
}

void read_columns(Session& session, const std::string& table, sql::TableFacts& facts) {
  const Columns columns = columns_of(session, table);
  std::map<int, std::string> key;
  for (std::size_t i = 0; i < columns.names.size(); ++i) {
    const bool generated = columns.hidden[i] == 2 || columns.hidden[i] == 3;
    const ColumnType type = nearest_type(columns.types[i]);
    facts.info.columns.push_back(
        {columns.names[i], type, columns.required[i] == 0 && columns.key[i] == 0, {}, columns.defaulted[i] != 0 || generated});
    facts.columns.push_back(
        {columns.names[i], type, static_cast<int>(affinity_of(columns.types[i])), columns.defaulted[i] != 0, generated});
    if (columns.key[i] > 0) key.emplace(columns.key[i], columns.names[i]);
    if (generated) facts.info.rewrites = true;
  }
  for (auto& [position, name] : key) facts.info.primary_key.push_back(name);
}

/// Parts of the key that no clause of the table fills: SQLite stores NULL there, or refuses the row.
std::vector<std::string> given_keys(const sql::TableFacts& facts) {
  std::vector<std::string> out;
  for (const std::string& name : facts.info.primary_key) {
    const auto column = std::find_if(facts.columns.begin(), facts.columns.end(), [&](const auto& each) { return each.name == name; });
    if (!column->has_default && !column->generated) out.push_back(name);
  }
  return out;
}

void note_needed(const Columns& columns, sql::TableFacts& facts) {
  for (std::size_t i = 0; i < columns.names.size(); ++i) {
    const bool given = columns.defaulted[i] != 0 || columns.hidden[i] != 0 || (columns.key[i] > 0 && facts.generated_key);
    if (columns.required[i] != 0 && !given) facts.info.needed.push_back(columns.names[i]);
  }
}

/// The statement that made an index; empty for one that a constraint of the table brings.
std::string statement_of_index(Session& session, std::string index) {
  std::string statement;
  session << "SELECT coalesce(sql, '') FROM sqlite_schema WHERE type = 'index' AND name = ?", into(statement), use(index), now;
  return statement;
}

/// An index with an expression or a condition may speak of each column that its statement names.
void note_unique(Session& session, const Index& index, const std::vector<std::string>& collations, bool plain, sql::TableFacts& facts) {
  UniqueKey unique{index.columns, {}, plain};
  for (std::size_t i = 0; plain && i < index.columns.size(); ++i) {
    if (collations[i] == "NOCASE") unique.folded.push_back(index.columns[i]);
  }
  if (!plain) {
    unique.columns.clear();
    const std::string text = statement_of_index(session, index.name);
    facts.info.rules.push_back({"the unique index " + index.name, named_in(text, facts.info.columns)});
    const std::string statement = to_lower(text);
    for (const Column& column : facts.info.columns) {
      if (statement.find(to_lower(column.name)) != std::string::npos) unique.columns.push_back(column.name);
    }
  }
  facts.info.unique.push_back(std::move(unique));
}

void read_rules(Session& session, const std::string& table, const std::string& statement, sql::TableFacts& facts) {
  for (const std::string& check : checks_in(statement)) facts.info.rules.push_back({check, named_in(check, facts.info.columns)});
  std::vector<std::string> names, triggers, every;
  std::string of = table;
  session << "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE", into(names), into(triggers),
      use(of), now;
  for (const Column& column : facts.info.columns) every.push_back(column.name);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (may_raise(triggers[i])) facts.info.rules.push_back({"the trigger " + names[i], every});
  }
}

/// True when the primary key has an index of its own: it is then no alias of the row number.
bool read_indexes(Session& session, std::string table, sql::TableFacts& facts) {
  std::vector<std::string> names, origins;
  std::vector<int> unique, partial;
  session << "SELECT name, origin, \"unique\", partial FROM pragma_index_list(?)", into(names), into(origins), into(unique), into(partial),
      use(table), now;
  bool key_index = false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    key_index = key_index || origins[i] == "pk";
    facts.info.indexes.push_back(names[i]);
    std::vector<std::string> columns, collations;
    std::vector<int> ordinals;
    session << "SELECT coalesce(name, ''), cid, upper(coll) FROM pragma_index_xinfo(?) WHERE \"key\" ORDER BY seqno", into(columns),
        into(ordinals), into(collations), use(names[i]), now;
    const bool plain = partial[i] == 0 && std::all_of(ordinals.begin(), ordinals.end(), [](int ordinal) { return ordinal >= 0; });
    const Index index{names[i], columns, unique[i] != 0};
    if (index.unique) note_unique(session, index, collations, plain, facts);
    if (plain) facts.indexes.push_back(index);
  }
  return key_index;
}

}  // namespace

/// Known tables are asked about again only when any program has changed the schema: SQLite counts that.
std::optional<sql::TableFacts> SqliteConnection::inspect(std::string_view table) {
  dialect_.quote(table);  // refuses what is no name
  if (!exists()) return std::nullopt;
  const std::int64_t version = asked("schema_version");
  if (version != inspected_version_) inspected_.clear();
  inspected_version_ = version;
  if (const auto known = inspected_.find(table); known != inspected_.end()) return known->second;
  std::optional<sql::TableFacts> facts = inspect_anew(table);
  if (facts) inspected_.emplace(table, *facts);
  return facts;
}

std::int64_t SqliteConnection::asked(const std::string& pragma) {
  Statement& statement = prepared("PRAGMA " + pragma);
  const StatementUse use(statement);
  return statement.step("asking for " + pragma) ? sqlite3_column_int64(statement.handle(), 0) : 0;
}

/// A file that was put in the place of this one says nothing through the connection to the old one.
std::optional<std::uint64_t> SqliteConnection::mark(const Table&) {
  const auto version = static_cast<std::uint64_t>(asked("data_version"));
  int moved = 0;
  if (sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0) {
    throw Error(ErrorKind::Storage, site_.shown + " was moved, deleted or replaced by another file since it was opened",
                "nothing more is read from the old one");
  }
  return version;
}

std::optional<sql::TableFacts> SqliteConnection::inspect_anew(std::string_view table) {
  open();
  try {
    const auto [name, kind] = find_table(*session_, std::string(table));
    if (name.empty()) return std::nullopt;
    if (kind == "view") {
      throw Error(ErrorKind::Invalid, "\"" + name + "\" in " + site_.shown + " is a view, which cannot be written",
                  "name the table behind it");
    }
    sql::TableFacts facts;
    read_columns(*session_, name, facts);
    const bool key_index = read_indexes(*session_, name, facts);
    facts.generated_key = facts.info.primary_key.size() == 1 && !key_index;
    if (!facts.generated_key) facts.info.given_keys = given_keys(facts);
    note_needed(columns_of(*session_, name), facts);
    facts.info.rewrites = facts.info.rewrites || has_triggers(*session_, name);
    const std::string statement = statement_of(*session_, name);
    read_rules(*session_, name, statement, facts);
    facts.info.version = hash128(statement).hex();
    return facts;
  } catch (...) {
    rethrow("inspecting table \"" + std::string(table) + "\"");
  }
}

}  // namespace lockstep::sqlite
