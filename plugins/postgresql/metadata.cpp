// What PostgreSQL says of its tables: pg_catalog, in one round trip for a table.
#include <algorithm>
#include <functional>

#include "common/hash.h"
#include "common/text.h"
#include "connection.h"

namespace lockstep::postgresql {
namespace {

/// A number that changes with every change of the table that is told here: the versions of the rows that describe it.
constexpr const char* kVersion =
    "SELECT c.oid, c.relkind, row_security_active(c.oid), c.relhasrules, n.nspname, concat_ws(' ', c.oid, c.xmin, "
    "(SELECT concat(count(*), ':', max(a.xmin::text::bigint)) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0), "
    "(SELECT concat(count(*), ':', max(i.xmin::text::bigint)) FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid), "
    "(SELECT concat(count(*), ':', max(k.xmin::text::bigint)) FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid), "
    "(SELECT concat(count(*), ':', max(d.xmin::text::bigint)) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = c.oid), "
    "(SELECT concat(count(*), ':', max(t.xmin::text::bigint)) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid)) "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)";

/// Columns with their base types: a domain is what it is made of, and may have a default and a NOT NULL of its own. And what this user may
/// do with them; the version of a row is for those to read who may read the whole table.
constexpr const char* kColumns =
    "WITH RECURSIVE base(number, type, modifier, required, filled) AS ("
    "SELECT attnum, atttypid, atttypmod, attnotnull, atthasdef FROM pg_catalog.pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND "
    "NOT "
    "attisdropped UNION ALL "
    "SELECT b.number, t.typbasetype, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE b.modifier END, b.required OR t.typnotnull, b.filled "
    "OR "
    "t.typdefault IS NOT NULL FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type WHERE t.typtype = 'd') "
    "SELECT a.attnum, a.attname, t.typname, t.typtype, t.typcategory, b.modifier, b.required, b.filled, a.attidentity, a.attgenerated, "
    "format_type(a.atttypid, a.atttypmod), has_table_privilege($1::oid, 'SELECT'), has_column_privilege($1::oid, a.attnum, 'INSERT'), "
    "has_column_privilege($1::oid, a.attnum, 'UPDATE') "
    "FROM base b JOIN pg_catalog.pg_attribute a ON a.attrelid = $1::oid AND a.attnum = b.number JOIN pg_catalog.pg_type t ON t.oid = "
    "b.type "
    "WHERE t.typtype <> 'd' ORDER BY a.attnum";

/// A row for each column of each index. Expressions have no column there.
constexpr const char* kIndexes =
    "SELECT x.relname, i.indisprimary, i.indisunique, i.indisexclusion, i.indpred IS NULL, a.attname, t.typname, x.oid FROM "
    "pg_catalog.pg_index i "
    "JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place) "
    "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number LEFT JOIN pg_catalog.pg_type t ON t.oid = "
    "a.atttypid "
    "WHERE i.indrelid = $1::oid AND i.indislive AND k.place <= i.indnkeyatts ORDER BY x.relname, k.place";

/// What else a condition or an expression of an index speaks of.
constexpr const char* kDependencies =
    "SELECT i.indexrelid, a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass "
    "AND "
    "d.objid = i.indexrelid AND d.refobjid = i.indrelid JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = "
    "d.refobjsubid "
    "WHERE i.indrelid = $1::oid AND d.refobjsubid > 0 GROUP BY 1, 2, a.attnum ORDER BY i.indexrelid, a.attnum";

/// Checks of the table, and of the domains of its columns; a row for each column that they speak of.
constexpr const char* kChecks =
    "SELECT k.oid, pg_get_constraintdef(k.oid), a.attname FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_attribute a ON "
    "a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.conrelid = $1::oid AND k.contype = 'c' UNION ALL "
    "SELECT k.oid, pg_get_constraintdef(k.oid), a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_constraint k ON k.contypid = "
    "a.atttypid "
    "WHERE a.attrelid = $1::oid AND a.attnum > 0 AND k.contype = 'c' ORDER BY 1";

/// Lockstep's own says only that something has changed.
constexpr const char* kTriggers =
    "SELECT t.tgname, p.prosrc ~* '\\mraise\\s+(exception|sqlstate|using|[a-z_]+;)|\\mreturn\\s+null' FROM pg_catalog.pg_trigger t JOIN "
    "pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = $1::oid AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgname <> "
    "'lockstep_changes' "
    "ORDER BY t.tgname";

std::string text(const Answer& answer, int row, int column) { return std::string(text_at(answer.get(), row, column)); }
bool is_true(const Answer& answer, int row, int column) { return text_at(answer.get(), row, column) == "t"; }

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void read_columns(const Answer& answer, sql::TableFacts& facts) {
  std::string definition;
  for (int row = 0; row < PQntuples(answer.get()); ++row) {
    const std::string name = text(answer, row, 1), type = text(answer, row, 2);
    const Stored stored = stored_as(type, text(answer, row, 3), text(answer, row, 4), std::stoi(text(answer, row, 5)));
    const bool required = is_true(answer, row, 6), identity = !text(answer, row, 8).empty(), generated = !text(answer, row, 9).empty();
    const bool filled = is_true(answer, row, 7) || identity;
    const Rights rights{is_true(answer, row, 11), is_true(answer, row, 12), is_true(answer, row, 13)};
    const ColumnType nearest = nearest_type(stored, type);
    facts.info.columns.push_back({name, nearest, !required, {}, filled, stored.kind == Kind::Clock, rights});
    facts.columns.push_back({name, nearest, stored.pack(), filled && !generated, generated});
    if (required && !filled) facts.info.needed.push_back(name);
    if (generated) facts.info.rewrites = true;
    definition += text(answer, row, 0) + "\n" + name + "\n" + text(answer, row, 10) + "\n";
  }
  facts.info.version = hash128(definition).hex();
}

/// One index, gathered from its rows.
struct IndexFacts {
  Index index;
  std::string id;
  bool primary = false, exclusion = false, plain = true;
  std::vector<std::string> folded;
};

std::vector<IndexFacts> read_indexes(const Answer& answer) {
  std::vector<IndexFacts> out;
  for (int row = 0; row < PQntuples(answer.get()); ++row) {
    const std::string name = text(answer, row, 0), column = text(answer, row, 5);
    if (out.empty() || out.back().index.name != name) {
      IndexFacts made;
      made.index = {name, {}, is_true(answer, row, 2)};
      made.primary = is_true(answer, row, 1);
      made.exclusion = is_true(answer, row, 3);
      made.plain = is_true(answer, row, 4) && !made.exclusion;
      made.id = text(answer, row, 7);
      out.push_back(std::move(made));
    }
    IndexFacts& index = out.back();
    if (column.empty()) {
      index.plain = false;
      continue;
    }
    index.index.columns.push_back(column);
    if (text(answer, row, 6) == "citext") index.folded.push_back(column);
  }
  return out;
}

void note_indexes(const std::vector<IndexFacts>& indexes, const Answer& dependencies, sql::TableFacts& facts) {
  for (const IndexFacts& each : indexes) {
    facts.info.indexes.push_back(each.index.name);
    if (each.primary) facts.info.primary_key = each.index.columns;
    if (each.plain) facts.indexes.push_back(each.index);
    if (each.index.unique && each.plain) facts.info.unique.push_back({each.index.columns, each.folded, true});
    if (each.plain || (!each.index.unique && !each.exclusion)) continue;
    std::vector<std::string> columns = each.index.columns;
    for (int row = 0; row < PQntuples(dependencies.get()); ++row) {
      const std::string column = text(dependencies, row, 1);
      if (text(dependencies, row, 0) == each.id && !has(columns, column)) columns.push_back(column);
    }
    if (each.index.unique) facts.info.unique.push_back({columns, {}, false});
    facts.info.rules.push_back({(each.exclusion ? "the exclusion constraint " : "the unique index ") + each.index.name, columns});
  }
}

void read_checks(const Answer& answer, sql::TableFacts& facts) {
  std::string last;
  for (int row = 0; row < PQntuples(answer.get()); ++row) {
    const std::string id = text(answer, row, 0), column = text(answer, row, 2);
    if (id != last) facts.info.rules.push_back({text(answer, row, 1), {}});
    last = id;
    if (!column.empty()) facts.info.rules.back().columns.push_back(column);
  }
}

void read_triggers(const Answer& answer, sql::TableFacts& facts) {
  std::vector<std::string> every;
  for (const Column& column : facts.info.columns) every.push_back(column.name);
  for (int row = 0; row < PQntuples(answer.get()); ++row) {
    facts.info.rewrites = true;
    if (is_true(answer, row, 1)) facts.info.rules.push_back({"the trigger " + text(answer, row, 0), every});
  }
}

void note_keys(sql::TableFacts& facts) {
  const std::vector<std::string>& key = facts.info.primary_key;
  for (const sql::ColumnFacts& column : facts.columns) {
    if (has(key, column.name) && !column.has_default && !column.generated) facts.info.given_keys.push_back(column.name);
    facts.generated_key =
        facts.generated_key || (key.size() == 1 && key.front() == column.name && column.type == ColumnType::Integer && column.has_default);
  }
}

std::string what_is(std::string_view kind) {
  if (kind == "v") return "a view";
  if (kind == "m") return "a materialized view";
  if (kind == "f") return "a table of another server";
  return "no table";
}

}  // namespace

