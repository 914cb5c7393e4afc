#include "settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "option_file.h"

namespace lockstep::mysql {
namespace {

using Words = std::map<std::string, std::string>;

/// The words of `tls`, and those that MySQL's own clients and frameworks have for the same.
constexpr std::pair<std::string_view, Tls> kTls[] = {
    {"disable", Tls::Disable},        {"disabled", Tls::Disable},           {"require", Tls::Require},
    {"required", Tls::Require},       {"verify-ca", Tls::VerifyCa},         {"verify_ca", Tls::VerifyCa},
    {"verify-full", Tls::VerifyFull}, {"verify_identity", Tls::VerifyFull}, {"verify-identity", Tls::VerifyFull}};
/// Parameters of a url, by the name that they have here; nothing: they mean something to a framework's pool alone.
constexpr std::pair<std::string_view, std::string_view> kParameters[] = {
    {"ssl-mode", "tls"},   {"ssl_mode", "tls"},       {"sslmode", "tls"},       {"tls", "tls"},         {"ssl-ca", "ssl-ca"},
    {"ssl_ca", "ssl-ca"},  {"ssl-cert", "ssl-cert"},  {"ssl_cert", "ssl-cert"}, {"ssl-key", "ssl-key"}, {"ssl_key", "ssl-key"},
    {"socket", "socket"},  {"unix_socket", "socket"}, {"charset", ""},          {"encoding", ""},       {"collation", ""},
    {"pool", ""},          {"pool_timeout", ""},      {"connection_limit", ""}, {"timeout", ""},        {"reconnect", ""},
    {"serverVersion", ""}, {"connect_timeout", ""}};
/// Options that are words of a url and of ~/.my.cnf under another name.
constexpr std::pair<const char*, const char*> kSame[] = {
    {"host", "host"},         {"port", "port"}, {"socket", "socket"},  {"database", "database"},  {"user", "user"},
    {"password", "password"}, {"tls", "tls"},   {"ca_file", "ssl-ca"}, {"cert_file", "ssl-cert"}, {"key_file", "ssl-key"},
};

[[noreturn]] void refuse_url(const std::string& why) {
  throw Error(ErrorKind::Invalid, "the store's `url` " + why,
              "write it as mysql://user@host:port/database, the password behind the user and a colon, with %40 for @, %2F for / and "
              "%3A for : in both");
}

bool is_ours(std::string_view url) { return url.starts_with("mysql://") || url.starts_with("mariadb://"); }

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    if (digits.size() < 2 || std::from_chars(digits.data(), digits.data() + 2, value, 16).ptr != digits.data() + 2) {
      refuse_url("has a % that no two hexadecimal digits follow");
    }
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

void put(Words& words, std::string_view name, std::string_view value) {
  if (!value.empty()) words[std::string(name)] = decoded(value);
}

void parse_parameters(std::string_view text, Words& words) {
  for (const std::string& parameter : split(text, '&')) {
    if (parameter.empty()) continue;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string name = parameter.substr(0, equals);
    const auto known = std::find_if(std::begin(kParameters), std::end(kParameters), [&](const auto& each) { return each.first == name; });
    if (known == std::end(kParameters)) refuse_url("has the parameter " + printable(name) + ", which means nothing here");
    if (!known->second.empty()) put(words, known->second, std::string_view(parameter).substr(std::min(equals + 1, parameter.size())));
  }
}

/// What a url says. Its own text is never part of a message: it may hold a password.
Words parse_url(std::string_view url) {
  if (!is_ours(url)) refuse_url("does not begin with mysql:// or mariadb://");
  Words out;
  std::string_view rest = url.substr(url.find("://") + 3);
  if (const std::size_t question = rest.find('?'); question != std::string_view::npos) {
    parse_parameters(rest.substr(question + 1), out);
    rest = rest.substr(0, question);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  put(out, "database", rest.substr(std::min(slash + 1, rest.size())));
  std::string_view place = rest.substr(0, slash);
  if (const std::size_t at = place.rfind('@'); at != std::string_view::npos) {
    const std::string_view account = place.substr(0, at);
    const std::size_t colon = std::min(account.find(':'), account.size());
    put(out, "user", account.substr(0, colon));
    put(out, "password", account.substr(std::min(colon + 1, account.size())));
    place = place.substr(at + 1);
  }
  if (place.starts_with('[')) {
    const std::size_t end = place.find(']');
    if (end == std::string_view::npos) refuse_url("has a [ without its ]");
    put(out, "host", place.substr(1, end - 1));
    place = place.substr(end + 1);
  }
  const std::size_t colon = std::min(place.find(':'), place.size());
  put(out, "host", place.substr(0, colon));
  put(out, "port", place.substr(std::min(colon + 1, place.size())));
  return out;
}

bool is_here(std::string_view host) { return host.empty() || host == "localhost" || host.starts_with("127.") || host == "::1"; }

std::string take(const Words& words, const char* name) {
  const auto found = words.find(name);
  return found == words.end() ? std::string() : found->second;
}

unsigned port_of(const std::string& text) {
  unsigned port = 0;
  if (text.empty()) return 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || port == 0 || port > 65535) {
    throw Error(ErrorKind::Invalid, "the store's port is " + printable(text), "give a number from 1 to 65535");
  }
  return port;
}

/// Off this machine nobody else may answer in the server's place, unless somebody says so.
Tls tls_of(const std::string& word, bool here) {
  if (word.empty()) return here ? Tls::Disable : Tls::VerifyFull;
  const std::string lower = to_lower(word);
  for (const auto& [name, meaning] : kTls) {
    if (name == lower) return meaning;
  }
  throw Error(ErrorKind::Invalid, "the store's url asks for the TLS mode " + printable(word) + ", which the client library does not have",
              "use disable, require, verify-ca or verify-full");
}

std::string authorities() {
  std::error_code ignored;
  for (const char* file : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}) {
    if (std::filesystem::exists(file, ignored)) return file;
  }
  return {};
}

std::string described(const Settings& settings, bool maria) {
  std::string out = std::string(maria ? "MariaDB" : "MySQL") + " database";
  if (!settings.database.empty()) out += " " + in_quotes(settings.database);
  if (settings.host.empty()) return out += settings.socket.empty() ? " on this machine" : " behind " + printable(settings.socket);
  return out += " on " + printable(settings.host) + (settings.port == 0 ? "" : " port " + std::to_string(settings.port));
}

}  // namespace

