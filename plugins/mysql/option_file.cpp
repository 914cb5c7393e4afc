#include "option_file.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "common/text.h"

namespace lockstep::mysql {
namespace {

constexpr std::string_view kTaken[] = {"host", "port", "socket", "user", "password", "database", "ssl-ca", "ssl-cert", "ssl-key"};

/// What stands behind the sign of equality: in quotes or not, with the escapes that such files have.
std::string unquoted(std::string_view text) {
  text = trim(text);
  if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
    const std::size_t end = text.find(text.front(), 1);
    if (end != std::string_view::npos) text = text.substr(1, end - 1);
  } else if (const std::size_t comment = text.find(" #"); comment != std::string_view::npos) {
    text = trim(text.substr(0, comment));
  }
  constexpr std::string_view kLetters = "btnrs\\", kMeant = "\b\t\n\r \\";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t escape = text[i] == '\\' && i + 1 < text.size() ? kLetters.find(text[i + 1]) : std::string_view::npos;
    out += escape == std::string_view::npos ? text[i] : kMeant[escape];
    if (escape != std::string_view::npos) ++i;
  }
  return out;
}

}  // namespace

std::map<std::string, std::string> client_options(std::string_view text) {
  std::map<std::string, std::string> out;
  bool ours = false;
  for (const std::string& each : split(text, '\n')) {
    const std::string_view line = trim(each);
    if (line.starts_with('[')) ours = line == "[client]";
    const std::size_t equals = line.find('=');
    if (!ours || equals == std::string_view::npos) continue;
    const std::string name = replace_all(std::string(trim(line.substr(0, equals))), "_", "-");
    if (std::find(std::begin(kTaken), std::end(kTaken), name) != std::end(kTaken)) out[name] = unquoted(line.substr(equals + 1));
  }
  return out;
}

std::map<std::string, std::string> own_client_options() {
  const char* home = std::getenv("HOME");
  if (home == nullptr) return {};
  std::ifstream file(std::string(home) + "/.my.cnf", std::ios::binary);
  return client_options(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace lockstep::mysql
