#include "settings.h"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"

namespace lockstep::postgresql {
namespace {

using Keywords = std::map<std::string, std::string>;

/// Options that are libpq's keywords under another name.
constexpr std::pair<const char*, const char*> kSame[] = {
    {"host", "host"},   {"port", "port"},           {"database", "dbname"},   {"user", "user"},       {"password", "password"},
    {"tls", "sslmode"}, {"ca_file", "sslrootcert"}, {"cert_file", "sslcert"}, {"key_file", "sslkey"},
};

[[noreturn]] void refuse_url(const std::string& why) {
  throw Error(ErrorKind::Invalid, "the store's `url` " + why,
              "write it as postgresql://user@host:port/database, the password behind the user and a colon, with %40 for @, %2F for / and "
              "%3A for : in both");
}

/// Takes the parameter out of the url: Prisma's `schema`, which libpq does not know.
std::string take_parameter(std::string& url, std::string_view name) {
  const std::size_t question = url.find('?');
  if (question == std::string::npos) return {};
  std::string value, kept;
  for (const std::string& parameter : split(std::string_view(url).substr(question + 1), '&')) {
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    if (parameter.substr(0, equals) == name) {
      value = parameter.substr(std::min(equals + 1, parameter.size()));
    } else {
      kept += (kept.empty() ? "?" : "&") + parameter;
    }
  }
  url = url.substr(0, question) + kept;
  return value;
}

bool is_ours(std::string_view url) { return url.starts_with("postgresql://") || url.starts_with("postgres://"); }

/// What a url says. Its own text is never part of a message: it may hold a password. Of libpq's words only the name of a parameter is told.
Keywords parse_url(std::string url, std::string& schema) {
  if (!is_ours(url)) refuse_url("does not begin with postgresql://");
  schema = take_parameter(url, "schema");
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(PQconninfoParse(url.c_str(), &why), PQconninfoFree);
  const std::string text = why == nullptr ? "" : why;
  PQfreemem(why);
  if (!parsed) {
    constexpr std::string_view kUnknown = "invalid URI query parameter: ";
    const std::size_t at = text.find(kUnknown);
    refuse_url(at == std::string::npos ? "cannot be read"
                                       : "has the parameter " + printable(split(text.substr(at + kUnknown.size()), '\n').front()) +
                                             ", which PostgreSQL's clients do not know");
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
  std::string url = options.text("url");
  // As every framework's own tools do; but a url of another database's is none of ours.
  const char* common = std::getenv("DATABASE_URL");
  if (url.empty() && !options.has("host") && !options.has("database") && common != nullptr && is_ours(common)) url = common;
  if (!url.empty()) out.keywords = parse_url(url, out.schema);
  for (const auto& [option, keyword] : kSame) {
    if (options.has(option)) out.keywords[keyword] = options.text(option);
  }
  if (options.has("schema")) out.schema = options.text("schema");
  for (const char* secret : {"password", "sslpassword"}) {
    if (const auto found = out.keywords.find(secret); found != out.keywords.end()) register_secret(found->second);
  }
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
