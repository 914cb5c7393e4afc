// SecretPaths: which places of a document must never reach a log, a message, the journal or a state table, and their masking.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "data/resource.h"
#include "mapping/mapping.h"

namespace lockstep {

class SecretPaths {
 public:
  /// What stands in the place of a secret that is set.
  static constexpr std::string_view kMask = "[secret]";

  SecretPaths(const Resource& resource, const Mapping& mapping);

  /// The paths, dotted.
  const std::vector<std::string>& paths() const { return dotted_; }
  /// False when `raw` certainly holds none of the secret keys; a quick look at the text, no parsing.
  bool may_hold(std::string_view raw) const;
  /// The document with each secret that is set replaced by kMask. Unchanged text when there is none.
  std::string mask_document(std::string_view raw) const;
  /// Takes every secret out, and every mask that stands for one.
  void remove_from(Json& document) const;
  /// The field lies at or inside a secret path: only "set" or nothing may be said of it.
  bool is_secret(std::size_t ordinal) const { return fields_[ordinal].whole; }
  /// A JSON field that has secrets inside it.
  bool holds_secrets(std::size_t ordinal) const { return !fields_[ordinal].inside.empty(); }
  /// The value as it may be compared, shown and journaled: a secret becomes kMask, JSON text is masked inside. Bytes go into `arena`.
  Value mask(std::size_t ordinal, const Value& value, Arena& arena) const;

 private:
  using Steps = std::vector<std::string>;
  struct FieldSecrets {
    bool whole = false;
    std::vector<Steps> inside;  ///< paths below the field's own
  };
  std::vector<std::string> dotted_;
  std::vector<Steps> paths_;
  std::vector<std::string> needles_;  ///< last keys of the paths, quoted
  std::vector<FieldSecrets> fields_;
};

}  // namespace lockstep
