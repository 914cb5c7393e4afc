// Patterns and masks on any bytes: lines of patterns, an empty line, a document. What is named is found, the quick look misses none of it,
// and nothing that is named is left once it was masked or taken out. What is printed holds no long part of a registered key.
#include <optional>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "format/json.h"
#include "format/path_patterns.h"
#include "fuzz/law.h"

namespace lockstep::fuzz {
namespace {

constexpr std::string_view kKey = "fz-0A1b2C3d4E5f6G7h8I9j";
constexpr std::size_t kLongest = 11;

std::optional<PathPatterns> patterns_of(std::string_view text) {
  const std::vector<std::string> lines = split(text, '\n');
  try {
    return PathPatterns(lines);
  } catch (const Error& error) {
    law(error.kind() == ErrorKind::Invalid, "what is no pattern is Invalid", error.what());
    law(error.message().size() < 2000 && is_utf8(error.message()), "a reason is short and readable", error.message());
    return std::nullopt;
  }
}

std::optional<Json> document_of(std::string_view text) {
  try {
    return json::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void check(const PathPatterns& patterns, const Json& document, std::string_view text) {
  std::size_t named = 0;
  Json masked = document;
  patterns.visit(masked, patterns.root(), [&](Json& value, const PathPatterns::Steps&) {
    law(!value.is_null(), "null is no value", text);
    value = Json("masked");
    ++named;
    return false;
  });
  law(named == 0 || patterns.root().is_named() || patterns.may_name_in(text), "the quick look misses nothing", text);
  law(named == 0 || patterns.root().is_named() || patterns.may_name_in(json::to_text(document)), "however it is spelled", text);
  law(named > 0 || masked == document, "what is not named stays", text);
  Json rest = document;
  patterns.visit(rest, patterns.root(), [](Json&, const PathPatterns::Steps&) { return true; });
  patterns.visit(rest, patterns.root(), [&](Json&, const PathPatterns::Steps&) {
    law(false, "what is named can be taken out", text);
    return false;
  });
}

void check_redaction(std::string_view text) {
  static const bool registered = (register_secret(kKey), true);
  const std::string seen = redact(text);
  law(registered && seen.size() <= text.size() * 10 + 16, "a mask is short", text);
  for (std::size_t at = 0; at + kLongest < kKey.size(); ++at) {
    law(seen.find(kKey.substr(at, kLongest + 1)) == std::string::npos, "no long part of a key is left", seen);
  }
}

}  // namespace
}  // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  using namespace lockstep::fuzz;
  const std::string_view text = text_of(data, size);
  check_redaction(text);
  const std::size_t gap = text.find("\n\n");
  const auto patterns = patterns_of(text.substr(0, gap));
  if (!patterns || gap == std::string_view::npos) return 0;
  const std::string_view rest = text.substr(gap + 2);
  if (const auto document = document_of(rest)) check(*patterns, *document, rest);
  patterns->may_name_in(rest);
  patterns->may_name_in_bytes(rest);
  return 0;
}
