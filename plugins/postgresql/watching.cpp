// The trigger that says that a table has changed: one for each statement and not for each row, and one row of lockstep_dirty for each
// transaction, however many statements it has. It runs as its owner, so that the application needs no right on that table.
#include "sql/watching.h"
#include "common/text.h"
#include "connection.h"

namespace lockstep::postgresql {
namespace {

/// One row: the schema of Lockstep's own tables, the table as lockstep_dirty names it, whether the trigger works and this user may read
/// what it writes, whether it may make triggers there and functions here, and whether there is the function already.
constexpr const char* kTriggerLook =
    "SELECT own.schema, n.nspname || '.' || c.relname, EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname "
    "= "
    "'lockstep_changes' AND t.tgenabled IN ('O', 'A') AND t.tgfoid = own.function) AND coalesce(has_table_privilege(own.dirty, 'SELECT'), "
    "false), has_table_privilege(c.oid, 'TRIGGER'), has_schema_privilege(own.schema, 'CREATE'), own.function IS NOT NULL, current_user "
    "FROM (SELECT schema, to_regclass(quote_ident(schema) || '.lockstep_dirty')::oid AS dirty, to_regprocedure(quote_ident(schema) || "
    "'.lockstep_note_change()')::oid AS function FROM (SELECT current_schema()::text AS schema) AS here) AS own LEFT JOIN "
    "pg_catalog.pg_class c ON c.oid = to_regclass($1)::oid LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";

/// SET search_path, for a function that runs as its owner must find nothing that somebody else has put in the way.
std::string make_function(const std::string& schema) {
  const std::string slots = std::to_string(sql::kDirtySlots);
  return "CREATE OR REPLACE FUNCTION " + schema +
         ".lockstep_note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $lockstep$ "
         "BEGIN INSERT INTO " +
         schema +
         ".lockstep_dirty AS known (table_name, slot, changes, by_transaction) VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, "
         "pg_backend_pid() % " +
         slots +
         ", 1, txid_current()) ON CONFLICT (table_name, slot) DO UPDATE SET changes = known.changes + 1, by_transaction = txid_current() "
         "WHERE known.by_transaction <> txid_current(); RETURN NULL; END $lockstep$";
}

}  // namespace

std::optional<std::uint64_t> PostgresConnection::mark(const Table& table) {
  const std::string quoted = dialect_.quote_table(table.name), doing = "asking whether table \"" + table.name + "\" has changed";
  const Answer look = ask({kTriggerLook, {borrowed(quoted)}, true}, doing);
  if (text_at(look.get(), 0, 2) != "t") return std::nullopt;
  const std::string name(text_at(look.get(), 0, 1));
  const Answer sum =
      ask({"SELECT coalesce(sum(changes), 0)::bigint FROM lockstep_dirty WHERE table_name = $1", {borrowed(name)}, true}, doing);
  return std::stoull(std::string(text_at(sum.get(), 0, 0)));
}

std::vector<std::string> PostgresConnection::watching(const Table& table) {
  const std::string quoted = dialect_.quote_table(table.name);
  const Answer look = ask({kTriggerLook, {borrowed(quoted)}, true}, "looking at the triggers of table \"" + table.name + "\"");
  const auto cell = [&](int column) { return std::string(text_at(look.get(), 0, column)); };
  if (cell(2) == "t") return {};
  const std::string schema = dialect_.quote(cell(0)), user = cell(6);
  const bool is_there = !cell(1).empty(), has_function = cell(5) == "t";
  const auto refuse = [&](const std::string& what, const std::string& remedy) {
    throw Error(ErrorKind::Storage, settings_.shown + ": " + user + " may not " + what,
                "run as its owner: " + remedy + " TO " + dialect_.quote(user));
  };
  if (is_there && cell(3) != "t") refuse("make triggers on table " + quoted, "GRANT TRIGGER ON " + quoted);
  if (!has_function && cell(4) != "t") refuse("make functions in schema " + schema, "GRANT CREATE ON SCHEMA " + schema);
  std::vector<std::string> statements;
  if (!has_function) statements.push_back(make_function(schema));
  statements.push_back("CREATE TRIGGER lockstep_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON " + quoted +
                       " FOR EACH STATEMENT EXECUTE FUNCTION " + schema + ".lockstep_note_change()");
  return statements;
}

}  // namespace lockstep::postgresql
