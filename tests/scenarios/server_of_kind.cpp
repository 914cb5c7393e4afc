#include "scenarios/server_of_kind.h"

#include <libpq-fe.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "common/text.h"
#include "support/files.h"
#include "support/mariadb_server.h"

namespace lockstep::test {
namespace {

std::string behind(const std::string& place, const std::string& word) { return place.substr(place.find(word) + word.size()); }
std::string database_at(const std::string& place) { return place.substr(place.find("@/") + 2, place.find('?') - place.find("@/") - 2); }
std::string with_account(const std::string& place, const std::string& account) {
  return replace_all(place, "//lockstep@", "//" + account + "@");
}

/// A folder of a server that holds a few MB.
class LittleFolder {
 public:
  explicit LittleFolder(const std::string& server) : path_(server + "/little") {
    std::filesystem::create_directory(path_);
    struct stat owner {};
    const bool made = stat(server.c_str(), &owner) == 0 && mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=40m") == 0 &&
                      chown(path_.c_str(), owner.st_uid, owner.st_gid) == 0;
    if (!made) why_ = std::string("no small file system can be mounted here: ") + std::strerror(errno);
  }
  ~LittleFolder() { umount2(path_.c_str(), MNT_DETACH); }
  LittleFolder(const LittleFolder&) = delete;
  LittleFolder& operator=(const LittleFolder&) = delete;
  const std::string& path() const { return path_; }
  const std::string& why_not() const { return why_; }

