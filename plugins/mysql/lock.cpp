#include "lock.h"

#include "common/hash.h"

namespace lockstep::mysql {
namespace {

constexpr const char* kDoing = "leasing";

}  // namespace

void LockFunction::open() {
  session_.open();
  refuse_a_proxy();
  if (!settings_.one_node) refuse_many_writers();
  session_.execute("SET SESSION wait_timeout = " + std::to_string(kIdleAtMost.count() / 1000), kDoing);
}

// ProxySQL answers the plain question itself.
void LockFunction::refuse_a_proxy() {
  Answer answer = session_.run({"SELECT CONNECTION_ID() + 0"}, kDoing);
  if (answer.next() && answer.text(0) == std::to_string(session_.number())) return;
  throw Error(ErrorKind::Invalid,
              settings_.shown +
                  " is reached through a proxy, which may give the connection that holds a lease to somebody else: two runs could write at "
                  "once",
              "connect to the database itself, as migrations do");
}

// Galera, and MySQL's group replication with several primaries.
void LockFunction::refuse_many_writers() {
  if (variable("wsrep_on") != "ON" && variable("group_replication_single_primary_mode") != "OFF") return;
  throw Error(ErrorKind::Invalid,
              settings_.shown +
                  " is a node of a cluster whose nodes all take writes and do not know each other's locks: two runs could write at once",
              "let every run connect to the same node, and say so with the store's `one_node: true`");
}

std::string LockFunction::variable(const std::string& name) {
  Answer answer = session_.run({"SHOW GLOBAL VARIABLES LIKE '" + name + "'"}, kDoing);
  return answer.next() ? answer.text(1) : std::string();
}

// Two names that differ are two locks, whatever is in them; the server's own names are short and know no letter case.
bool LockFunction::take(const std::string& name) {
  const std::string hash = "lockstep " + hash128(settings_.database + "\n" + name).hex();
  const Spelled parameter{Spelled::As::Text, 0, 0, hash};
  Answer taken = session_.run({"SELECT GET_LOCK(?, 0)", std::span(&parameter, 1)}, kDoing);
  return taken.next() && taken.text(0) == "1";
}

std::optional<sql::ServerLock::Holder> LockFunction::holder(const std::string& name) {
  const Spelled parameter{Spelled::As::Text, 0, 0, name};
  Answer row = session_.run(
      {"SELECT holder, DATE_FORMAT(since, '%Y-%m-%dT%H:%i:%s.%f') FROM lockstep_lease WHERE name = ?", std::span(&parameter, 1)}, kDoing);
  if (!row.next()) return std::nullopt;
  // Thousandths are enough.
  const std::string since = row.text(1);
  return sql::ServerLock::Holder{row.text(0), since.substr(0, since.size() - std::min<std::size_t>(since.size(), 3)) + "Z"};
}

}  // namespace lockstep::mysql
