#include "rest/raw.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep::rest {
namespace {

/// Keys with their quotes, values as they stand.
using Members = std::vector<std::pair<std::string_view, std::string_view>>;

/// A value from its first to its last byte.
std::string_view raw_of(simdjson::ondemand::value value) {
  const simdjson::ondemand::json_type type = value.type();
  if (type == simdjson::ondemand::json_type::object) {
    simdjson::ondemand::object object = value.get_object();
    return trim(std::string_view(object.raw_json()));
  }
  if (type == simdjson::ondemand::json_type::array) {
    simdjson::ondemand::array array = value.get_array();
    return trim(std::string_view(array.raw_json()));
  }
  return trim(value.raw_json_token());
}

/// What stands between the quotes.
std::string_view raw_of(simdjson::ondemand::raw_json_string key) {
  const char* const begin = key.raw();
  const char* end = begin;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// `text` is proper JSON with SIMDJSON_PADDING readable bytes behind.
void lay(const simdjson::padded_string& text, Members& members) {
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document = parser.iterate(text);
  for (simdjson::ondemand::field field : document.get_object()) {
    const std::string_view key = raw_of(field.key());
    const std::string_view value = raw_of(field.value());
    const auto known = std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.first == key; });
    if (known != members.end()) {
      known->second = value;
    } else {
      members.emplace_back(key, value);
    }
  }
}

}  // namespace

void overlay(const std::vector<std::string_view>& layers, std::string& out) {
  std::vector<simdjson::padded_string> texts;
  texts.reserve(layers.size());
  Members members;
  for (const std::string_view layer : layers) {
    // Slices of a list are not looked into; what is put together here must be whole.
    if (json::parse(layer).object() == nullptr) throw Error(ErrorKind::Corrupt, "no JSON object");
    texts.emplace_back(layer);
    lay(texts.back(), members);
  }
  char separator = '{';
  for (const auto& [key, value] : members) {
    out += separator;
    out.append("\"").append(key).append("\":").append(value);
    separator = ',';
  }
  out += members.empty() ? "{}" : "}";
}

std::string raw_at(std::string_view text, const Steps& steps) {
  if (steps.empty()) return std::string(trim(text));
  const simdjson::padded_string padded(text);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document = parser.iterate(padded);
  simdjson::ondemand::value here;
  if (document.find_field_unordered(steps.front()).get(here) != simdjson::SUCCESS) return {};
  for (std::size_t i = 1; i < steps.size(); ++i) {
    simdjson::ondemand::value inner;
    if (here.type() != simdjson::ondemand::json_type::object || here.find_field_unordered(steps[i]).get(inner) != simdjson::SUCCESS)
      return {};
    here = inner;
  }
  return std::string(raw_of(here));
}

std::vector<std::string> names_of(std::string_view item) {
  try {
    std::vector<std::string> names;
    const simdjson::padded_string padded(item);
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document = parser.iterate(padded);
    for (simdjson::ondemand::field field : document.get_object()) names.emplace_back(std::string_view(field.unescaped_key()));
    return names;
  } catch (const simdjson::simdjson_error& error) {
    throw Error(ErrorKind::Corrupt, std::string("not a JSON object: ") + error.what());
  }
}

}  // namespace lockstep::rest
