// Mapping: the field rules of a sync, read from YAML: column ↔ path, type, default, bounds, converter; both directions.
//
//   table: assistants                     # the user's table
//   key: {column: vapi_assistant_id, from: id}
//   label: name                           # column of what people call a record
//   fields:
//     first_message: text                 # column: type; the path is the column in lowerCamel
//     type: {from: metadata.type, type: enum, values: [demo, production], default: demo}
//   owned: {user_id: {type: integer, references: users.id}}   # the application's columns; {id: uuid} fills the table's own key
//   owner: {column: user_id, from: metadata.user_email, matches: users.email}
//   modified: {column: updated_at, from: updatedAt, timezone: Europe/Berlin}   # of times in the column that name no zone; default UTC
//   match: {column: number, as: e164}     # a row without id is the item that bears the same value; as: exact (default), lower, e164
//   made_with: {model: {provider: openai, model: gpt-4o}}   # an object that a leaf is laid into where the document has none yet
//   names: snake                          # members bear the columns' names; camel: their lowerCamel. Without it records show it (names.h)
//   secrets: ["**.pin"]                   # what is never shown, besides what is named like a secret
//   country_code: 1                       # what phone numbers without "+" belong to
//   indexes: [user_id, {columns: [type, name], unique: true, name: by_type}]
//   where: {provider: openai, deleted_at: null}   # which rows of the table this sync is about: condition.h
//   read_only: true                       # the remote alone decides every column
//   fill: true                            # an export, too, takes over into the row what the server makes of it; else it writes ids alone
//   on_missing: {set: {status: gone}}     # what the row of a record gets that the list no longer names: standing.h
//   events: {table: …, copy: […], rules: {…}}   # what happened to a record, as rows of a second table: standing.h
//   statistics: {…}                       # lines that count the rows: statistic.h
//
// A field takes: type (text, integer, real, boolean, json, timestamp, enum), from, required, default, min, max, min_length, max_length,
// values (of an enum), derived, transform (a name or a list), references (table.column: a lookup), take (the column that a lookup gives),
// as: set (of a list: its order is no difference, sets.h).
//
// A lookup's column holds what the local table calls the item (its primary key, or `take`), its path the remote value. Sides are compared
// as remote values. A lookup may stand beside a plain column of the same path (`vapi_assistant_id` and `assistant_id`): two names of one
// reference. Setting either is an edit; when both are set to different items, neither goes out by itself.
//
// `from: $` is the document whole, as canonical JSON: for what no rule names. It is derived.
//
// What is checked when. A document that the server holds is never refused for a bound: the server has the say over what it stores, and an
// import must not lose a record because a limit was lowered. A value that the column cannot hold (another JSON type, a time that is none,
// a text outside the `values` of an enum, half a surrogate pair) is unknown: the cell stays as it is, and the record comes in with a
// warning (Mapper::unread()). A leaf of an object that has a column too stands as null then, for the object's column holds the value
// (Mapper::mismatched()). Only the key, a `required` value and what a hook refuses cost the record. Bounds, lengths and well-formed UTF-8
// are checked by validate() before anything is sent.
//
// A text column takes a number or a boolean too, as its canonical spelling; lay() writes it back as what stands in the document.
//
// Transforms, applied to the document's value on the way in, undone on the way out:
//   trim, lower, upper, empty_to_null          tidy a text; the way out sends the column as it is
//   not                                        true ↔ false
//   join                                       ["a","b"] ↔ "a,b"; split: the other way round
//   seconds_to_milliseconds                    0.4 ↔ 400; milliseconds_to_seconds: the other way round
//   epoch_seconds, epoch_milliseconds          1700000000 ↔ a timestamp
//   e164                                       a phone number as "+15550100102"; what is none stays as it is. Two spellings of one number
//                                              are equal, and the way out keeps the spelling that stands in the document
// and the functions under `transform` of the sync's Lua file. One of those is undone by the function of its name with "_inverse" behind it;
// where there is none, the field is derived.
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
#include "format/path.h"
#include "format/yaml.h"
#include "mapping/names.h"
#include "mapping/standing.h"
#include "mapping/statistic.h"