Settings read_settings(const OptionValues& options) {
  std::string url = options.text("url");
  // As every framework's own tools do; but a url of another database's is none of ours.
  const char* common = std::getenv("DATABASE_URL");
  const bool placed = options.has("host") || options.has("socket") || options.has("database");
  if (url.empty() && !placed && common != nullptr && is_ours(common)) url = common;
  Words words = url.empty() ? Words() : parse_url(url);
  for (const auto& [option, word] : kSame) {
    if (options.has(option)) words[word] = options.text(option);
  }
  for (const auto& [word, value] : own_client_options()) {
    // A socket is another place than the host that somebody named, and the other way round.
    const bool elsewhere = (word == "socket" || word == "host" || word == "port") && (words.contains("host") || words.contains("socket"));
    if (!elsewhere) words.emplace(word, value);
  }
  Settings out;
  out.host = take(words, "host");
  out.port = port_of(take(words, "port"));
  out.socket = take(words, "socket");
  // As everywhere: "localhost" is the socket, unless a port says that it is not.
  if (out.host == "localhost" && out.port == 0) out.host.clear();
  if (!out.socket.empty()) out.host.clear();
  out.user = take(words, "user");
  out.password = take(words, "password");
  out.database = take(words, "database");
  register_secret(out.password);
  out.tls = tls_of(take(words, "tls"), is_here(out.host));
  out.ca_file = take(words, "ssl-ca");
  if (out.ca_file.empty() && out.tls >= Tls::VerifyCa) out.ca_file = authorities();
  out.cert_file = take(words, "ssl-cert");
  out.key_file = take(words, "ssl-key");
  out.connect_timeout = options.duration("connect_timeout");
  out.statement_timeout = options.duration("statement_timeout");
  out.busy_timeout = options.duration("busy_timeout");
  out.one_node = options.boolean("one_node");
  out.shown = described(out, url.starts_with("mariadb://"));
  return out;
}

}  // namespace lockstep::mysql
