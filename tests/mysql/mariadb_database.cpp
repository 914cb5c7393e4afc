#include "mariadb_database.h"

#include <dlfcn.h>
#include <unistd.h>

#include <stdexcept>

namespace lockstep::conformance {
namespace {

/// Another program that holds every table there is for itself.
class EveryTableLocked : public Trouble {
 public:
  explicit EveryTableLocked(const std::string& database) : application_(database) {
    application_.run("SET SESSION group_concat_max_len = 1000000");
    application_.run("LOCK TABLES " + application_.ask("SELECT GROUP_CONCAT(CONCAT('`', TABLE_NAME, '` WRITE')) FROM "
                                                       "information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"));
  }

 private:
  Application application_;
};

/// "socket database", which the other process of a check is given.
Options options_at(const std::string& socket, const std::string& database) {
  return {{"url", "mysql://lockstep@/" + database}, {"socket", socket}, {"busy_timeout", "200ms"}};
}

}  // namespace

const StorePlugin& mysql_plugin() {
  static const StorePlugin& plugin = []() -> const StorePlugin& {
    void* library = dlopen(LOCKSTEP_BINARY_DIR "/lib/lockstep/plugins/mysql.so", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(dlerror());
    return *static_cast<const StorePlugin*>(dlsym(library, kStoreSymbol));
  }();
  return plugin;
}

std::unique_ptr<Store> open_mysql(Options options) {
  const StorePlugin& plugin = mysql_plugin();
  std::string error;
  Store* store = plugin.create("test", OptionValues({plugin.head.options, plugin.head.option_count}, std::move(options)), error);
  if (store == nullptr) throw std::runtime_error(error);
  return std::unique_ptr<Store>(store);
}

Application::Application(const std::string& database) : connection_(connect_mariadb(mariadb_socket(), database)) {
  if (!connection_) throw std::runtime_error("an application cannot connect");
}

void Application::run(const std::string& sql) { ask(sql); }

std::string Application::ask(const std::string& sql) {
  std::string out;
  int more = mysql_real_query(handle(), sql.data(), sql.size());
  for (; more == 0; more = mysql_next_result(handle())) {
    const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> answer(mysql_store_result(handle()), mysql_free_result);
    while (MYSQL_ROW row = answer ? mysql_fetch_row(answer.get()) : nullptr) out = row[0] == nullptr ? "NULL" : row[0];
  }
  if (more > 0) throw std::runtime_error(sql + ": " + mysql_error(handle()));
  return out;
}

MariadbDatabase::MariadbDatabase() {
  static int made = 0;
  name_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(++made);
  Application().run("DROP DATABASE IF EXISTS " + name_ + "; CREATE DATABASE " + name_);
  application_ = std::make_unique<Application>(name_);
}

MariadbDatabase::~MariadbDatabase() = default;

Options MariadbDatabase::options() const { return options_at(mariadb_socket(), name_); }

bool MariadbDatabase::execute(const std::string& sql) {
  application_->run(sql);
  return true;
}

std::string MariadbDatabase::trigger(const std::string& name, const std::string& table) const {
  return "CREATE TRIGGER " + name + " BEFORE INSERT ON " + table + " FOR EACH ROW SET NEW.note = 'rewritten'";
}

std::unique_ptr<Trouble> MariadbDatabase::locked() { return std::make_unique<EveryTableLocked>(name_); }

ProgramCall MariadbDatabase::holder(const std::string& lease) const { return this_program(mariadb_socket() + " " + name_, lease); }

std::unique_ptr<Store> open_mysql_at(const std::string& address) {
  const std::size_t blank = address.find(' ');
  return open_mysql(options_at(address.substr(0, blank), address.substr(blank + 1)));
}

}  // namespace lockstep::conformance
