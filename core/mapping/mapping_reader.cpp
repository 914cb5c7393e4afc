// A whole mapping, from YAML: its parts, then the checks across fields. Nothing stops at the first mistake.
#include <algorithm>
#include <set>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "format/path_patterns.h"
#include "format/secret_names.h"
#include "mapping/condition_reader.h"
#include "mapping/field_reader.h"
#include "mapping/mapping.h"
#include "mapping/mapping_checks.h"
#include "mapping/mapping_form.h"
#include "mapping/rule_reader.h"
#include "mapping/standing_reader.h"
#include "mapping/timezone.h"
#include "mapping/trie.h"

namespace lockstep {
namespace {

using yaml::Node;
using yaml::Problems;

/// SQLite's own bound. Each pair of fields is looked at.
constexpr std::size_t kMostFields = 2000;

std::vector<Path> paths(const std::vector<std::string>& texts) {
  std::vector<Path> out;
  for (const std::string& text : texts) out.push_back(Path::parse(text));
  return out;
}

/// Those of single members: which element of a list is which nobody knows.
std::vector<Path> inside(const Path& path, const std::vector<Path>& areas) {
  std::vector<Path> found;
  std::copy_if(areas.begin(), areas.end(), std::back_inserter(found),
               [&](const Path& area) { return path.contains(area) && !area.has_each(); });
  return found;
}

bool is_within(const Path& path, const std::vector<Path>& areas) {
  return std::any_of(areas.begin(), areas.end(), [&](const Path& area) { return area.contains(path); });
}

/// Everything that shapes a value, in a form whose hash is the rule.
Hash128 rule_of(const Field& field) {
  Hasher hasher;
  if (field.whole) hasher.text("whole");
  if (!field.other.empty()) hasher.text("or").text(field.other);
  hasher.text(field.from.text()).number(static_cast<std::uint64_t>(field.type)).number(field.derived ? 1 : 0);
  hasher.text(field.fallback ? json::canonical(*field.fallback) : "");
  hasher.number(field.transforms.size());
  for (const std::string& name : field.transforms) hasher.text(name);
  if (field.phone) hasher.text(*field.phone);
  hasher.number(field.lookup ? 1 : 0);
  if (field.lookup) hasher.text(field.lookup->table).text(field.lookup->column).text(field.lookup->take);
  return hasher.digest();
}

}  // namespace

bool is_rule_of(const Field& field, std::string_view column, std::string_view rule) {
  Field former = field;
  for (const std::string_view other : {std::string_view(field.other), column, std::string_view()}) {
    former.other = other;
    if (rule_of(former).hex() == rule) return true;
  }
  return false;
}

class MappingReader {
 public:
  MappingReader(const Node& root, const Resource& resource, std::span<const std::string> hooks, Problems& problems)
      : root_(root), resource_(resource), hooks_(hooks), problems_(problems) {}

  Mapping read() {
    if (!root_) return {};
    if (root_.kind != Node::Kind::Map) {
      problems_.add(root_.place, "expected a mapping: table, key and fields");
      return {};
    }
    root_ = yaml::as_meant(root_, yaml::key_names(mapping_form()), problems_);
    read_table();
    read_key();
    country_code_ = read_country_code_rule(root_["country_code"], problems_);
    read_secrets();
    read_fields();
    read_owned();
    Where where = read_where(root_["where"], problems_);
    mapping_.constants_ = std::move(where.constants);
    mapping_.conditions_ = std::move(where.conditions);
    settle_names();
    set_flags();
    relate();
    check_columns(mapping_, places_, problems_);
    check_constants();
    check_paths(mapping_, places_, problems_);
    check_known(mapping_, places_, resource_, problems_);
    mapping_.shape_ = std::make_shared<Shape>(columns());
    read_label();
    read_owner();
    read_modified();
    mapping_.match_ = read_match(section("match", Node::Kind::Map, "{column: NAME, as: e164}"), mapping_, country_code_, problems_);
    mapping_.starters_ =
        read_starters(section("made_with", Node::Kind::Map, "a map of paths, each with a map of members"), mapping_, problems_);
    if (root_["fill"]) mapping_.fill_ = yaml::as_boolean(root_["fill"], problems_).value_or(false);
    mapping_.on_missing_ = read_on_missing(root_["on_missing"], mapping_, problems_);
    mapping_.events_ = read_events(root_["events"], mapping_, problems_);
    mapping_.statistics_ = read_statistics(root_["statistics"], mapping_, problems_);
    read_indexes();
    finish();
    check_trie();
    return std::move(mapping_);
  }

