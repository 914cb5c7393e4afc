#include "rest/mask.h"

#include <algorithm>
#include <vector>

#include "common/error.h"
#include "common/log.h"
#include "common/spelling.h"
#include "common/text.h"
#include "format/json.h"
#include "format/path_patterns.h"
#include "format/secret_names.h"

namespace lockstep::rest {
namespace {

constexpr std::string_view kMask = "[set]";
constexpr std::size_t kShortestText = 6;

/// Places of a resource count from its items, which may lie anywhere in a body.
PathPatterns patterns_of(std::span<const std::string> secrets) {
  std::vector<std::string> patterns(secret_names().begin(), secret_names().end());
  for (const std::string& secret : secrets) {
    const bool out = secret.starts_with('!');
    const std::string place = out ? secret.substr(1) : secret;
    patterns.push_back((out ? "!" : "") + (place.starts_with("**") ? place : "**." + place));
  }
  return PathPatterns(patterns);
}

/// A flag tells nothing that must not be told.
bool hide(Json& value, const PathPatterns::Steps&) {
  if (value.boolean() == nullptr) value = Json(kMask);
  return false;
}

void add_texts(const Json& value, std::vector<std::string>& texts) {
  if (value.text() != nullptr && value.text()->size() >= kShortestText) {
    for (std::string& spelling : spellings(*value.text())) texts.push_back(std::move(spelling));
  } else if (value.array() != nullptr) {
    for (const Json& element : *value.array()) add_texts(element, texts);
  } else if (value.object() != nullptr) {
    for (const Json::Member& member : *value.object()) add_texts(member.second, texts);
  }
}

}  // namespace

std::string masked_body(std::string_view body, std::span<const std::string> secrets) {
  try {
    Json root = json::parse(body);
    const PathPatterns patterns = patterns_of(secrets);
    patterns.visit(root, patterns.root(), hide);
    return redact(json::to_text(root));
  } catch (const Error&) {
    return "(no JSON) " + printable(ellipsize(redact(body), 500));
  }
}

std::vector<std::string> secret_texts(std::string_view body, std::span<const std::string> secrets) {
  std::vector<std::string> texts;
  Json root = json::parse(body);
  const PathPatterns patterns = patterns_of(secrets);
  patterns.visit(root, patterns.root(), [&](Json& value, const PathPatterns::Steps&) {
    add_texts(value, texts);
    return false;
  });
  // A text that holds another one goes first.
  std::sort(texts.begin(), texts.end(), [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  return texts;
}

std::string without_texts(std::string_view text, std::span<const std::string> texts) {
  std::string out(text);
  for (const std::string& each : texts) out = replace_all(std::move(out), each, "[redacted]");
  return out;
}

}  // namespace lockstep::rest
