// What the servers say of their tables: information_schema, in one round trip for a table. That takes them milliseconds, so a table that is known
// is told from a changed one by SHOW CREATE TABLE.
#include <algorithm>
#include <functional>
#include <optional>

#include "common/hash.h"
#include "common/text.h"
#include "connection.h"

namespace lockstep::mysql {
namespace {

/// The parts of the one answer, told apart by their first column; each row has kWidth columns more.
constexpr std::size_t kWidth = 10;

constexpr const char* kTable =
    "SELECT 'table', CAST(ENGINE AS CHAR), CAST(TABLE_TYPE AS CHAR), CAST(CREATE_TIME AS CHAR), NULL, NULL, NULL, NULL, NULL, NULL, NULL "
    "FROM "
    "information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?";

/// The precision is that of times and of bit columns, and the privileges are those of this account, whatever gave them.
constexpr const char* kColumns =
    "SELECT 'column', COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CAST(CHARACTER_MAXIMUM_LENGTH AS CHAR), CAST(NUMERIC_SCALE AS CHAR), "
    "CAST(COALESCE(DATETIME_PRECISION, NUMERIC_PRECISION) AS CHAR), COLLATION_NAME, CONCAT(IS_NULLABLE, ' ', COLUMN_DEFAULT IS NOT NULL, "
    "' ', COALESCE(GENERATION_EXPRESSION, '') <> '', ' ', EXTRA), PRIVILEGES, CAST(ORDINAL_POSITION AS CHAR) FROM "
    "information_schema.COLUMNS WHERE "
    "TABLE_SCHEMA = ? AND TABLE_NAME = ?";

constexpr const char* kIndexes =
    "SELECT 'index', INDEX_NAME, COLUMN_NAME, CAST(NON_UNIQUE AS CHAR), CAST(SUB_PART AS CHAR), COLLATION, NULL, NULL, NULL, NULL, "
    "CAST(SEQ_IN_INDEX AS CHAR) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?";

constexpr const char* kMariaChecks =
    "SELECT 'check', CONSTRAINT_NAME, CHECK_CLAUSE, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "
    "information_schema.CHECK_CONSTRAINTS "
    "WHERE "
    "CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ?";
constexpr const char* kMysqlChecks =
    "SELECT 'check', c.CONSTRAINT_NAME, c.CHECK_CLAUSE, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "
    "information_schema.CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME) WHERE "
    "t.CONSTRAINT_TYPE = 'CHECK' AND t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ?";

/// Lockstep's own say only that something has changed.
constexpr const char* kTriggers =
    "SELECT 'trigger', TRIGGER_NAME, ACTION_STATEMENT, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM information_schema.TRIGGERS "
    "WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND TRIGGER_NAME NOT LIKE 'lockstep\\_%'";

/// What tells one trigger from another, without its text.
constexpr const char* kTriggerVersions =
    "SELECT TRIGGER_NAME, CAST(CREATED AS CHAR) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?";

/// A row where this account may see triggers at all: without the right, a table seems to have none.
constexpr const char* kRight =
    "SELECT 'right', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT PRIVILEGE_TYPE FROM "
    "information_schema.USER_PRIVILEGES UNION ALL SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES WHERE ? LIKE "
    "TABLE_SCHEMA "
    "UNION ALL SELECT PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?) AS own WHERE "
    "PRIVILEGE_TYPE = 'TRIGGER' LIMIT 1";

/// What SHOW CREATE TABLE answers, without the key that the next row gets.
std::string without_next_key(std::string statement) {
  constexpr std::string_view kNextKey = " AUTO_INCREMENT=";
  const std::size_t options = statement.rfind("\n) ENGINE=");
  const std::size_t key = options == std::string::npos ? options : statement.find(kNextKey, options);
  if (key != std::string::npos) statement.erase(key, statement.find_first_not_of("0123456789", key + kNextKey.size()) - key);
  return statement;
}

using Cells = std::vector<std::optional<std::string>>;

struct Parts {
  std::vector<Cells> tables, columns, indexes, checks, triggers;
  bool sees_triggers = false;
};

std::string text(const Cells& row, std::size_t column) { return row[column].value_or(""); }
std::optional<int> number(const Cells& row, std::size_t column) {
  if (!row[column] || row[column]->size() > 9) return std::nullopt;
  return std::stoi(*row[column]);
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Parts parts_of(Answer& answer) {
  Parts out;
  Arena arena;
  while (answer.next()) {
    Cells cells;
    for (std::size_t i = 1; i <= kWidth; ++i) {
      const Cell cell = answer.cell(i, arena);
      cells.push_back(cell.is == Cell::Is::Null ? std::nullopt : std::optional(std::string(cell.bytes)));
    }
    const std::string part = answer.text(0);
    if (part == "table")
      out.tables.push_back(std::move(cells));
    else if (part == "column")
      out.columns.push_back(std::move(cells));
    else if (part == "index")
      out.indexes.push_back(std::move(cells));
    else if (part == "check")
      out.checks.push_back(std::move(cells));
    else if (part == "trigger")
      out.triggers.push_back(std::move(cells));
    else
      out.sees_triggers = true;
  }
  const auto by_place = [](const Cells& a, const Cells& b) { return number(a, kWidth - 1) < number(b, kWidth - 1); };
  std::stable_sort(out.columns.begin(), out.columns.end(), by_place);
  std::stable_sort(out.indexes.begin(), out.indexes.end(),
                   [&](const Cells& a, const Cells& b) { return text(a, 0) != text(b, 0) ? text(a, 0) < text(b, 0) : by_place(a, b); });
  return out;
}

/// MariaDB's json is a longtext with such a check.
bool is_json(const Parts& parts, const std::string& column) {
  return std::any_of(parts.checks.begin(), parts.checks.end(),
                     [&](const Cells& check) { return to_lower(text(check, 1)) == to_lower("json_valid(`" + column + "`)"); });
}

/// Columns that an expression names; a condition that names none may speak of all.
std::vector<std::string> named_in(const std::string& expression, const sql::TableFacts& facts) {
  std::vector<std::string> out;
  const std::string lower = to_lower(expression);
  for (const Column& column : facts.info.columns) {
    if (lower.find("`" + to_lower(column.name) + "`") != std::string::npos) out.push_back(column.name);
  }
  return out;
}

/// A character's letters are told apart by their case only where the collation says so.
bool ignores_case(const std::string& collation) { return collation.ends_with("_ci"); }

/// Of "select,insert,update,references".
Rights rights_in(const std::string& privileges) {
  const std::vector<std::string> words = split(privileges, ',');
  return {has(words, "select"), has(words, "insert"), has(words, "update")};
}

void read_columns(const Parts& parts, sql::TableFacts& facts, const std::function<int(const std::string&)>& type_number) {
  std::string definition = parts.tables.empty() ? "" : text(parts.tables.front(), 2) + "\n";
  for (const Cells& row : parts.columns) {
    ColumnRow column{text(row, 1), text(row, 2), number(row, 3), number(row, 4), number(row, 5), text(row, 6)};
    const std::string name = text(row, 0), rest = text(row, 7);
    column.json = is_json(parts, name);
    if (column.data_type == "enum" || column.data_type == "set") column.type_number = type_number(column.column_type);
    // "NO 1 0 auto_increment"
    const std::vector<std::string> words = split(rest, ' ');
    const std::string extra = to_lower(rest);
    const bool required = words[0] == "NO", generated = words[2] == "1";
    const bool filled = words[1] == "1" || generated || extra.find("auto_increment") != std::string::npos;
    const Stored stored = stored_as(column);
    const ColumnType nearest = nearest_type(stored, column.data_type);
    facts.info.columns.push_back({name, nearest, !required, {}, filled, stored.kind == Kind::Clock, rights_in(text(row, 8))});
    facts.columns.push_back({name, nearest, stored.pack(), filled && !generated, generated});
    if (required && !filled) facts.info.needed.push_back(name);
    if (generated || extra.find("on update") != std::string::npos) facts.info.rewrites = true;
    definition += name + "\n" + column.column_type + "\n" + column.collation + "\n" + rest + "\n";
  }
  facts.info.version = hash128(definition).hex();
}

void note_indexes(const Parts& parts, sql::TableFacts& facts) {
  const auto folds = [&](const std::string& name) {
    const auto found = std::find_if(parts.columns.begin(), parts.columns.end(), [&](const Cells& row) { return text(row, 0) == name; });
    return found != parts.columns.end() && ignores_case(text(*found, 6));
  };
  for (std::size_t first = 0; first < parts.indexes.size();) {
    const std::string name = text(parts.indexes[first], 0);
    Index index{name, {}, text(parts.indexes[first], 2) == "0"};
    UniqueKey key;
    std::size_t next = first;
    for (; next < parts.indexes.size() && text(parts.indexes[next], 0) == name; ++next) {
      const Cells& row = parts.indexes[next];
      // An expression has no column, and a prefix is not the whole of one.
      key.plain = key.plain && row[1] && !row[3];
      if (!row[1]) continue;
      index.columns.push_back(*row[1]);
      if (folds(*row[1])) key.folded.push_back(*row[1]);
    }
    first = next;
    facts.info.indexes.push_back(name);
    if (name == "PRIMARY") facts.info.primary_key = index.columns;
    if (key.plain || !index.unique) facts.indexes.push_back(index);
    if (!index.unique) continue;
    key.columns = index.columns;
    if (!key.plain) {
      key.folded.clear();
      facts.info.rules.push_back({"the unique index " + name, key.columns});
    }
    facts.info.unique.push_back(std::move(key));
  }
}

void note_rules(const Parts& parts, sql::TableFacts& facts) {
  for (const Cells& check : parts.checks) {
    const std::string clause = text(check, 1);
    const bool json = std::any_of(facts.columns.begin(), facts.columns.end(), [&](const sql::ColumnFacts& column) {
      return Stored::unpack(column.storage).kind == Kind::Json && to_lower(clause) == to_lower("json_valid(`" + column.name + "`)");
    });
    if (!json) facts.info.rules.push_back({"CHECK (" + clause + ")", named_in(clause, facts)});
  }
  std::vector<std::string> every;
  for (const Column& column : facts.info.columns) every.push_back(column.name);
  for (const Cells& trigger : parts.triggers) {
    facts.info.rewrites = true;
    const std::string body = to_lower(text(trigger, 1));
    if (body.find("signal") != std::string::npos || body.find("call") != std::string::npos) {
      facts.info.rules.push_back({"the trigger " + text(trigger, 0), every});
    }
  }
  if (!parts.sees_triggers) facts.info.rewrites = true;
}

void note_keys(sql::TableFacts& facts) {
  const std::vector<std::string>& key = facts.info.primary_key;
  for (const sql::ColumnFacts& column : facts.columns) {
    if (has(key, column.name) && !column.has_default && !column.generated) facts.info.given_keys.push_back(column.name);
    facts.generated_key =
        facts.generated_key || (key.size() == 1 && key.front() == column.name && column.type == ColumnType::Integer && column.has_default);
  }
}

/// The members of "enum('a','b''c')".
std::vector<std::string> members_of(const std::string& type) {
  std::vector<std::string> out;
  for (std::size_t at = type.find('('); at != std::string::npos && at + 1 < type.size() && type[at + 1] == '\'';) {
    std::string member;
    for (at += 2; at < type.size() && (type[at] != '\'' || type.compare(at, 2, "''") == 0); ++at) {
      member += type[at];
      if (type[at] == '\'') ++at;
    }
    out.push_back(std::move(member));
    ++at;
    if (at >= type.size() || type[at] != ',') break;
  }
  return out;
}

}  // namespace

std::string MysqlConnection::database_of(std::string_view table, std::string& name) const {
  const std::size_t dot = table.find('.');
  name = table.substr(dot == std::string_view::npos ? 0 : dot + 1);
  return dot == std::string_view::npos ? settings_.database : std::string(table.substr(0, dot));
}

int MysqlConnection::type_number(const std::string& column_type) {
  const auto known = std::find(types_.begin(), types_.end(), column_type);
  if (known != types_.end()) return static_cast<int>(known - types_.begin());
  types_.push_back(column_type);
  members_.push_back(members_of(column_type));
  return static_cast<int>(types_.size()) - 1;
}

/// Known tables are asked about again only when anything about them has changed.
std::optional<sql::TableFacts> MysqlConnection::inspect(std::string_view table) {
  const std::string doing = "inspecting table \"" + std::string(table) + "\"";
  const std::string version = version_of(table, doing);
  const auto known = inspected_.find(table);
  if (known != inspected_.end() && !version.empty() && known->second.version == version) return known->second.facts;
  std::optional<sql::TableFacts> facts = inspect_anew(table, doing);
  if (facts) inspected_.insert_or_assign(std::string(table), Inspected{version, *facts});
  return facts;
}

std::string MysqlConnection::version_of(std::string_view table, const std::string& doing) {
  std::string name, out;
  const std::string quoted = dialect_.quote_table(table), database = database_of(table, name);
  open();
  try {
    Answer statement = ask({"SHOW CREATE TABLE " + quoted}, doing);
    statement.next();
    out = without_next_key(statement.text(1));
  } catch (const Refused& refused) {
    if (refused.kind() != ErrorKind::Invalid) throw;
    return {};
  }
  const Spelled of[] = {{Spelled::As::Text, 0, 0, database}, {Spelled::As::Text, 0, 0, name}};
  Answer triggers = ask({kTriggerVersions, of}, doing);
  while (triggers.next()) out += "\n" + triggers.text(0) + " " + triggers.text(1);
  return out;
}

std::optional<sql::TableFacts> MysqlConnection::inspect_anew(std::string_view table, const std::string& doing) {
  std::string name, query;
  const std::string database = database_of(table, name);
  std::vector<Spelled> spelled;
  const Spelled where{Spelled::As::Text, 0, 0, database}, which{Spelled::As::Text, 0, 0, name};
  for (const char* part : {kTable, kColumns, kIndexes, session_.server().maria ? kMariaChecks : kMysqlChecks, kTriggers}) {
    query += (query.empty() ? "" : " UNION ALL ") + std::string(part);
    spelled.push_back(where);
    spelled.push_back(which);
  }
  query += std::string(" UNION ALL (") + kRight + ")";
  spelled.insert(spelled.end(), {where, where, which});
  Answer answer = ask({query, spelled}, doing);
  const Parts parts = parts_of(answer);
  if (parts.tables.empty()) return std::nullopt;
  const std::string engine = text(parts.tables.front(), 0), kind = text(parts.tables.front(), 1);
  const std::string shown = "\"" + std::string(table) + "\" in " + settings_.shown;
  if (kind != "BASE TABLE" && kind != "SYSTEM VERSIONED") {
    throw Error(ErrorKind::Invalid, shown + " is a " + to_lower(kind), "name the table behind it");
  }
  if (engine != "InnoDB") {
    throw Error(ErrorKind::Invalid, shown + " is kept by the engine " + printable(engine) + ", which has no transactions",
                "ALTER TABLE " + dialect_.quote_table(table) + " ENGINE=InnoDB");
  }
  sql::TableFacts facts;
  read_columns(parts, facts, [this](const std::string& type) { return type_number(type); });
  note_indexes(parts, facts);
  note_rules(parts, facts);
  note_keys(facts);
  return facts;
}

}  // namespace lockstep::mysql
