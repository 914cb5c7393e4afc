#include "mapping/field_reader.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "mapping/convert.h"
#include "mapping/mapping_form.h"
#include "mapping/transform.h"

namespace lockstep {
namespace {

using yaml::Node;
using yaml::Problems;

std::vector<std::string> type_words() {
  const auto words = field_type_words();
  return {words.begin(), words.end()};
}

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class FieldReader {
 public:
  FieldReader(const Node::Member& member, std::span<const std::string> hooks, bool never_sent, Problems& problems)
      : node_(member.value), hooks_(hooks), never_sent_(never_sent), problems_(problems) {
    field_.column = member.key;
  }

  std::optional<Field> read() {
    if (node_.kind == Node::Kind::Scalar) {
      read_type(node_);
      name_by_column();
      if (field_.type == FieldType::Enum) problems_.add(node_.place, "an enum needs values: [a, b]");
      return field_;
    }
    if (node_.kind != Node::Kind::Map) {
      problems_.add(node_.place, "expected a type (" + join(type_words(), ", ") + ") or a map of options");
      return std::nullopt;
    }
    yaml::only_keys(node_, field_form(), problems_);
    read_type(node_["type"]);
    read_values();
    read_flags();
    read_bounds();
    read_lookup();
    read_transforms();
    read_default();
    read_as();
    return read_from() ? std::optional(field_) : std::nullopt;
  }

 private:
  void read_type(const Node& node) {
    const auto word = yaml::as_text(node, problems_);
    if (!word) {
      if (!node && node_["values"]) field_.type = FieldType::Enum;
      return;
    }
    const auto type = field_type(*word);
    if (type)
      field_.type = *type;
    else
      problems_.add(node.place, "unknown type " + in_quotes(*word) + did_you_mean(*word, type_words()));
  }

  void read_values() {
    const Node& values = node_["values"];
    const bool is_enum = field_.type == FieldType::Enum;
    if (!values) {
      if (is_enum) problems_.add(node_.place, "an enum needs values: [a, b]");
      return;
    }
    if (!is_enum) problems_.add(values.place, "values belong to the type enum");
    if (values.kind != Node::Kind::Sequence || values.items.empty()) problems_.add(values.place, "expected a list of texts: [a, b]");
    for (const Node& item : values.items) {
      const auto text = yaml::as_text(item, problems_);
      if (text && contains(field_.values, *text)) problems_.add(item.place, in_quotes(*text) + " is given twice");
      if (text) field_.values.push_back(*text);
    }
  }

  void read_flags() {
    field_.required = yaml::as_boolean(node_["required"], problems_).value_or(false);
    field_.derived = yaml::as_boolean(node_["derived"], problems_).value_or(false);
  }

  void read_bounds() {
    field_.min = yaml::as_real(node_["min"], problems_);
    field_.max = yaml::as_real(node_["max"], problems_);
    field_.min_length = length(node_["min_length"]);
    field_.max_length = length(node_["max_length"]);
    check_belonging();
    if (field_.min && field_.max && *field_.min > *field_.max) problems_.add(node_["min"].place, "min is greater than max");
    if (field_.min_length && field_.max_length && *field_.min_length > *field_.max_length) {
      problems_.add(node_["min_length"].place, "min_length is greater than max_length");
    }
  }

  /// Options that only some types have. `values` has said so already.
  void check_belonging() {
    const std::string word(to_string(field_.type));
    for (const yaml::Key& key : yaml::keys_of(field_form())) {
      if (key.types.empty() || key.name == "values" || contains(key.types, word) || !node_[key.name]) continue;
      problems_.add(node_[key.name].place,
                    key.name + " belongs to the type" + (key.types.size() > 1 ? "s " : " ") + join(key.types, " and "));
    }
  }

  std::optional<std::size_t> length(const Node& node) {
    const auto value = yaml::as_integer(node, problems_);
    if (!value) return std::nullopt;
    if (*value < 0) {
      problems_.add(node.place, "a length cannot be negative");
      return std::nullopt;
    }
    return static_cast<std::size_t>(*value);
  }

  void read_lookup() {
    const Node& references = node_["references"];
    const auto take = yaml::as_text(node_["take"], problems_);
    if (!references) {
      if (take) problems_.add(node_["take"].place, "take needs references: table.column");
      return;
    }
    const auto parts = read_reference(references, problems_);
    if (parts) field_.lookup = Field::Lookup{parts->first, parts->second, take.value_or("")};
    if (take) check_name(*take, "column", node_["take"].place, problems_);
  }

  void read_transforms() {
    const Node& node = node_["transform"];
    if (!node) return;
    if (node.kind == Node::Kind::Sequence) {
      for (const Node& item : node.items) read_transform(item);
    } else {
      read_transform(node);
    }
  }

  void read_transform(const Node& node) {
    const auto name = yaml::as_text(node, problems_);
    if (!name) return;
    if (!transform::is_builtin(*name) && !contains(hooks_, *name)) {
      std::vector<std::string> known(transform::names().begin(), transform::names().end());
      known.insert(known.end(), hooks_.begin(), hooks_.end());
      problems_.add(node.place, "unknown transform " + in_quotes(*name) + did_you_mean(*name, known));
      return;
    }
    field_.transforms.push_back(*name);
    if (*name == "e164") {
      if (field_.type != FieldType::Text) problems_.add(node.place, "e164 belongs to the type text");
      field_.phone = "";
    }
    if (field_.derived || transform::is_builtin(*name) || contains(hooks_, *name + "_inverse")) return;
    field_.derived = true;
    if (never_sent_) return;
    problems_.warn(node.place,
                   "the hook has no " + in_quotes(*name + "_inverse") + ", so this column is never exported; say derived: true");
  }

  void read_default() {
    const Node& node = node_["default"];
    if (!node) return;
    if (node.kind == Node::Kind::Null) {
      problems_.add(node.place, "a default of nothing is what a column has without one");
      return;
    }
    Json json = field_.type == FieldType::Text || field_.type == FieldType::Enum || field_.type == FieldType::Timestamp
                    ? (node.kind == Node::Kind::Scalar ? Json(node.scalar) : read_json(node, problems_))
                    : read_json(node, problems_);
    Arena arena;
    std::string problem;
    const auto value = convert(field_, json::to_value(json, arena), arena, problem);
    if (!value) {
      const std::string near = field_.type == FieldType::Enum && json.text() != nullptr ? did_you_mean(*json.text(), field_.values) : "";
      problems_.add(node.place, "bad default: " + problem + near);
      return;
    }
    field_.fallback = json::from_value(*value);
    const std::string outside = bound_problem(field_, *value);
    if (!outside.empty()) problems_.add(node.place, "bad default: " + outside);
  }

  void read_as() {
    const Node& node = node_["as"];
    const auto word = yaml::as_text(node, problems_);
    if (!word) return;
    field_.is_set = *word == "set";
    if (!field_.is_set) problems_.add(node.place, in_quotes(*word) + " is unknown; the only choice is set");
    if (field_.is_set && !field_.transforms.empty()) problems_.add(node.place, "as: set takes no transform");
  }

  void name_by_column() {
    field_.from = Path::of_key(to_camel(field_.column));
    if (field_.from.top() != field_.column) field_.other = field_.column;
  }

  bool read_from() {
    const Node& node = node_["from"];
    if (!node) {
      name_by_column();
      return true;
    }
    if (node.scalar == "$") return read_whole(node);
    const auto path = read_path(node, problems_);
    if (path) field_.from = *path;
    return path.has_value();
  }

  /// No key of a document is met by this path: the mapper fills the column by itself.
  bool read_whole(const Node& node) {
    field_.whole = field_.derived = true;
    field_.from = Path::parse("$");
    if (field_.type != FieldType::Json) problems_.add(node.place, "$, the whole document, belongs to the type json");
    if (field_.required || field_.fallback || !field_.transforms.empty() || field_.lookup)
      problems_.add(node.place, "$, the whole document, takes no other option");
    return true;
  }

  const Node& node_;
  std::span<const std::string> hooks_;
  bool never_sent_;
  Problems& problems_;
  Field field_;
};

}  // namespace

std::optional<Field> read_field(const Node::Member& member, std::span<const std::string> hook_transforms, bool never_sent,
                                Problems& problems) {
  if (!check_name(member.key, "column", member.place, problems)) return std::nullopt;
  return FieldReader(member, hook_transforms, never_sent, problems).read();
}

Json read_json(const Node& node, Problems& problems) {
  if (node.kind == Node::Kind::Sequence) {
    Json::Array items;
    for (const Node& item : node.items) items.push_back(read_json(item, problems));
    return items;
  }
  if (node.kind == Node::Kind::Map) {
    Json::Object members;
    for (const Node::Member& member : node.members) members.emplace_back(member.key, read_json(member.value, problems));
    return members;
  }
  if (node.kind != Node::Kind::Scalar) return nullptr;
  if (node.quoted) return node.scalar;
  try {
    Json json = json::parse(node.scalar);
    return json.text() == nullptr ? json : Json(node.scalar);
  } catch (const Error&) {
    return node.scalar;
  }
}

std::optional<Path> read_path(const Node& node, Problems& problems) {
  const auto text = yaml::as_text(node, problems);
  if (!text) return std::nullopt;
  try {
    Path path = Path::parse(*text);
    if (!path.has_each()) return path;
    problems.add(node.place, "path " + in_quotes(*text) + ": * names many places; name one");
  } catch (const Error& error) {
    problems.add(node.place, error.message());
  }
  return std::nullopt;
}

std::optional<std::pair<std::string, std::string>> read_reference(const Node& node, Problems& problems) {
  const auto text = yaml::as_text(node, problems);
  if (!text) return std::nullopt;
  const std::vector<std::string> parts = split(*text, '.');
  const bool named = std::none_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); });
  if (named && (parts.size() == 2 || parts.size() == 3)) {
    const std::string table = text->substr(0, text->rfind('.'));
    const bool good = check_table_name(table, node.place, problems);
    if (check_name(parts.back(), "column", node.place, problems) && good) return std::pair(table, parts.back());
    return std::nullopt;
  }
  problems.add(node.place, "expected table.column, not " + in_quotes(*text));
  return std::nullopt;
}

bool check_table_name(std::string_view name, const yaml::Place& place, Problems& problems) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return check_name(name, "table", place, problems);
  const bool schema = check_name(name.substr(0, dot), "schema", place, problems);
  return check_name(name.substr(dot + 1), "table", place, problems) && schema;
}

bool check_name(std::string_view name, std::string_view what, const yaml::Place& place, Problems& problems) {
  const bool good = !name.empty() && name.size() <= 63 && !(name.front() >= '0' && name.front() <= '9') &&
                    std::all_of(name.begin(), name.end(), [](char byte) {
                      return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
                    });
  if (!good) {
    problems.add(place, in_quotes(name) + " is no " + std::string(what) + " name; use letters, digits and underscores, at most 63");
  }
  return good;
}

std::string index_name(std::string_view table, const std::vector<std::string>& columns, bool unique) {
  return std::string(table.substr(table.find('.') + 1)) + "_" + join(columns, "_") + (unique ? "_unique" : "_index");
}

}  // namespace lockstep