namespace lockstep {

enum class FieldType { Text, Integer, Real, Boolean, Json, Timestamp, Enum };

/// One rule. Ordinal 0 of a mapping is its key.
struct Field {
  std::string column;
  Path from;
  /// Of a field without `from`: the column's own name, under which the member may stand as well (names.h). Empty: only `from` counts.
  std::string other;
  FieldType type = FieldType::Text;
  bool required = false;
  bool derived = false;       ///< never exported: an edit of the column is warned of
  bool read_only = false;     ///< the server owns it (from Resource::read_only): remote → row only
  bool write_only = false;    ///< never answered: compared as set / not set
  std::vector<Path> unshown;  ///< of an object: places inside it that are taken and never answered
  bool secret = false;        ///< its values are shown and journaled as "set" or "changed" only
  bool legacy = false;        ///< exported only where the remote document holds the key
  bool whole = false;         ///< `from: $`: the document itself
  /// `default`: filled on read when the path is absent or null. Both sides hold it then, so it is no difference; lay() does not write it
  /// where the document has nothing.
  std::optional<Json> fallback;
  std::optional<double> min, max;
  std::optional<std::size_t> min_length, max_length;  ///< code points
  std::vector<std::string> values;                    ///< of an enum
  std::vector<std::string> transforms;                ///< names applied in this order on import, inverses in reverse on export
  struct Lookup {
    std::string table;
    std::string column;  ///< holds the remote value
    std::string take;    ///< the column whose value this field gets; the table's primary key when empty
  };
  std::optional<Lookup> lookup;      ///< from `references: agents.vapi_assistant_id`
  std::optional<std::string> phone;  ///< transformed by e164: the country code of numbers without "+", "" when there is none
  std::vector<std::size_t> twins;    ///< ordinals of writable fields with the same path: the other name of a reference
  std::vector<std::size_t> parents;  ///< ordinals of fields whose path contains this one's
  std::vector<std::size_t> leaves;   ///< the inverse
  bool is_set = false;               ///< `as: set`
  std::vector<Path> sets;            ///< where sets lie in its value: the value itself (empty path), or those of its leaves
  Hash128 rule;  ///< fingerprint of everything that shapes the value: a base made under another rule says nothing about this field

  /// The remote side alone decides its value.
  bool remote_owned() const { return derived || read_only; }
};

/// Is `rule` (hexadecimal) what the field's rule was, or would have been, when its column was called `column`?
bool is_rule_of(const Field& field, std::string_view column, std::string_view rule);

struct OwnedColumn {
  Column column;      ///< references set from `references: users.id`
  bool uuid = false;  ///< a fresh UUID where no hook gives it a value
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
  std::string timezone = "UTC";  ///< of times in the column that name none
};

/// `match: {column: number, as: e164}`: the natural key by which a row without an id finds its remote item.
struct MatchRule {
  enum class As { Exact, Lower, E164 };
  std::size_t ordinal = 0;
  As as = As::Exact;
  std::string country_code;

  /// What is compared; empty when the value has no natural key. A number that cannot be brought to E.164 is matched as it is written, by
  /// its like alone.
  std::string key_of(const Value& value) const;
  /// False for a phone number that lacks what makes it comparable with others ("5550100102" without a country code).
  bool is_comparable(const Value& value) const;
};

/// `made_with: {voice: {provider: vapi}}`: what an object holds besides the leaf for which it is made.
struct Starter {
  Path path;
  Json object;
};

/// A named converter beyond the built-in ones; the engine binds it to the Lua stage `transform`. On the way out it is called with
/// "<name>_inverse". Throws Error{Rejected}.
using Transformer = std::function<Value(std::string_view name, const Value& value, Arena& arena)>;

class Mapping {
 public:
  /// Reads a mapping file's tree. Every mistake goes to `problems`; the result is usable only when there is none.
  /// `hook_transforms`: names that the sync's Lua file offers.
  static Mapping load(const yaml::Node& root, const Resource& resource, std::span<const std::string> hook_transforms,
                      yaml::Problems& problems);

  const std::string& table_name() const { return table_name_; }
  const std::vector<Field>& fields() const { return fields_; }
  const Field& key() const { return fields_.front(); }
  std::size_t label() const { return label_; }  ///< ordinal; 0 (the key) when none is declared
  /// False where the remote alone decides every column: nothing of a row is ever sent, and no item is made of one.
  bool sends() const;
  /// Columns of fields(), same ordinals.
  const std::shared_ptr<const Shape>& shape() const { return shape_; }
  const std::vector<OwnedColumn>& owned() const { return owned_; }
  const std::optional<OwnerRule>& owner() const { return owner_; }
  const std::optional<ModifiedRule>& modified() const { return modified_; }
  const std::optional<MatchRule>& match() const { return match_; }
  /// Outer objects before those inside them.
  const std::vector<Starter>& starters() const { return starters_; }
  /// The table as Lockstep creates or widens it: "id", generated unless `owned` has it, the key column with a unique index, fields, owned
  /// columns, those of `where`.
  Table table() const;
  /// Changes whenever a record could map to another row.
  Hash128 fingerprint() const { return fingerprint_; }
  /// Patterns of secret places (format/path_patterns.h), besides the resource's.
  const std::vector<std::string>& secrets() const { return secrets_; }
  /// True when a field is `as: set`.
  bool has_sets() const { return has_sets_; }
  /// True when a named transform needs the hook (then mapping must run where the hook runs).
  bool needs_hook() const { return needs_hook_; }
  /// Top-level keys that the resource names as server-owned, secret or write-only: not mapping them is no omission.
  const std::vector<std::string>& unlisted() const { return unlisted_; }
  /// Place of Lockstep's own marker in a document ("metadata.lockstepMarker"): no field sees it. Empty: none.
  const std::string& marker() const { return marker_; }
  std::optional<std::size_t> find(std::string_view column) const { return shape_->find(column); }
  /// What records have shown of the members' names. It goes on learning, whoever holds the mapping.
  Names& names() const { return *names_; }
  /// Where a field stands in this document, or would be put.
  Path place_in(std::size_t ordinal, const Json& document) const;
  /// Of `where`: what tells this sync's rows from those of others in the table. New rows get these values.
  const std::vector<Constant>& constants() const { return constants_; }
  /// Of `where`: the rest.
  const std::vector<RowCondition>& conditions() const { return conditions_; }
  /// What is set in the row of a record that the list no longer names; empty: nothing, and a 404 is asked for before anything is said.
  const std::vector<MissingValue>& on_missing() const { return on_missing_; }
  /// `fill`: an export writes into the row what the server's answer says beside the id.
  bool fill() const { return fill_; }
  const std::optional<EventRules>& events() const { return events_; }
  const std::vector<Statistic>& statistics() const { return statistics_; }

