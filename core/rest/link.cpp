#include "rest/link.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"

namespace lockstep::rest {
namespace {

/// The value of the parameter `rel` among `;name=value` up to the end of this link; what follows stays in `text`.
std::string relation(std::string_view& text) {
  std::string found;
  while (!text.empty() && text.front() != ',') {
    text.remove_prefix(1);
    const std::size_t end = std::min(text.find_first_of("=;,"), text.size());
    const std::string name = to_lower(trim(text.substr(0, end)));
    text.remove_prefix(end);
    if (!text.starts_with('=')) continue;
    text.remove_prefix(1);
    const bool quoted = text.starts_with('"');
    if (quoted) text.remove_prefix(1);
    const std::size_t close = std::min(text.find_first_of(quoted ? "\"" : ";,"), text.size());
    if (name == "rel" && found.empty()) found = text.substr(0, close);
    text.remove_prefix(std::min(text.size(), close + (quoted ? 1 : 0)));
    text.remove_prefix(std::min(text.find_first_of(";,"), text.size()));
  }
  return to_lower(found);
}

[[noreturn]] void refuse(std::string_view address, const std::string& why) {
  throw Error(ErrorKind::Corrupt, "the next page is said to be at \"" + printable(ellipsize(redact(address), 200)) + "\", " + why,
              "check base_url");
}

}  // namespace

std::string next_link(const std::vector<std::string_view>& headers) {
  for (std::string_view text : headers) {
    while (!text.empty()) {
      const std::size_t open = text.find('<');
      const std::size_t close = open == std::string_view::npos ? open : text.find('>', open);
      if (close == std::string_view::npos) break;
      std::string address(trim(text.substr(open + 1, close - open - 1)));
      text.remove_prefix(close + 1);
      text.remove_prefix(std::min(text.find_first_of(";,"), text.size()));
      const std::vector<std::string> relations = split(relation(text), ' ');
      if (std::find(relations.begin(), relations.end(), "next") != relations.end()) return address;
    }
  }
  return {};
}

std::string target_of_link(std::string_view address, const http::Url& base, std::string_view path) {
  try {
    const Poco::URI here(base.origin() + base.path + std::string(path));
    const Poco::URI there(here, std::string(trim(address)));
    if (!equal_ignore_case(there.getHost(), here.getHost())) refuse(address, "another host than " + base.host);
    return there.getPathAndQuery();
  } catch (const Poco::Exception&) {
    refuse(address, "which is no address");
  }
}

std::string without_parameter(std::string_view target, std::string_view name) {
  const std::size_t question = target.find('?');
  std::string out(target.substr(0, question));
  if (question == std::string_view::npos) return out;
  char separator = '?';
  for (const std::string& parameter : split(target.substr(question + 1), '&')) {
    if (std::string_view(parameter).substr(0, parameter.find('=')) == name) continue;
    out += separator + parameter;
    separator = '&';
  }
  return out;
}

}  // namespace lockstep::rest
