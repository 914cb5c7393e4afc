// Values → JSON and back, unreadable ones included: nothing that a database holds makes this fail.
#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <sstream>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep::json {
namespace {

using Storage = Value::Storage;

constexpr std::string_view kName = "unreadable";
constexpr std::string_view kTextInBase64 = "text_base64";
/// By Storage.
constexpr std::array<std::string_view, 4> kWords{"text", "blob", "integer", "real"};

std::string_view word_of(Storage storage) { return kWords.at(static_cast<std::size_t>(storage)); }

std::optional<Storage> storage_of(std::string_view word) {
  if (word == kTextInBase64) return Storage::Text;
  const auto* const found = std::find(kWords.begin(), kWords.end(), word);
  return found == kWords.end() ? std::nullopt : std::optional(static_cast<Storage>(found - kWords.begin()));
}

std::string base64(std::string_view bytes) {
  std::ostringstream out;
  Poco::Base64Encoder encoder(out, Poco::BASE64_NO_PADDING);
  encoder.rdbuf()->setLineLength(0);
  encoder.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  encoder.close();
  return out.str();
}

std::string from_base64(const std::string& text) {
  std::istringstream in(text);
  Poco::Base64Decoder decoder(in, Poco::BASE64_NO_PADDING);
  return {std::istreambuf_iterator<char>(decoder), std::istreambuf_iterator<char>()};
}

/// The name of the only member when it is "$unreadable" with any number of "$"; else nullptr.
const Json::Member* marked(const Json& json) {
  const Json::Object* members = json.object();
  if (members == nullptr || members->size() != 1) return nullptr;
  const std::string_view name = members->front().first;
  const std::size_t dollars = name.find_first_not_of('$');
  return dollars != 0 && dollars != std::string_view::npos && name.substr(dollars) == kName ? &members->front() : nullptr;
}

Json unreadable(Storage storage, std::string_view bytes) {
  const bool plain = storage != Storage::Blob && is_utf8(bytes);
  const std::string_view key = storage == Storage::Text && !plain ? kTextInBase64 : word_of(storage);
  Json out{Json::Object{}};
  out["$unreadable"][key] = plain ? Json(bytes) : Json(base64(bytes));
  return out;
}

/// The JSON of a value, nullopt where it is unreadable.
std::optional<Json> read(const Value& value) {
  switch (value.tag()) {
    case Value::Tag::Absent:
    case Value::Tag::Null: return nullptr;
    case Value::Tag::Bool: return value.as_bool();
    case Value::Tag::Int: return value.as_integer();
    case Value::Tag::Real: return value.as_real();
    case Value::Tag::Text: return is_utf8(value.as_view()) ? std::optional<Json>(value.as_view()) : std::nullopt;
    case Value::Tag::Unreadable: return std::nullopt;
    case Value::Tag::Number:
    case Value::Tag::Json: break;
  }
  try {
    return parse(value.as_view());
  } catch (const Error&) {
    return std::nullopt;
  }
}

Json unreadable(const Value& value) { return unreadable(value.is_unreadable() ? value.storage() : Storage::Text, value.as_view()); }

}  // namespace

Json from_value(const Value& value) {
  std::optional<Json> json = read(value);
  return json ? std::move(*json) : unreadable(value);
}

Json to_kept(const Value& value) {
  std::optional<Json> json = read(value);
  if (!json) return unreadable(value);
  const Json::Member* looks_alike = marked(*json);
  if (looks_alike == nullptr) return std::move(*json);
  return Json::Object{{"$" + looks_alike->first, looks_alike->second}};
}

Value from_kept(const Json& json, Arena& arena) {
  const Json::Member* mark = marked(json);
  if (mark == nullptr) return to_value(json, arena);
  if (!is_unreadable(json)) return to_value(Json::Object{{mark->first.substr(1), mark->second}}, arena);
  const auto& [word, held] = mark->second.object()->front();
  const Storage storage = *storage_of(word);
  const bool encoded = storage == Storage::Blob || word == kTextInBase64;
  return Value::unreadable(storage, arena.copy(encoded ? from_base64(*held.text()) : *held.text()));
}

Json to_readable(const Value& value) {
  std::optional<Json> json = read(value);
  if (json) return std::move(*json);
  return to_display(value.is_unreadable() ? value : Value::unreadable(Storage::Text, value.as_view()));
}

bool is_unreadable(const Json& kept) {
  const Json::Member* mark = marked(kept);
  if (mark == nullptr || mark->first.size() != kName.size() + 1) return false;
  const Json::Object* members = mark->second.object();
  if (members == nullptr || members->size() != 1 || members->front().second.text() == nullptr) return false;
  return storage_of(members->front().first).has_value();
}

}  // namespace lockstep::json
