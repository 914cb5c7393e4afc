#include "settings.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include "common/error.h"
#include "common/text.h"

namespace lockstep::postgresql {
namespace {

using Keywords = std::map<std::string, std::string>;

/// Options that are libpq's keywords under another name.
constexpr std::pair<const char*, const char*> kSame[] = {
    {"host", "host"},   {"port", "port"},           {"database", "dbname"},   {"user", "user"},       {"password", "password"},
    {"tls", "sslmode"}, {"ca_file", "sslrootcert"}, {"cert_file", "sslcert"}, {"key_file", "sslkey"},
};

/// What a url says. Its own text is never part of a message: it may hold a password.
Keywords parse_url(const std::string& url) {
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
    throw Error(ErrorKind::Invalid, "the store's `url` does not begin with postgresql://",
                "write it as postgresql://user:password@host:port/database");
  }
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(PQconninfoParse(url.c_str(), &why), PQconninfoFree);
  PQfreemem(why);
  if (!parsed) {
    throw Error(ErrorKind::Invalid, "the store's `url` cannot be read",
                "write it as postgresql://user:password@host:port/database, with %40 for @, %2F for / and %3A for : in user and password");
  }
  Keywords out;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) out[option->keyword] = option->val;
  }
  return out;
}

std::string said(const Keywords& keywords, const char* keyword, const char* variable) {
  if (const auto found = keywords.find(keyword); found != keywords.end()) return found->second;
  const char* value = std::getenv(variable);
  return value == nullptr ? std::string() : value;
}

bool is_here(std::string_view host) {
  return host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" || host.starts_with("127.") || host == "::1";
}

/// Off this machine nobody else may answer in the server's place, unless somebody says so.
void secure(Keywords& keywords) {
  namespace fs = std::filesystem;
  const std::string hosts = said(keywords, "host", "PGHOST") + "," + said(keywords, "hostaddr", "PGHOSTADDR");
  bool here = true;
  for (const std::string& host : split(hosts, ',')) here = here && is_here(host);
  const bool chosen =
      !said(keywords, "sslmode", "PGSSLMODE").empty() || keywords.contains("service") || std::getenv("PGSERVICE") != nullptr;
  if (!here && !chosen) keywords["sslmode"] = "verify-full";
  if (!said(keywords, "sslmode", "PGSSLMODE").starts_with("verify-") || !said(keywords, "sslrootcert", "PGSSLROOTCERT").empty()) return;
  std::error_code ignored;
  const char* home = std::getenv("HOME");
  if (home != nullptr && fs::exists(fs::path(home) / ".postgresql" / "root.crt", ignored)) return;
  for (const char* file : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}) {
    if (!fs::exists(file, ignored)) continue;
    keywords["sslrootcert"] = file;
    return;
  }
}

std::string described(const Keywords& keywords, const std::string& schema) {
  const std::string database = said(keywords, "dbname", "PGDATABASE"), host = said(keywords, "host", "PGHOST");
  const std::string port = said(keywords, "port", "PGPORT");
  std::string out = "PostgreSQL database";
  if (!database.empty()) out += " " + in_quotes(database);
  if (!schema.empty()) out += ", schema " + in_quotes(schema) + ",";
  if (host.empty()) return out += " on this machine";
  return out += (host.starts_with('/') ? " behind " : " on ") + printable(host) + (port.empty() ? "" : " port " + printable(port));
}

}  // namespace

Settings read_settings(const OptionValues& options) {
  Settings out;
  if (options.has("url")) out.keywords = parse_url(options.text("url"));
  for (const auto& [option, keyword] : kSame) {
    if (options.has(option)) out.keywords[keyword] = options.text(option);
  }
  out.schema = options.text("schema");
  out.busy_timeout = options.duration("busy_timeout");
  out.statement_timeout = options.duration("statement_timeout");
  secure(out.keywords);
  const auto add = [&](const char* keyword, const std::string& value) { out.keywords.emplace(keyword, value); };
  add("connect_timeout",
      std::to_string(std::max<std::int64_t>(2, std::chrono::ceil<std::chrono::seconds>(options.duration("connect_timeout")).count())));
  // A connection whose other end is gone, or behind a firewall that forgot it, ends within a minute.
  for (const auto& [keyword, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"keepalives_idle", "30"}, {"keepalives_interval", "10"}, {"keepalives_count", "3"}, {"tcp_user_timeout", "60000"}}) {
    add(keyword, value);
  }
  add("fallback_application_name", "lockstep");
  out.keywords["client_encoding"] = "UTF8";
  out.shown = described(out.keywords, out.schema);
  return out;
}

}  // namespace lockstep::postgresql
