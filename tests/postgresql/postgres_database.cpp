#include "postgres_database.h"

#include <dlfcn.h>
#include <unistd.h>

#include <stdexcept>

#include "support/postgres_server.h"

namespace lockstep::conformance {
namespace {

/// Another program that changes the structure of every table there is.
class EveryTableLocked : public Trouble {
 public:
  explicit EveryTableLocked(const std::string& schema) : application_(postgres_host(), schema) {
    application_.run("BEGIN");
    application_.run(
        "DO $$ DECLARE t record; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP "
        "EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', t.tablename); END LOOP; END $$");
  }

 private:
  Application application_;
};

/// "host schema", which the other process of a check is given.
std::map<std::string, std::string, std::less<>> options_at(const std::string& host, const std::string& schema) {
  return {{"url", "postgresql://lockstep@/postgres?host=" + host + "&application_name=" + schema},
          {"schema", schema},
          {"busy_timeout", "200ms"}};
}

}  // namespace

const StorePlugin& postgres_plugin() {
  static const StorePlugin& plugin = []() -> const StorePlugin& {
    void* library = dlopen(LOCKSTEP_BINARY_DIR "/lib/lockstep/plugins/postgresql.so", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(dlerror());
    return *static_cast<const StorePlugin*>(dlsym(library, kStoreSymbol));
  }();
  return plugin;
}

std::unique_ptr<Store> open_postgres(std::map<std::string, std::string, std::less<>> options) {
  const StorePlugin& plugin = postgres_plugin();
  std::string error;
  Store* store = plugin.create("test", OptionValues({plugin.head.options, plugin.head.option_count}, std::move(options)), error);
  if (store == nullptr) throw std::runtime_error(error);
  return std::unique_ptr<Store>(store);
}

Application::Application(const std::string& host, const std::string& schema)
    : connection_(PQconnectdb(("host=" + host + " user=lockstep dbname=postgres").c_str())) {
  if (PQstatus(handle()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(handle()));
  PQsetNoticeReceiver(
      handle(), [](void*, const PGresult*) {}, nullptr);
  if (!schema.empty()) run("SET search_path = " + schema + ", public");
}

void Application::run(const std::string& sql) { ask(sql); }

std::string Application::ask(const std::string& sql) {
  const std::unique_ptr<PGresult, void (*)(PGresult*)> answer(PQexec(handle(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
    throw std::runtime_error(sql + ": " + PQerrorMessage(handle()));
  }
  const int rows = PQntuples(answer.get());
  if (rows == 0) return {};
  return PQgetisnull(answer.get(), rows - 1, 0) != 0 ? "NULL" : PQgetvalue(answer.get(), rows - 1, 0);
}

PostgresDatabase::PostgresDatabase() {
  static int made = 0;
  schema_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(++made);
  Application server(postgres_host());
  server.run("DROP SCHEMA IF EXISTS " + schema_ + " CASCADE");
  server.run("CREATE SCHEMA " + schema_);
  application_ = std::make_unique<Application>(postgres_host(), schema_);
}

PostgresDatabase::~PostgresDatabase() = default;

std::map<std::string, std::string, std::less<>> PostgresDatabase::options() const { return options_at(postgres_host(), schema_); }

bool PostgresDatabase::execute(const std::string& sql) {
  application_->run(sql);
  return true;
}

std::string PostgresDatabase::trigger(const std::string& name, const std::string& table) const {
  return "CREATE FUNCTION " + name +
         "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note = 'rewritten'; RETURN NEW; END $$; CREATE TRIGGER " + name +
         " BEFORE INSERT ON " + table + " FOR EACH ROW EXECUTE FUNCTION " + name + "()";
}

std::unique_ptr<Trouble> PostgresDatabase::locked() { return std::make_unique<EveryTableLocked>(schema_); }

ProgramCall PostgresDatabase::holder(const std::string& lease) const { return this_program(postgres_host() + " " + schema_, lease); }

std::unique_ptr<Store> open_postgres_at(const std::string& address) {
  const std::size_t blank = address.find(' ');
  return open_postgres(options_at(address.substr(0, blank), address.substr(blank + 1)));
}

}  // namespace lockstep::conformance