 private:
  friend class MappingReader;
  std::string table_name_;
  std::vector<Field> fields_;
  std::size_t label_ = 0;
  std::shared_ptr<const Shape> shape_;
  std::vector<OwnedColumn> owned_;
  std::optional<OwnerRule> owner_;
  std::optional<ModifiedRule> modified_;
  std::optional<MatchRule> match_;
  std::vector<Starter> starters_;
  std::vector<Index> indexes_;
  std::vector<Constant> constants_;
  std::vector<RowCondition> conditions_;
  std::vector<MissingValue> on_missing_;
  std::optional<EventRules> events_;
  std::vector<Statistic> statistics_;
  Hash128 fingerprint_;
  std::vector<std::string> secrets_;
  bool needs_hook_ = false;
  bool fill_ = false;
  bool has_sets_ = false;
  std::vector<std::string> unlisted_;
  std::string marker_;
  std::shared_ptr<Names> names_ = std::make_shared<Names>(std::vector<bool>());
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
  /// Refused values are left Null and reported; a record with problems must not be written. Unknown ones are left Absent: see unread().
  /// A lookup field holds the remote value until the engine resolves it.
  std::vector<FieldProblem> map(std::string_view raw, std::span<Value> row, Arena& arena);
  /// Top-level keys of the last record, in its order: the literals as they stand in its text, quotes and escapes included.
  const std::vector<std::string_view>& names() const;
  /// Top-level keys of the last record that no rule names and the resource does not own.
  const std::vector<std::string>& unmapped() const;
  /// Ordinals of leaves of the last record whose value was not of their type: they stand as null, and the object's column holds the value.
  const std::vector<std::size_t>& mismatched() const;
  /// Fields of the last record whose value their column cannot hold, with the reason: nothing is concluded from them.
  const std::vector<FieldProblem>& unread() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A cell as the mapping's type has it: 1 in a boolean column is true, "2026-…+02:00" is canonical UTC, JSON text is canonical.
/// What cannot be read as the type is unreadable, as it is stored. Bytes go into `arena`.
Value normalise(const Field& field, const Value& value, Arena& arena);
/// A JSON value of a hook, a person, a default or an element of a document as a cell of the field, before normalise(): in a JSON column
/// every JSON value stands as its JSON text, "it" with its quotes. Bytes go into `arena`.
Value cell_of(const Field& field, const Json& json, Arena& arena);
/// The same of what journal, bases, plans and conflicts keep (json::to_kept()), where a cell may be unreadable.
Value kept_cell(const Field& field, const Json& kept, Arena& arena);
/// Equality of SAFE-MODE: an unreadable cell equals the identical one alone; absent = null; 1 = 1.0; key order no difference, array order
/// is, but in a set; "" and [] and {} are values.
bool same(const Field& field, const Value& a, const Value& b);

/// The other direction: sets the value at the field's path in `document` (creating objects, from starters() where there is one, and the
/// selected element of an array),
/// inverse transforms applied. Null sets null on a top-level key and removes a nested one. Nothing is written for a legacy field whose key
/// the document lacks, for a default where the document has nothing, and for a null where it has nothing or a value that the field could
/// not take (Mapper::mismatched()): laying what was read changes nothing. Throws Error{Conflict} when something else stands in the way (a
/// leaf of an object whose place holds a text), Error{Rejected} from a transform, Error{Invalid} for a value that the field's type cannot
/// take.
void lay(const Mapping& mapping, std::size_t ordinal, const Value& value, Json& document, const Transformer& transformer = {});
/// A create body from a whole row: every exportable field that is not null, leaves laid into parents, nothing read-only, derived or legacy.
Json to_document(const Mapping& mapping, Row row, const Transformer& transformer = {});
/// What the rules refuse in a row before it is sent: of every field that may be exported, a missing required value, one that is not of the
/// type, bounds, lengths, the values of an enum, and text that is not well-formed UTF-8. Values of secret fields are not quoted.
std::vector<FieldProblem> validate(const Mapping& mapping, Row row);

/// The column-name rule, both ways: "firstMessage" ↔ "first_message", "imageURLs" ↔ "image_urls", "pcapS3PathPrefix" ↔
/// "pcap_s3_path_prefix".
std::string to_snake(std::string_view camel);
std::string to_camel(std::string_view snake);

}  // namespace lockstep