 private:
  static const yaml::Form& part(std::string_view name) { return yaml::key(mapping_form(), name).form; }

  const Node& section(const char* name, Node::Kind kind, std::string_view expected) {
    const Node& node = root_[name];
    if (node && node.kind != kind) problems_.add(node.place, std::string(name) + ": expected " + std::string(expected));
    return node;
  }

  void read_table() {
    const Node& node = root_["table"];
    if (!node) problems_.add(root_.place, "table is missing");
    mapping_.table_name_ = yaml::as_text(node, problems_).value_or("");
    if (node.kind == Node::Kind::Scalar) check_table_name(mapping_.table_name_, node.place, problems_);
  }

  void read_key() {
    const Node& node = section("key", Node::Kind::Map, "{column: NAME, from: PATH}");
    Field field;
    field.required = true;
    field.read_only = true;
    field.from = Path::parse(resource_.key);
    if (!node) problems_.add(root_.place, "key is missing: {column: NAME, from: " + resource_.key + "}");
    yaml::only_keys(node, part("key"), problems_);
    if (node.kind == Node::Kind::Map && !node["column"]) problems_.add(node.place, "key: column is missing");
    field.column = yaml::as_text(node["column"], problems_).value_or("");
    if (node["column"]) check_name(field.column, "column", node["column"].place, problems_);
    if (const Node& from = node["from"]) {
      const auto path = read_path(from, problems_);
      if (path && *path != field.from) problems_.add(from.place, "the key of " + resource_.name + " is \"" + resource_.key + "\"");
    }
    add(std::move(field), node.place, node.place);
  }

  void read_fields() {
    const Node& node = section("fields", Node::Kind::Map, "a map of columns");
    if (!node) problems_.add(root_.place, "fields are missing");
    if (node.kind == Node::Kind::Map && node.members.empty()) problems_.add(node.place, "fields: no column is mapped");
    Problems told;
    const bool never_sent = yaml::as_boolean(root_["read_only"], told).value_or(false);
    for (const Node::Member& member : node.members) {
      if (mapping_.fields_.size() == kMostFields) {
        problems_.add(member.place, "more than " + std::to_string(kMostFields) + " columns; no database has so many in a table");
        break;
      }
      auto field = read_field(member, hooks_, never_sent, problems_);
      if (!field) continue;
      if (field->phone) field->phone = country_code_;
      add(std::move(*field), member.place, member.value["from"] ? member.value["from"].place : member.place);
    }
  }

  void add(Field field, const yaml::Place& column, const yaml::Place& path) {
    mapping_.fields_.push_back(std::move(field));
    places_.columns.push_back(column);
    places_.paths.push_back(path);
  }

  void read_owned() {
    const Node& node = section("owned", Node::Kind::Map, "a map of columns");
    for (const Node::Member& member : node.members) {
      check_name(member.key, "column", member.place, problems_);
      OwnedColumn owned;
      owned.column.name = member.key;
      read_owned_column(member.value, owned);
      mapping_.owned_.push_back(std::move(owned));
      places_.owned.push_back(member.place);
    }
  }

  void read_owned_column(const Node& node, OwnedColumn& owned) {
    Column& column = owned.column;
    const bool map = node.kind == Node::Kind::Map;
    if (map) yaml::only_keys(node, owned_form(), problems_);
    const Node& type = map ? node["type"] : node;
    const auto word = yaml::as_text(type, problems_);
    if (word) {
      const auto known = owned_type(*word);
      owned.uuid = *word == kUuidType;
      if (known)
        column.type = *known;
      else
        problems_.add(type.place, "unknown type " + in_quotes(*word) + did_you_mean(*word, owned_form().parts.front().choices));
    }
    if (!map || !node["references"]) return;
    if (const auto parts = read_reference(node["references"], problems_)) column.references = parts->first + "." + parts->second;
  }

