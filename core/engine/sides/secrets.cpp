#include "engine/sides/secrets.h"

#include <algorithm>
#include <cstring>

#include "common/text.h"
#include "format/json.h"
#include "format/secret_names.h"

namespace lockstep {
namespace {

constexpr std::string_view kMaskBegins = "[secret";
constexpr std::size_t kShortestKey = 12;

bool is_set_at(const Json& document, std::span<const std::string> steps) {
  const Json* here = &document;
  for (std::size_t i = 0; i < steps.size() && here != nullptr; ++i) {
    if (steps[i] == "*" && here->array() != nullptr) {
      return std::any_of(here->array()->begin(), here->array()->end(),
                         [&](const Json& element) { return is_set_at(element, steps.subspan(i + 1)); });
    }
    here = here->find(steps[i]);
  }
  return here != nullptr && !here->is_null();
}

std::vector<std::string> patterns_of(const Resource& resource, const Mapping& mapping) {
  std::vector<std::string> patterns = secret_patterns_of(resource);
  patterns.insert(patterns.end(), mapping.secrets().begin(), mapping.secrets().end());
  return patterns;
}

}  // namespace

bool SecretPaths::holds_mask(std::string_view text) { return text.find(kMaskBegins) != std::string_view::npos; }

bool SecretPaths::holds_old_mask(std::string_view text) { return text.find("[secret]") != std::string_view::npos; }

bool SecretPaths::is_masked(std::size_t ordinal, std::string_view text) const {
  return may_be_secret(ordinal) ? holds_mask(text) : is_secret_mask(text);
}

std::string SecretPaths::mask_of(const Json& secret) const {
  // What stands for a secret in a document that was masked before stands for it still.
  if (secret.text() != nullptr && is_secret_mask(*secret.text())) return *secret.text();
  return mask_of_secret(hasher_, json::canonical(secret));
}

void SecretPaths::set_key(const std::string& key) {
  hasher_ = KeyedHasher(key);
  forget_maskers();
}

void SecretPaths::set_keys_of_ours(std::vector<std::string> keys) {
  std::erase_if(keys, [](const std::string& key) { return key.size() < kShortestKey; });
  ours_ = std::move(keys);
  ours_may_be_escaped_ = std::any_of(ours_.begin(), ours_.end(), [](const std::string& key) {
    return std::any_of(key.begin(), key.end(),
                       [](char c) { return c == '"' || c == '\\' || c == '/' || static_cast<unsigned char>(c) < 0x20; });
  });
  forget_maskers();
}

void SecretPaths::forget_maskers() {
  const std::lock_guard lock(mutex_);
  idle_.clear();
}

bool SecretPaths::holds_key_of_ours(std::string_view text) const {
  return std::any_of(ours_.begin(), ours_.end(), [&](const std::string& key) {
    return text.size() >= key.size() && memmem(text.data(), text.size(), key.data(), key.size()) != nullptr;
  });
}

bool SecretPaths::may_hold_key_of_ours(std::string_view json) const {
  if (ours_.empty()) return false;
  const bool hidden = json.find(ours_may_be_escaped_ ? "\\" : "\\u") != std::string_view::npos;
  return hidden || holds_key_of_ours(json);
}

SecretPaths::SecretPaths(const Resource& resource, const Mapping& mapping)
    : patterns_(patterns_of(resource, mapping)), starts_{patterns_.root()} {
  for (const Field& field : mapping.fields()) {
    FieldSecrets secrets;
    secrets.place = field.whole ? patterns_.root() : patterns_.at(field.from);
    secrets.whole = field.secret || field.write_only || secrets.place.is_named();
    secrets.inside = field.type == FieldType::Json && patterns_.may_name_inside(secrets.place);
    starts_.push_back(secrets.place);
    if (secrets.whole || field.whole) {
      always_.push_back(fields_.size());
    } else {
      by_member_[field.from.top()].push_back(fields_.size());
      if (!field.other.empty()) by_member_[field.other].push_back(fields_.size());
    }
    fields_.push_back(std::move(secrets));
  }
}

std::vector<std::string> SecretPaths::missing(const Json& before, const Json& after) const {
  std::vector<std::string> missing;
  Json document = before;
  patterns_.visit(document, patterns_.root(), [&](Json&, const Steps& place) {
    const std::string dotted = join(place, ".");
    const bool told = std::find(missing.begin(), missing.end(), dotted) != missing.end();
    if (!told && !is_set_at(after, place)) missing.push_back(dotted);
    return false;
  });
  return missing;
}

void SecretPaths::remove_from(Json& document) const {
  patterns_.visit(document, patterns_.root(), [](Json&, const Steps&) { return true; });
}

std::optional<Masker::Masked> SecretPaths::masked(std::string_view json, std::size_t start, Arena& arena) const {
  std::unique_ptr<Masker> masker;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      masker = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!masker) masker = std::make_unique<Masker>(Masker::Parts{patterns_, starts_, hasher_, ours_});
  std::optional<Masker::Masked> found = masker->mask(json, start);
  if (found) {
    found->text = arena.copy(found->text);
    for (std::string_view& member : found->members) member = arena.copy(member);
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(masker));
  return found;
}

