#include "http/url.h"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/URI.h>

#include <array>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"

namespace lockstep::http {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string why, std::string hint = "write it as https://host") {
  throw Error(ErrorKind::Invalid, "base_url \"" + printable(redact(text)) + "\" " + std::move(why), std::move(hint));
}

bool looks_secret(std::string_view parameter) {
  static constexpr std::array<std::string_view, 6> kWords{"key", "token", "secret", "password", "auth", "signature"};
  const std::string name = to_lower(parameter);
  for (const std::string_view word : kWords) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

Poco::URI parse_uri(std::string_view text) {
  try {
    return Poco::URI(std::string(text));
  } catch (const Poco::Exception&) {
    refuse(text, "is no URL");
  }
}

}  // namespace

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  const bool usual = port == (secure() ? 443 : 80);
  return usual ? name : name + ":" + std::to_string(port);
}

std::string Url::origin() const { return scheme + "://" + authority(); }

Url parse_base_url(std::string_view text) {
  const Poco::URI uri = parse_uri(trim(text));
  Url url;
  url.scheme = to_lower(uri.getScheme());
  url.host = to_lower(uri.getHost());
  url.port = uri.getPort();
  url.path = uri.getPath();
  if (url.scheme != "https" && url.scheme != "http") refuse(text, "is neither https:// nor http://");
  if (url.host.empty() || url.port == 0) refuse(text, "names no host");
  if (!uri.getUserInfo().empty()) refuse(text, "holds a user name", "give the key by its own option");
  if (!uri.getQuery().empty() || !uri.getFragment().empty()) refuse(text, "holds a query or a fragment");
  if (!url.secure() && !is_loopback(url.host)) refuse(text, "would send the key in clear text", "use https://");
  while (!url.path.empty() && url.path.back() == '/') url.path.pop_back();
  return url;
}

bool is_loopback(std::string_view host) {
  if (equal_ignore_case(host, "localhost")) return true;
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(std::string(host), address) && address.isLoopback();
}

std::string encode_component(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out;
}

std::string with_query(std::string_view path, std::span<const std::pair<std::string, std::string>> parameters) {
  std::string out(path);
  char separator = path.find('?') == std::string_view::npos ? '?' : '&';
  for (const auto& [name, value] : parameters) {
    out += separator;
    out += encode_component(name) + "=" + encode_component(value);
    separator = '&';
  }
  return out;
}

std::string loggable_target(std::string_view target) {
  const std::size_t question = target.find('?');
  std::string out(target.substr(0, question));
  if (question != std::string_view::npos) {
    char separator = '?';
    for (const std::string& parameter : split(target.substr(question + 1), '&')) {
      const std::size_t equals = parameter.find('=');
      const bool masked = equals != std::string::npos && looks_secret(std::string_view(parameter).substr(0, equals));
      out += separator + (masked ? parameter.substr(0, equals) + "=[redacted]" : parameter);
      separator = '&';
    }
  }
  return printable(redact(out));
}

}  // namespace lockstep::http