  /// Which of the two spellings of a member is meant, where the configuration tells. The rest shows in the records.
  void settle_names() {
    const auto said = yaml::as_text(root_["names"], problems_);
    if (said && *said != "snake" && *said != "camel")
      problems_.add(root_["names"].place,
                    in_quotes(*said) + " is none of snake, camel" + did_you_mean(*said, std::vector<std::string>{"snake", "camel"}));
    const std::string way = said.value_or(resource_.names);
    const std::set<std::string> named = named_members(), taken = taken_members();
    for (Field& field : mapping_.fields_) {
      if (field.other.empty()) continue;
      const bool told = way.empty() && named.contains(field.other) && !named.contains(field.from.top()) && !taken.contains(field.other);
      const bool snake = way == "snake" || told;
      const bool settled = snake || way == "camel" || named.contains(field.from.top()) || taken.contains(field.other);
      if (snake) field.from = Path::of_key(field.other);
      if (settled) field.other.clear();
    }
    std::vector<bool> twofold;
    for (const Field& field : mapping_.fields_) twofold.push_back(!field.other.empty());
    mapping_.names_ = std::make_shared<Names>(std::move(twofold));
  }

  /// Members that a column names by `from`.
  std::set<std::string> taken_members() const {
    std::set<std::string> taken;
    for (const Field& field : mapping_.fields_) {
      if (field.other.empty() && !field.whole && field.from.steps().size() == 1) taken.insert(field.from.top());
    }
    return taken;
  }

  /// Top-level members whose names the resource writes out, or a column whose path leads through them.
  std::set<std::string> named_members() const {
    std::set<std::string> named{Path::parse(resource_.key).top()};
    for (const auto* list : {&resource_.read_only, &resource_.write_only, &resource_.secret, &resource_.legacy, &resource_.known}) {
      for (const std::string& path : *list) {
        if (const auto top = top_member(path)) named.insert(*top);
      }
    }
    for (const std::string* path : {&resource_.modified, &resource_.marker}) {
      if (!path->empty()) named.insert(Path::parse(*path).top());
    }
    for (const Field& field : mapping_.fields_) {
      if (field.from.steps().size() > 1) named.insert(field.from.top());
    }
    return named;
  }

  /// No pattern where one is wrong: then nothing runs.
  void read_secrets() {
    for (const Node& node : root_["secrets"].items) mapping_.secrets_.push_back(yaml::as_text(node, problems_).value_or(""));
    try {
      secret_ = PathPatterns(secret_patterns());
    } catch (const Error& error) {
      problems_.add(root_["secrets"].place, error.message());
      mapping_.secrets_.clear();
    }
  }

  std::vector<std::string> secret_patterns() const {
    std::vector<std::string> all = secret_patterns_of(resource_);
    all.insert(all.end(), mapping_.secrets_.begin(), mapping_.secrets_.end());
    return all;
  }

  void set_flags() {
    const auto legacy = paths(resource_.legacy);
    const auto write_only = paths(resource_.write_only);
    const bool all_read_only = yaml::as_boolean(root_["read_only"], problems_).value_or(false);
    for (Field& field : mapping_.fields_) {
      field.read_only = all_read_only || field.read_only || is_within(field.from, read_only_);
      field.legacy = is_within(field.from, legacy);
      field.write_only = is_within(field.from, write_only);
      if (field.type == FieldType::Json && !field.whole && !field.write_only) field.unshown = inside(field.from, write_only);
      field.secret = field.write_only || (!field.whole && secret_.at(field.from).is_named());
    }
  }