/// Known tables are asked about again only when anything about them has changed.
std::optional<sql::TableFacts> PostgresConnection::inspect(std::string_view table) {
  const std::string quoted = dialect_.quote_table(table);
  const std::string doing = "inspecting table \"" + std::string(table) + "\"";
  const Answer found = ask({kVersion, {borrowed(quoted)}, true}, doing);
  if (PQntuples(found.get()) == 0) return std::nullopt;
  const std::string kind = text(found, 0, 1), version = text(found, 0, 5);
  const std::string shown = "\"" + std::string(table) + "\" in " + settings_.shown;
  if (kind != "r" && kind != "p") throw Error(ErrorKind::Invalid, shown + " is " + what_is(kind), "name the table behind it");
  if (is_true(found, 0, 2)) {
    throw Error(ErrorKind::Invalid, shown + " has row security, which may hide rows from this user: they would look deleted",
                "connect as the owner of the table, or as a role with BYPASSRLS");
  }
  if (const auto known = inspected_.find(table); known != inspected_.end() && known->second.version == version) return known->second.facts;
  sql::TableFacts facts = inspect_anew(text(found, 0, 0), doing);
  facts.info.rewrites = facts.info.rewrites || is_true(found, 0, 3);
  inspected_.insert_or_assign(std::string(table), Inspected{version, facts});
  return facts;
}

sql::TableFacts PostgresConnection::inspect_anew(const std::string& id, const std::string& doing) {
  std::vector<Answer> answers;
  for (const char* query : {kColumns, kIndexes, kDependencies, kChecks, kTriggers}) {
    answers.push_back(ask({query, {borrowed(id)}, true}, doing));
  }
  sql::TableFacts facts;
  facts.info.exact_names = true;
  read_columns(answers[0], facts);
  note_indexes(read_indexes(answers[1]), answers[2], facts);
  read_checks(answers[3], facts);
  read_triggers(answers[4], facts);
  note_keys(facts);
  return facts;
}

}  // namespace lockstep::postgresql