 private:
  std::string path_, why_;
};

class PostgresServers final : public ServerOfKind {
 public:
  std::string name() const override { return "postgres"; }
  std::string durable() const override { return "'-c synchronous_commit=on'"; }
  const DatabaseKind& kind() const override { return postgres_kind(); }
  std::unique_ptr<const DatabaseKind> kind_at(const std::string& folder) const override { return postgres_kind_at(folder); }
  std::string socket_of(const std::string& place) const override { return behind(place, "?host=") + "/.s.PGSQL.5432"; }
  std::string begin() const override { return "BEGIN ISOLATION"; }
  // A statement ends with a zero, and so does the name before it, which it has none of.
  std::string commit() const override { return {"\0COMMIT\0", 8}; }
  std::string few_connections() const override { return "'-c max_connections=8 -c superuser_reserved_connections=0'"; }
  std::shared_ptr<void> connect(const std::string& place) const override {
    std::shared_ptr<PGconn> out(PQconnectdb(place.c_str()), PQfinish);
    return PQstatus(out.get()) == CONNECTION_OK ? out : nullptr;
  }
  std::string little_space() const override { return ""; }
  std::shared_ptr<void> move_into_little_space(const std::string& place, std::string& why) const override {
    const auto folder = std::make_shared<LittleFolder>(behind(place, "?host="));
    why = folder->why_not();
    if (!why.empty()) return nullptr;
    const std::string other = replace_all(place, "/" + database_at(place) + "?", "/postgres?");
    lockstep::test::execute(other, "CREATE TABLESPACE little LOCATION '" + folder->path() + "'");
    lockstep::test::execute(other, "ALTER DATABASE " + database_at(place) + " SET TABLESPACE little");
    return folder;
  }
  void make_room(const DatabaseServer&, const std::string& place) const override { lockstep::test::execute(place, "DROP TABLE filler"); }
  void only_read(const std::string& place, bool only) const override {
    lockstep::test::execute(place, "ALTER DATABASE " + database_at(place) + " SET default_transaction_read_only = " +
                                       (only ? "on" : "off") + "; SET default_transaction_read_only = off");
  }
  std::string as_clerk(const std::string& place) const override { return place; }
  std::string slow_inserts() const override {
    return "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); RETURN NEW; END';"
           "CREATE TRIGGER slow BEFORE INSERT ON assistants FOR EACH ROW EXECUTE FUNCTION slow()";
  }
  std::string quick_inserts() const override { return "DROP TRIGGER slow ON assistants"; }
  std::string roomy_table(const std::string& table) const override {
    return "CREATE TABLE " + table + " (x text); ALTER TABLE " + table + " ALTER COLUMN x SET STORAGE EXTERNAL";
  }
  std::string counted_changes() const override {
    return "CREATE TABLE counted (n bigint); INSERT INTO counted VALUES (0);"
           "CREATE FUNCTION one_more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE counted SET n = n + 1; RETURN NULL; END';"
           "CREATE TRIGGER one_more AFTER UPDATE ON assistants FOR EACH ROW EXECUTE FUNCTION one_more()";
  }
  // Who waits longer than its deadlock_timeout looks whether there is a circle, once, and ends its own transaction.
  std::string begin_winning() const override { return "SET deadlock_timeout = '60s'; BEGIN"; }
  std::string waiting() const override {
    return "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))";
  }
  std::string refuse_to_serialize(int times) const override {
    return "CREATE SEQUENCE refusals; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF nextval(''refusals'') <= " +
           std::to_string(times) +
           " THEN RAISE EXCEPTION ''could not serialize access'' USING ERRCODE = ''serialization_failure''; END IF; RETURN NEW; END';"
           "CREATE TRIGGER refuse BEFORE UPDATE ON assistants FOR EACH ROW EXECUTE FUNCTION refuse()";
  }
  std::string serialize_again() const override { return "DROP TRIGGER refuse ON assistants"; }
  std::vector<std::string> isolations() const override {
    std::vector<std::string> out;
    for (const std::string level : {"read committed", "repeatable read", "serializable"}) {
      out.push_back(
          "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''" + level +
          "''', current_database()); EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''3s''', current_database()); END $$");
    }
    return out;
  }
};

class MysqlServers final : public ServerOfKind {
 public:
  std::string name() const override { return "mariadb"; }
  std::string durable() const override { return "--innodb-flush-log-at-trx-commit=2"; }
  const DatabaseKind& kind() const override { return mysql_kind(); }
  std::unique_ptr<const DatabaseKind> kind_at(const std::string& folder) const override { return mysql_kind_at(folder); }
  std::string socket_of(const std::string& place) const override { return behind(place, "?socket="); }
  std::string begin() const override { return "START TRANSACTION"; }
  // Behind the word for a query.
  std::string commit() const override {
    return "\x03"
           "COMMIT";
  }
  std::string few_connections() const override { return "--max-connections=10"; }
  std::shared_ptr<void> connect(const std::string& place) const override { return connect_mariadb(socket_of(place), database_at(place)); }
  // All tables in two files that do not grow. A full one lets nothing be dropped, so there is a third one then.
  std::string little_space() const override { return "--innodb-file-per-table=0 '--innodb-data-file-path=ibdata1:12M;ibdata2:28M'"; }
  std::shared_ptr<void> move_into_little_space(const std::string& place, std::string&) const override {
    return std::make_shared<std::string>(place);
  }
  void make_room(const DatabaseServer& server, const std::string&) const override {
    server.crash();
    const std::string file = server.folder() + "/options", options = replace_all(file_text(file), "ibdata2:28M", "ibdata2:28M;ibdata3:64M");
    std::ofstream(file) << options;
    server.restart();
  }
  void only_read(const std::string& place, bool only) const override {
    lockstep::test::execute(place, std::string("SET GLOBAL read_only = ") + (only ? "1" : "0"));
  }
  std::string as_clerk(const std::string& place) const override {
    lockstep::test::execute(place, "CREATE OR REPLACE USER clerk@localhost; GRANT ALL ON " + database_at(place) + ".* TO clerk@localhost");
    return with_account(place, "clerk");
  }
  std::string slow_inserts() const override { return "CREATE TRIGGER slow BEFORE INSERT ON assistants FOR EACH ROW DO SLEEP(3)"; }
  std::string quick_inserts() const override { return "DROP TRIGGER slow"; }
  std::string roomy_table(const std::string& table) const override { return "CREATE TABLE " + table + " (x LONGTEXT) ENGINE=InnoDB"; }
  std::string counted_changes() const override {
    return "CREATE TABLE counted (n bigint) ENGINE=InnoDB; INSERT INTO counted VALUES (0);"
           "CREATE TABLE heavy (id int PRIMARY KEY) ENGINE=InnoDB;"
           "CREATE TRIGGER one_more AFTER UPDATE ON assistants FOR EACH ROW UPDATE counted SET n = n + 1";
  }
  // Of a circle the transaction is ended that has written least.
  std::string begin_winning() const override { return "START TRANSACTION; INSERT INTO heavy SELECT seq FROM seq_1_to_5000"; }
  std::string waiting() const override {
    return "SELECT count(*) FROM information_schema.INNODB_LOCK_WAITS w JOIN information_schema.INNODB_TRX t ON t.trx_id = "
           "w.blocking_trx_id WHERE t.trx_mysql_thread_id = CONNECTION_ID()";
  }
  std::string refuse_to_serialize(int times) const override {
    return "CREATE SEQUENCE refusals; CREATE TRIGGER refuse BEFORE UPDATE ON assistants FOR EACH ROW IF NEXTVAL(refusals) <= " +
           std::to_string(times) +
           " THEN SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found when trying to get lock'; END IF";
  }
  std::string serialize_again() const override { return "DROP TRIGGER refuse"; }
  std::vector<std::string> isolations() const override { return {""}; }
};

}  // namespace

const ServerOfKind& postgres_servers() {
  static const PostgresServers servers;
  return servers;
}

const ServerOfKind& mysql_servers() {
  static const MysqlServers servers;
  return servers;
}

}  // namespace lockstep::test