  void relate() {
    auto& fields = mapping_.fields_;
    for (std::size_t outer = 0; outer < fields.size(); ++outer) {
      for (std::size_t inner = 0; inner < fields.size(); ++inner) {
        if (inner == outer) continue;
        if (fields[outer].from == fields[inner].from) {
          if (!fields[outer].remote_owned() && !fields[inner].remote_owned()) fields[outer].twins.push_back(inner);
          continue;
        }
        if (!fields[outer].from.contains(fields[inner].from)) continue;
        fields[outer].leaves.push_back(inner);
        fields[inner].parents.push_back(outer);
      }
    }
    for (Field& field : fields) {
      if (!field.is_set) continue;
      mapping_.has_sets_ = true;
      field.sets.emplace_back();
      for (const std::size_t outer : field.parents) fields[outer].sets.push_back(field.from.below(fields[outer].from));
    }
  }

  void check_constants() {
    const std::vector<std::string> known = all_columns(false);
    for (const Constant& constant : mapping_.constants_) {
      const auto same = [&](const std::string& column) { return equal_ignore_case(column, constant.column); };
      if (std::any_of(known.begin(), known.end(), same) || same("id"))
        problems_.add(root_["where"].place, "where: " + in_quotes(constant.column) + " is a column of another kind already");
    }
    // The whole of a document would bring its secrets along.
    for (std::size_t i = 0; i < mapping_.fields_.size(); ++i) {
      const bool unsafe = !resource_.secret.empty() || !resource_.write_only.empty() || !resource_.marker.empty();
      if (mapping_.fields_[i].whole && unsafe)
        problems_.add(places_.paths[i], "from: $ is not possible for " + resource_.name + ", whose documents may hold secrets or a marker");
    }
  }

  std::vector<std::string> columns() const {
    std::vector<std::string> out;
    for (const Field& field : mapping_.fields_) out.push_back(field.column);
    return out;
  }

  std::vector<std::string> all_columns(bool constants = true) const {
    std::vector<std::string> out = columns();
    for (const OwnedColumn& owned : mapping_.owned_) out.push_back(owned.column.name);
    for (const Constant& constant : mapping_.constants_) {
      if (constants) out.push_back(constant.column);
    }
    return out;
  }

  /// The text at `node` when it names a column of `known`; a problem otherwise.
  std::optional<std::string> column_name(const Node& node, const std::vector<std::string>& known) {
    auto name = yaml::as_text(node, problems_);
    if (!name) return name;
    const auto found = std::find_if(known.begin(), known.end(), [&](const std::string& each) { return equal_ignore_case(each, *name); });
    if (found != known.end()) return *found;
    problems_.add(node.place, "unknown column " + in_quotes(*name) + did_you_mean(*name, known));
    return std::nullopt;
  }

  void read_label() {
    const auto name = column_name(root_["label"], columns());
    if (!name) return;
    mapping_.label_ = *mapping_.shape_->find(*name);
    if (!mapping_.fields_[mapping_.label_].secret) return;
    problems_.add(root_["label"].place, "label: " + in_quotes(*name) + " is a secret, and what people call a record is shown everywhere");
  }

  void read_owner() {
    const Node& node = section("owner", Node::Kind::Map, "{column: NAME, from: PATH, matches: TABLE.COLUMN}");
    if (node.kind != Node::Kind::Map) return;
    yaml::only_keys(node, part("owner"), problems_);
    for (const std::string& name : yaml::key_names(part("owner"))) {
      if (!node[name]) problems_.add(node.place, "owner: " + name + " is missing");
    }
    const auto column = column_name(node["column"], all_columns());
    const auto path = node["from"] ? read_path(node["from"], problems_) : std::nullopt;
    const auto parts = node["matches"] ? read_reference(node["matches"], problems_) : std::nullopt;
    if (column && path && parts) mapping_.owner_ = OwnerRule{*column, *path, parts->first, parts->second};
  }