std::optional<Masker::Masked> SecretPaths::masked_document(std::string_view raw, Arena& arena) const {
  return may_hold(raw) ? masked(raw, kDocument, arena) : std::nullopt;
}

std::string_view SecretPaths::mask_document(std::string_view raw, Arena& arena) const {
  const auto found = masked_document(raw, arena);
  return found ? found->text : raw;
}

std::string SecretPaths::mask_document(std::string_view raw) const {
  Arena arena;
  return std::string(mask_document(raw, arena));
}

std::span<Value> SecretPaths::mask_row(std::span<const Value> row, std::span<const std::string_view> members, Arena& arena) const {
  std::span<Value> out = arena.make<Value>(row.size());
  std::copy(row.begin(), row.end(), out.begin());
  const auto mask_fields = [&](const std::vector<std::size_t>& ordinals) {
    for (const std::size_t ordinal : ordinals) out[ordinal] = mask(ordinal, row[ordinal], arena, From::Mapper);
  };
  mask_fields(always_);
  for (const std::string_view member : members) {
    if (const auto found = by_member_.find(member); found != by_member_.end()) mask_fields(found->second);
  }
  return out;
}

Value SecretPaths::mask(std::size_t ordinal, const Value& value, Arena& arena) const { return mask(ordinal, value, arena, From::Anywhere); }

Value SecretPaths::mask(std::size_t ordinal, const Value& value, Arena& arena, From from) const {
  const FieldSecrets& secrets = fields_[ordinal];
  if (value.is_nothing()) return value;
  if (value.is_unreadable() && is_secret_mask(value.as_view())) return value;
  const auto mask = [&] {
    const bool is_container = from == From::Mapper && value.tag() == Value::Tag::Json && value.as_view().find_first_of("{[") == 0;
    return arena.copy(is_container ? mask_of_secret(hasher_, value.as_view()) : mask_of(json::from_value(value)));
  };
  if (secrets.whole) return value.is_unreadable() ? Value::unreadable(value.storage(), mask()) : Value::text(mask());
  // Nobody knows where in it a secret stands, only that it has none of their names.
  if (value.is_unreadable()) {
    const bool may_be = (secrets.inside && patterns_.may_name_in_bytes(value.as_view())) || holds_key_of_ours(value.as_view());
    return may_be ? Value::unreadable(value.storage(), mask()) : value;
  }
  if (value.tag() == Value::Tag::Text && holds_key_of_ours(value.as_view())) return Value::text(mask());
  if (!secrets.inside || value.tag() != Value::Tag::Json) return value;
  if (from == From::Anywhere && !may_hold(value.as_view())) return value;
  try {
    const auto text = masked(value.as_view(), ordinal + 1, arena);
    if (!text) return value;
    return Value::json(from == From::Mapper ? text->text : arena.copy(json::canonical(text->text)));
  } catch (const Error&) {
    return Value::unreadable(Value::Storage::Text, mask());
  }
}

std::optional<Value> SecretPaths::unmask(std::size_t ordinal, const Value& masked, std::span<const Value> known) const {
  if (!is_masked(ordinal, masked)) return masked;
  Arena scratch;
  for (const Value& value : known) {
    if (identical(mask(ordinal, value, scratch), masked)) return value;
  }
  return std::nullopt;
}

}  // namespace lockstep
