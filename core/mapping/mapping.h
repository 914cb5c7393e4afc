// Mapping: the field rules of a sync, read from YAML: column ↔ path, type, default, bounds, converter; both directions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/hash.h"
#include "data/arena.h"
#include "data/json.h"
#include "data/resource.h"
#include "data/row.h"
#include "data/table.h"
#include "format/yaml.h"
#include "mapping/path.h"

namespace lockstep {

enum class FieldType { Text, Integer, Real, Boolean, Json, Timestamp, Enum };

/// One rule. Ordinal 0 of a mapping is its key.
struct Field {
  std::string column;
  Path from;
  FieldType type = FieldType::Text;
  bool required = false;
  bool derived = false;     ///< never exported: an edit of the column is warned of
  bool read_only = false;   ///< the server owns it (from Resource::read_only): remote → row only
  bool write_only = false;  ///< never answered: compared as set / not set
  bool secret = false;      ///< its values are shown and journaled as "set" or "changed" only
  bool legacy = false;      ///< exported only where the remote document holds the key
  std::optional<Json> fallback;  ///< `default`: filled on read when the path is absent or null
  std::optional<double> min, max;
  std::optional<std::size_t> min_length, max_length;  ///< code points
  std::vector<std::string> values;                    ///< of an enum
  std::vector<std::string> transforms;                ///< names applied in this order on import, inverses in reverse on export
  struct Lookup {
    std::string table;
    std::string column;  ///< holds the remote value
    std::string take;    ///< the column whose value this field gets; the table's primary key when empty
  };
  std::optional<Lookup> lookup;  ///< from `references: agents.vapi_assistant_id`
  std::vector<std::size_t> parents;  ///< ordinals of fields whose path contains this one's
  std::vector<std::size_t> leaves;   ///< the inverse
  Hash128 rule;  ///< fingerprint of everything that shapes the value: a base made under another rule says nothing about this field

  /// The remote side alone decides its value.
  bool remote_owned() const { return derived || read_only; }
};

struct OwnedColumn {
  Column column;  ///< references set from `references: users.id`
};

/// `owner: {column: user_id, from: metadata.user_email, matches: users.email}`: how --owner limits a run.
struct OwnerRule {
  std::string column;
  Path from;
  std::string table;
  std::string match_column;
};

/// `modified: {column: updated_at, from: updatedAt, timezone: UTC}`.
struct ModifiedRule {
  std::string column;
  Path from;
};

/// A named converter beyond the built-in ones; the engine binds it to the Lua stage `transform`. Throws Error{Rejected}.
using Transformer = std::function<Value(std::string_view name, const Value& value, Arena& arena)>;

class Mapping {
 public:
  /// Reads a mapping file's tree. Every mistake goes to `problems`; the result is usable only when there is none.
  /// `hook_transforms`: names that the sync's Lua file offers.
  static Mapping load(const yaml::Node& root, const Resource& resource, std::span<const std::string> hook_transforms, yaml::Problems& problems);

  const std::string& table_name() const { return table_name_; }
  const std::vector<Field>& fields() const { return fields_; }
  const Field& key() const { return fields_.front(); }
  std::size_t label() const { return label_; }  ///< ordinal; 0 (the key) when none is declared
  /// Columns of fields(), same ordinals.
  const std::shared_ptr<const Shape>& shape() const { return shape_; }
  const std::vector<OwnedColumn>& owned() const { return owned_; }
  const std::optional<OwnerRule>& owner() const { return owner_; }
  const std::optional<ModifiedRule>& modified() const { return modified_; }
  /// The table as Lockstep creates or widens it: "id" generated, the key column with a unique index, fields, owned columns.
  Table table() const;
  /// Changes whenever a record could map to another row.
  Hash128 fingerprint() const { return fingerprint_; }
  /// True when a named transform needs the hook (then mapping must run where the hook runs).
  bool needs_hook() const { return needs_hook_; }
  std::optional<std::size_t> find(std::string_view column) const { return shape_->find(column); }

 private:
  friend class MappingReader;
  std::string table_name_;
  std::vector<Field> fields_;
  std::size_t label_ = 0;
  std::shared_ptr<const Shape> shape_;
  std::vector<OwnedColumn> owned_;
  std::optional<OwnerRule> owner_;
  std::optional<ModifiedRule> modified_;
  std::vector<Index> indexes_;
  Hash128 fingerprint_;
  bool needs_hook_ = false;
};

/// A value that a rule refuses.
struct FieldProblem {
  std::size_t ordinal;
  std::string message;  ///< "max_duration_seconds: 5 is less than 10"
};

/// Maps records to rows. Holds parser and scratch: one per thread.
class Mapper {
 public:
  explicit Mapper(const Mapping& mapping, Transformer transformer = {});
  ~Mapper();
  Mapper(Mapper&&) noexcept;

  /// Fills `row` (as wide as the mapping) from one JSON object text. Bytes are borrowed from `raw` or copied into `arena`.
  /// Absent and null become Null unless the field has a default. JSON columns get canonical text.
  /// `raw` must have kPagePadding readable bytes behind it. The whole text is validated: Error{Corrupt} when it is no JSON object.
  /// Refused values are left Null and reported; a record with problems must not be written.
  /// A lookup field holds the remote value until the engine resolves it.
  std::vector<FieldProblem> map(std::string_view raw, std::span<Value> row, Arena& arena);
  /// Top-level keys of the last record that no rule names and the resource does not own.
  const std::vector<std::string>& unmapped() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A cell as the mapping's type has it: 1 in a boolean column is true, "2026-…+02:00" is canonical UTC, JSON text is canonical.
/// What cannot be read as the type stays as it is. Bytes go into `arena`.
Value normalise(const Field& field, const Value& value, Arena& arena);
/// Equality of SAFE-MODE: absent = null; 1 = 1.0; key order no difference, array order is; "" and [] and {} are values.
bool same(const Field& field, const Value& a, const Value& b);

/// The other direction: sets the value at the field's path in `document` (creating objects, and the selected element of an array),
/// inverse transforms applied. Null sets null on a top-level key and removes a nested one.
void lay(const Mapping& mapping, std::size_t ordinal, const Value& value, Json& document, const Transformer& transformer = {});
/// A create body from a whole row: every exportable field that is not null, leaves laid into parents, nothing read-only, derived or legacy.
Json to_document(const Mapping& mapping, Row row, const Transformer& transformer = {});
/// What the rules refuse in a row before it is sent.
std::vector<FieldProblem> validate(const Mapping& mapping, Row row);

/// The column-name rule, both ways: "firstMessage" ↔ "first_message", "imageURLs" ↔ "image_urls", "pcapS3PathPrefix" ↔ "pcap_s3_path_prefix".
std::string to_snake(std::string_view camel);
std::string to_camel(std::string_view snake);

}  // namespace lockstep
