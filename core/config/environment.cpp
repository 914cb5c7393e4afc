#include "config/environment.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "common/error.h"
#include "common/text.h"
#include "common/trust.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

bool is_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

char unescaped(char c) {
  if (c == 'n') return '\n';
  if (c == 't') return '\t';
  return c;
}

/// The text between quotes that starts at `text[0]`; nullopt when the quote never closes or something but a comment follows.
std::optional<std::string> quoted_value(std::string_view text) {
  const char quote = text.front();
  std::string value;
  std::size_t at = 1;
  for (; at < text.size() && text[at] != quote; ++at) {
    const bool escape = quote == '"' && text[at] == '\\' && at + 1 < text.size();
    value += escape ? unescaped(text[++at]) : text[at];
  }
  if (at >= text.size()) return std::nullopt;
  const std::string_view rest = trim(text.substr(at + 1));
  if (!rest.empty() && rest.front() != '#') return std::nullopt;
  return value;
}

std::string bare_value(std::string_view text) {
  // A comment needs a blank before it: "p#ss" is a value.
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '#' && (text[at - 1] == ' ' || text[at - 1] == '\t')) return std::string(trim(text.substr(0, at)));
  }
  return text.starts_with('#') ? std::string() : std::string(trim(text));
}

std::optional<std::pair<std::string, std::string>> assignment(std::string_view line) {
  if (line.starts_with("export ") || line.starts_with("export\t")) line = trim(line.substr(7));
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = trim(line.substr(0, equals));
  const std::string_view text = trim(line.substr(equals + 1));
  if (!is_name(name)) return std::nullopt;
  if (text.empty() || (text.front() != '"' && text.front() != '\'')) return std::pair{std::string(name), bare_value(text)};
  std::optional<std::string> value = quoted_value(text);
  if (!value) return std::nullopt;
  return std::pair{std::string(name), std::move(*value)};
}

/// Who can write the file, or exchange it for another, chooses where keys go.
void refuse_strangers(const fs::path& file) {
  struct stat there {
  }, link{};
  if (stat(file.c_str(), &there) != 0 || lstat(file.c_str(), &link) != 0) return;
  auto why = distrust_of(there, file);
  if (!why && S_ISLNK(link.st_mode) && link.st_uid != 0 && link.st_uid != geteuid())
    why = "is a link that belongs to another user (uid " + std::to_string(link.st_uid) + ")";
  if (!why) return;
  throw Error(ErrorKind::Invalid, fs::absolute(file).lexically_normal().string() + " is not read: it " + *why,
              "make it yours alone (chown, chmod 600), or remove it");
}

}  // namespace

std::map<std::string, std::string, std::less<>> parse_dotenv(std::string_view text, const std::string& shown,
                                                             std::vector<std::string>& warnings) {
  std::map<std::string, std::string, std::less<>> values;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::size_t number = 0;
  for (const std::string& raw : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.empty() || line.front() == '#') continue;
    if (auto found = assignment(line)) {
      values[found->first] = std::move(found->second);
    } else {
      warnings.push_back(shown + ":" + std::to_string(number) + ": not understood and skipped; expected NAME=value");
    }
  }
  return values;
}

Environment::Environment()
    : real_([](std::string_view name) -> std::optional<std::string> {
        const char* value = std::getenv(std::string(name).c_str());
        if (value == nullptr) return std::nullopt;
        return std::string(value);
      }) {}

std::optional<std::string> Environment::get(std::string_view name) const {
  if (auto value = real_(name)) return value;
  const auto found = file_.find(name);
  if (found == file_.end()) return std::nullopt;
  return found->second;
}

void Environment::read_dotenv(const fs::path& file, bool ours) {
  std::error_code failure;
  if (has_file_ || !fs::is_regular_file(fs::status(file, failure))) return;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    warnings_.push_back(fs::absolute(file).lexically_normal().string() + " cannot be read: " + std::strerror(errno));
    return;
  }
  refuse_strangers(file);
  has_file_ = true;
  ours_ = ours;
  shown_ = file.string();
  std::ostringstream text;
  text << in.rdbuf();
  file_ = parse_dotenv(text.str(), file.string(), warnings_);
  const fs::perms others = fs::perms::group_read | fs::perms::others_read;
  if ((fs::status(file, failure).permissions() & others) != fs::perms::none) {
    warnings_.push_back(file.string() + " can be read by other users; run: chmod 600 " + file.string());
  }
}

std::optional<std::string> Environment::doubt_of(std::string_view name) const {
  if (ours_ || real_(name) || !file_.contains(name)) return std::nullopt;
  return fs::absolute(shown_).lexically_normal().string() + " sets " + std::string(name) +
         ", and of a .env that is not the configuration's own only secrets are taken";
}

}  // namespace lockstep
