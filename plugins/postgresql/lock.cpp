#include "lock.h"

#include "common/hash.h"

namespace lockstep::postgresql {
namespace {

constexpr const char* kDoing = "leasing";

}  // namespace

AdvisoryLock::AdvisoryLock(const Settings& settings) : settings_(settings), session_(settings_) {
  settings_.keywords["fallback_application_name"] = "lockstep lease";
}

void AdvisoryLock::open() {
  session_.open();
  session_.refuse_a_pooler();
  const std::string idle = std::to_string(kIdleAtMost.count());
  session_.run({"SELECT set_config(name, $1, false) FROM pg_catalog.pg_settings WHERE name = 'idle_session_timeout'", {borrowed(idle)}},
               kDoing);
}

// Two names that differ are two locks, whatever is in them.
bool AdvisoryLock::take(const std::string& name) {
  const Answer schema = session_.run({"SELECT coalesce(current_schema(), '')"}, kDoing);
  const std::string hash =
      std::to_string(static_cast<std::int64_t>(hash128("lockstep\n" + std::string(text_at(schema.get(), 0, 0)) + "\n" + name).low));
  const Answer taken = session_.run({"SELECT pg_try_advisory_lock($1)", {borrowed(hash)}}, kDoing);
  return text_at(taken.get(), 0, 0) == "t";
}

std::optional<sql::ServerLock::Holder> AdvisoryLock::holder(const std::string& name) {
  const Answer row = session_.run(
      {"SELECT holder, to_char(since, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') FROM lockstep_lease WHERE name = $1", {borrowed(name)}}, kDoing);
  if (PQntuples(row.get()) == 0) return std::nullopt;
  return sql::ServerLock::Holder{std::string(text_at(row.get(), 0, 0)), std::string(text_at(row.get(), 0, 1))};
}

}  // namespace lockstep::postgresql
