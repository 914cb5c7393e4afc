// A `.env` of any bytes: each line is a value under a proper name or told by its number, never by what it holds, and what was read can be
// written and is read again the same.
#include <algorithm>
#include <cctype>

#include "config/environment.h"
#include "fuzz/law.h"

namespace lockstep::fuzz {
namespace {

bool is_name(std::string_view name) {
  const auto fits = [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '_'); };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 && std::all_of(name.begin(), name.end(), fits);
}

std::string in_double_quotes(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? "\\n" : std::string(1, c);
  }
  return out + "\"";
}

void read(std::string_view text) {
  std::vector<std::string> warnings;
  const auto values = parse_dotenv(text, "e", warnings);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  law(values.size() + warnings.size() <= lines, "a line is one value or one warning", text);
  for (const std::string& warning : warnings) {
    const std::size_t digits = warning.find_first_not_of("0123456789", 2);
    law(warning.starts_with("e:") && digits > 2 && warning.substr(digits) == ": not understood and skipped; expected NAME=value",
        "a warning tells the line's number and nothing of it", warning);
  }
  std::string written;
  for (const auto& [name, value] : values) {
    law(is_name(name), "names are those of variables", name);
    written += "export " + name + "=" + in_double_quotes(value) + " # told\n";
  }
  law(parse_dotenv(written, "e", warnings = {}) == values && warnings.empty(), "what was read is written and read again", written);
}

}  // namespace
}  // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lockstep::fuzz::read(lockstep::fuzz::text_of(data, size));
  return 0;
}