  void read_modified() {
    const Node& node = section("modified", Node::Kind::Map, "{column: NAME, from: PATH, timezone: UTC}");
    if (node.kind != Node::Kind::Map) return;
    yaml::only_keys(node, part("modified"), problems_);
    ModifiedRule rule;
    if (!node["column"]) problems_.add(node.place, "modified: column is missing");
    rule.column = yaml::as_text(node["column"], problems_).value_or("");
    if (node["column"]) check_name(rule.column, "column", node["column"].place, problems_);
    if (const Node& from = node["from"]) {
      if (const auto path = read_path(from, problems_)) rule.from = *path;
    } else if (!resource_.modified.empty()) {
      rule.from = Path::parse(resource_.modified);
    } else {
      problems_.add(node.place, "modified: from is missing");
    }
    const auto zone = yaml::as_text(node["timezone"], problems_);
    if (zone && !is_timezone(*zone)) {
      problems_.add(node["timezone"].place, "unknown time zone " + in_quotes(*zone) + "; write one such as Europe/Berlin or UTC" +
                                                (is_timezone("Europe/Berlin") ? "" : " (the package tzdata is missing)"));
    }
    rule.timezone = zone.value_or("UTC");
    mapping_.modified_ = std::move(rule);
  }

  void read_indexes() {
    const Node& node = section("indexes", Node::Kind::Sequence, "a list of columns or {columns: [a, b], unique: true, name: NAME}");
    for (const Node& item : node.items) {
      Index index;
      if (item.kind == Node::Kind::Map)
        read_index(item, index);
      else
        add_index_column(item, index);
      if (index.columns.empty()) continue;
      if (index.name.empty()) index.name = index_name(mapping_.table_name_, index.columns, index.unique);
      mapping_.indexes_.push_back(std::move(index));
    }
  }

  void read_index(const Node& node, Index& index) {
    yaml::only_keys(node, part("indexes").parts.front(), problems_);
    if (node["columns"].kind != Node::Kind::Sequence || node["columns"].items.empty())
      problems_.add(node.place, "an index needs columns: [a, b]");
    for (const Node& column : node["columns"].items) add_index_column(column, index);
    index.unique = yaml::as_boolean(node["unique"], problems_).value_or(false);
    index.name = yaml::as_text(node["name"], problems_).value_or("");
    if (node["name"]) check_name(index.name, "index", node["name"].place, problems_);
  }

  void add_index_column(const Node& node, Index& index) {
    if (const auto name = column_name(node, all_columns())) index.columns.push_back(*name);
  }

  void finish() {
    Hasher all;
    all.text(mapping_.table_name_);
    for (Field& field : mapping_.fields_) {
      field.rule = rule_of(field);
      all.text(field.column).number(field.rule.high).number(field.rule.low).number(field.required ? 1 : 0).number(field.values.size());
      for (const std::string& value : field.values) all.text(value);
      for (const std::string& name : field.transforms) {
        mapping_.needs_hook_ = mapping_.needs_hook_ || std::find(hooks_.begin(), hooks_.end(), name) != hooks_.end();
      }
    }
    for (const std::string& pattern : mapping_.secrets_) all.text(pattern);
    mapping_.fingerprint_ = all.digest();
    for (const auto* list : {&resource_.read_only, &resource_.write_only, &resource_.secret}) {
      for (const std::string& text : *list) {
        if (const auto top = top_member(text)) mapping_.unlisted_.push_back(*top);
      }
    }
    mapping_.marker_ = resource_.marker_path();
  }

  /// Mappers are made where a mistake could no longer be told with its place.
  void check_trie() {
    try {
      make_trie(mapping_);
    } catch (const Error& error) {
      problems_.add(root_["fields"].place, error.message());
    }
  }

  Node root_;
  const Resource& resource_;
  std::span<const std::string> hooks_;
  Problems& problems_;
  std::vector<Path> read_only_ = paths(resource_.read_only);
  PathPatterns secret_;
  std::string country_code_;
  Mapping mapping_;
  MappingPlaces places_;
};

Mapping Mapping::load(const Node& root, const Resource& resource, std::span<const std::string> hook_transforms, Problems& problems) {
  return MappingReader(root, resource, hook_transforms, problems).read();
}

}  // namespace lockstep
