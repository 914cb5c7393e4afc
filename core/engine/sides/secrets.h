// SecretPaths: which places of a document must never reach a log, a message, the journal or a state table, and their masking.
//
// A secret is a value like any other, but for being shown: in its place stands "[secret 5f3a…]", 16 digits of an HMAC-SHA-256 of its
// canonical JSON under the key of the database (lockstep_database). Equal secrets have equal masks; so masked values are compared, merged
// and remembered, and the secret itself is taken from the row or from the remote's document when it is written.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "data/resource.h"
#include "engine/sides/masker.h"
#include "format/path_patterns.h"
#include "mapping/mapping.h"

namespace lockstep {

/// Its const members may be called by several threads at once.
class SecretPaths {
 public:
  SecretPaths(const Resource& resource, const Mapping& mapping);

  /// The key of the masks; before the first call it is empty. Call it before any other thread uses this.
  void set_key(const std::string& key);
  /// Texts with one of these in them are secrets wherever they stand: the keys of this program. Short ones are left out.
  void set_keys_of_ours(std::vector<std::string> keys);
  /// A mask, or a text that holds one.
  static bool holds_mask(std::string_view text);
  /// A mask without digits, as bases of version 0.1.0 keep it: it says that the secret is set, and no more.
  static bool holds_old_mask(std::string_view text);

  /// False when `raw` certainly holds none of the secret keys; a quick look at the text, no parsing.
  bool may_hold(std::string_view raw) const { return patterns_.may_name_in(raw) || may_hold_key_of_ours(raw); }
  /// The document with each secret that is set replaced by its mask, and otherwise as it is, byte for byte. Bytes go into `arena` when
  /// there is one. Throws as json::parse() does.
  std::string_view mask_document(std::string_view raw, Arena& arena) const;
  /// The same, with what mask_row() asks for; nullopt where the document has no secret that is not masked.
  std::optional<Masker::Masked> masked_document(std::string_view raw, Arena& arena) const;
  std::string mask_document(std::string_view raw) const;
  /// The secret places, dotted, where `before` has something and `after` has nothing.
  std::vector<std::string> missing(const Json& before, const Json& after) const;
  /// Takes every secret out, and every mask that stands for one.
  void remove_from(Json& document) const;
  /// The field lies at or inside a secret path: only "set" or nothing may be said of it.
  bool is_secret(std::size_t ordinal) const { return fields_[ordinal].whole; }
  /// A secret may stand here by its place.
  bool may_be_secret(std::size_t ordinal) const { return fields_[ordinal].whole || fields_[ordinal].inside; }
  /// The value, or a text as the journal keeps it, is what mask() makes of a secret or of what holds one. Other fields hold a mask as a
  /// whole.
  bool is_masked(std::size_t ordinal, std::string_view text) const;
  bool is_masked(std::size_t ordinal, const Value& value) const { return value.is_view() && is_masked(ordinal, value.as_view()); }
  /// The value as it may be compared, shown and journaled: a secret becomes its mask, JSON text is masked inside. Bytes go into `arena`.
  Value mask(std::size_t ordinal, const Value& value, Arena& arena) const;
  /// The same for a row that a Mapper made of a document. `members`: names of the document's members that hold secrets.
  std::span<Value> mask_row(std::span<const Value> row, std::span<const std::string_view> members, Arena& arena) const;
  /// The inverse: which of `known` (unmasked values of this field) the masked value stands for. A value without a mask is itself; nullopt
  /// when a mask stands for none of them.
  std::optional<Value> unmask(std::size_t ordinal, const Value& masked, std::span<const Value> known) const;

 private:
  using Steps = PathPatterns::Steps;
  struct FieldSecrets {
    PathPatterns::Place place;
    bool whole = false;
    bool inside = false;
  };
  /// Of documents; that of a field is its ordinal behind it.
  static constexpr std::size_t kDocument = 0;
  /// What a Mapper made is canonical, and of a document that is known to hold secrets.
  enum class From { Mapper, Anywhere };

  std::string mask_of(const Json& secret) const;
  Value mask(std::size_t ordinal, const Value& value, Arena& arena, From from) const;
  bool holds_key_of_ours(std::string_view text) const;
  bool may_hold_key_of_ours(std::string_view json) const;
  /// nullopt when nothing is to be masked.
  std::optional<Masker::Masked> masked(std::string_view json, std::size_t start, Arena& arena) const;
  void forget_maskers();

  KeyedHasher hasher_{{}};
  std::vector<std::string> ours_;
  bool ours_may_be_escaped_ = false;  ///< by less than \u
  PathPatterns patterns_;
  std::vector<FieldSecrets> fields_;
  std::vector<PathPatterns::Place> starts_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_member_;  ///< ordinals of the fields that a document's member fills
  std::vector<std::size_t> always_;                                         ///< of those that are secret as a whole, or hold the document
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Masker>> idle_;
};

}  // namespace lockstep
