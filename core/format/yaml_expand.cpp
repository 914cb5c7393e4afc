#include "format/yaml_expand.h"

#include <filesystem>
#include <fstream>

#include "common/log.h"
#include "format/path_patterns.h"
#include "format/secret_names.h"

namespace lockstep::yaml {
namespace {

constexpr std::uintmax_t kLargestFile = 64 * 1024;
constexpr int kMostNested = 8;

bool is_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  for (const char byte : text) {
    const bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
    if (!letter) return false;
  }
  return true;
}

/// Position of the brace that closes the one before `at`, counting those of nested `${`.
std::size_t closing_brace(std::string_view text, std::size_t at) {
  int open = 1;
  for (; at < text.size(); ++at) {
    if (text.substr(at, 2) == "${") ++open;
    if (text[at] == '}' && --open == 0) return at;
  }
  return std::string_view::npos;
}

/// VAPI_API_KEY, SMTP_PASSWORD.
bool names_secret(std::string_view variable) {
  static const PathPatterns names(secret_names());
  return names.member(names.root(), variable).is_named();
}

class Expander {
 public:
  Expander(const Place& place, const std::string& folder, const Environment& environment, Problems& problems,
           std::vector<std::string>& variables)
      : place_(place), folder_(folder), environment_(environment), problems_(problems), variables_(variables) {}

  std::string expand(std::string_view text, int nested) {
    std::string out;
    while (true) {
      const std::size_t open = text.find("${");
      if (open == std::string_view::npos) break;
      const bool escaped = open > 0 && text[open - 1] == '$';
      out += text.substr(0, escaped ? open - 1 : open);
      if (escaped) {
        out += "${";
        text.remove_prefix(open + 2);
        continue;
      }
      const std::size_t close = closing_brace(text, open + 2);
      if (close == std::string_view::npos) {
        problems_.add(place_, "a ${ is not closed by }; write $${ for a plain ${");
        return out;
      }
      out += one(text.substr(open + 2, close - open - 2), nested);
      text.remove_prefix(close + 1);
    }
    return out += text;
  }

 private:
  std::string one(std::string_view inside, int nested) {
    if (inside.starts_with("file:")) return read(std::string(inside.substr(5)));
    const std::size_t split = inside.find(":-");
    const std::string_view name = inside.substr(0, split);
    if (!is_name(name)) {
      problems_.add(place_, "\"${" + std::string(inside) + "}\" is no variable; write ${NAME}, ${NAME:-default} or ${file:/path}");
      return {};
    }
    std::optional<std::string> value = environment_ ? environment_(name) : std::nullopt;
    if (value && names_secret(name)) register_secret(*value);
    if (value && !value->empty()) variables_.emplace_back(name);
    if (split == std::string_view::npos || (value && !value->empty())) return value.value_or("");
    if (nested < kMostNested) return expand(inside.substr(split + 2), nested + 1);
    problems_.add(place_, "defaults are nested deeper than " + std::to_string(kMostNested));
    return {};
  }

  std::string read(const std::string& name) {
    namespace fs = std::filesystem;
    const fs::path path = fs::path(name).is_absolute() ? fs::path(name) : fs::path(folder_) / name;
    std::error_code failed;
    if (!fs::is_regular_file(path, failed)) return refuse(name, "is no file that can be read");
    if (fs::file_size(path, failed) > kLargestFile) return refuse(name, "is larger than 64 KiB");
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) return refuse(name, "cannot be read");
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    // Whoever keeps a value in a file of its own keeps it from being read.
    register_secret(text);
    return text;
  }

  std::string refuse(const std::string& name, std::string_view why) {
    problems_.add(place_, "the file \"" + name + "\" of ${file:…} " + std::string(why));
    return {};
  }

  const Place& place_;
  const std::string& folder_;
  const Environment& environment_;
  Problems& problems_;
  std::vector<std::string>& variables_;
};

}  // namespace

void expand(Node& node, const std::string& folder, const Environment& environment, Problems& problems) {
  if (node.kind == Node::Kind::Scalar && node.scalar.find("${") != std::string::npos) {
    node.scalar = Expander(node.place, folder, environment, problems, node.variables).expand(node.scalar, 0);
    node.from_environment = true;
  }
  for (Node& item : node.items) expand(item, folder, environment, problems);
  for (Node::Member& member : node.members) expand(member.value, folder, environment, problems);
}

}  // namespace lockstep::yaml
