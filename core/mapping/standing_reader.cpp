#include "mapping/standing_reader.h"

#include <algorithm>
#include <array>

#include "common/text.h"
#include "format/json.h"
#include "mapping/convert.h"
#include "mapping/field_reader.h"

namespace lockstep {
namespace {

using Kind = yaml::Form::Kind;
using yaml::Node;
using yaml::Problems;
using On = EventRule::On;

constexpr std::array<std::pair<std::string_view, On>, 7> kOn{{{"insert", On::Insert},
                                                              {"missing", On::Missing},
                                                              {"return", On::Return},
                                                              {"set", On::Set},
                                                              {"clear", On::Clear},
                                                              {"change", On::Change},
                                                              {"moved_element", On::MovedElement}}};
const std::vector<std::string> kOwnColumns{"id", "happened_at", "run", "event", "field", "old_value", "new_value"};

std::vector<std::string> on_words() {
  std::vector<std::string> words;
  for (const auto& [word, on] : kOn) words.emplace_back(word);
  return words;
}

template <class Values>
bool contains(const Values& values, const typename Values::value_type& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool is_map(const Node& node, std::string_view expected, Problems& problems) {
  if (node && node.kind != Node::Kind::Map) problems.add(node.place, "expected " + std::string(expected));
  return node.kind == Node::Kind::Map;
}

const yaml::Form& form_of(std::string_view key) {
  static const std::vector<yaml::Key> keys = standing_keys("");
  return std::find_if(keys.begin(), keys.end(), [&](const yaml::Key& each) { return each.name == key; })->form;
}

class EventsReader {
 public:
  EventsReader(const Mapping& mapping, Problems& problems) : mapping_(mapping), problems_(problems) {}

  EventRules read(const Node& node) {
    yaml::only_keys(node, form_of("events"), problems_);
    EventRules events;
    if (!node["table"]) problems_.add(node.place, "events: table is missing");
    events.table.name = yaml::as_text(node["table"], problems_).value_or("");
    if (node["table"]) check_table_name(events.table.name, node["table"].place, problems_);
    events.copied = columns(node["copy"], "copy", true);
    for (const std::string& name : events.copied) {
      if (contains(kOwnColumns, name)) problems_.add(node["copy"].place, in_quotes(name) + " is a column that every event has");
    }
    if (!is_map(node["rules"], "a map of events: {added: {on: insert}}", problems_) && !node["rules"]) {
      problems_.add(node.place, "events: rules are missing");
    }
    for (const Node::Member& member : node["rules"].members) events.rules.push_back(rule(member));
    events.table = table(events);
    return events;
  }

 private:
  EventRule rule(const Node::Member& member) {
    const Node& node = member.value;
    EventRule rule{member.key, On::Insert, {}};
    if (!is_map(node, "{on: insert}", problems_)) {
      if (!node || node.kind == Node::Kind::Null) problems_.add(member.place, in_quotes(member.key) + " lacks on: WHEN");
      return rule;
    }
    yaml::only_keys(node, yaml::key(form_of("events"), "rules").form.parts.front(), problems_);
    const auto word = yaml::as_text(node["on"], problems_);
    const auto* found = std::find_if(kOn.begin(), kOn.end(), [&](const auto& each) { return word && each.first == *word; });
    if (found == kOn.end()) {
      problems_.add(node["on"] ? node["on"].place : node.place,
                    word ? in_quotes(*word) + " is none of " + join(on_words(), ", ") + did_you_mean(*word, on_words())
                         : in_quotes(member.key) + " lacks on: WHEN");
      return rule;
    }
    rule.on = found->second;
    rule_columns(node, rule);
    return rule;
  }

  void rule_columns(const Node& node, EventRule& rule) {
    const bool takes_columns = rule.on >= On::Set;
    if (!takes_columns) {
      for (const char* key : {"columns", "except"}) {
        if (node[key]) problems_.add(node[key].place, std::string(key) + " belongs to events on a change of columns");
      }
      return;
    }
    if (node["columns"] && node["except"]) problems_.add(node["except"].place, "give columns or except, not both");
    if (node["columns"]) {
      for (const std::string& name : columns(node["columns"], "columns", false)) rule.ordinals.push_back(*mapping_.find(name));
    } else {
      const std::vector<std::string> left_out = columns(node["except"], "except", false);
      for (std::size_t i = 1; i < mapping_.fields().size(); ++i) {
        const bool missing = std::any_of(mapping_.on_missing().begin(), mapping_.on_missing().end(),
                                         [&](const MissingValue& value) { return value.ordinal == i; });
        if (!missing && !contains(left_out, mapping_.fields()[i].column)) rule.ordinals.push_back(i);
      }
    }
    for (const std::size_t ordinal : rule.ordinals) {
      if (rule.on == On::MovedElement && mapping_.fields()[ordinal].type != FieldType::Json)
        problems_.add(node.place, "moved_element: " + in_quotes(mapping_.fields()[ordinal].column) + " is not of type json");
    }
  }

  /// Columns of `fields`, and with `constants` those of `where`.
  std::vector<std::string> columns(const Node& node, const std::string& key, bool constants) {
    std::vector<std::string> known = mapping_.shape()->columns(), names;
    for (const Constant& constant : mapping_.constants()) {
      if (constants) known.push_back(constant.column);
    }
    if (node && node.kind != Node::Kind::Sequence) problems_.add(node.place, key + ": expected a list of columns");
    for (const Node& item : node.items) {
      const auto name = yaml::as_text(item, problems_);
      const auto found =
          name ? std::find_if(known.begin(), known.end(), [&](const auto& each) { return equal_ignore_case(each, *name); }) : known.end();
      if (found != known.end()) {
        names.push_back(*found);
      } else if (name) {
        problems_.add(item.place, "unknown column " + in_quotes(*name) + did_you_mean(*name, known));
      }
    }
    return names;
  }

  Table table(const EventRules& events) const {
    Table table{events.table.name, {{"id", ColumnType::Integer, false, ""}, {"happened_at", ColumnType::Timestamp, false, ""}}, {"id"}, {}};
    table.columns.push_back({"run", ColumnType::Key, true, ""});
    table.columns.push_back({"event", ColumnType::Key, false, ""});
    for (const std::string& name : events.copied) table.columns.push_back({name, ColumnType::Key, true, ""});
    table.columns.push_back({"field", ColumnType::Key, true, ""});
    table.columns.push_back({"old_value", ColumnType::Text, true, ""});
    table.columns.push_back({"new_value", ColumnType::Text, true, ""});
    if (!events.copied.empty()) {
      table.indexes.push_back({index_name(table.name, events.copied, false), events.copied, false});
    }
    return table;
  }

  const Mapping& mapping_;
  Problems& problems_;
};

}  // namespace

std::vector<MissingValue> read_on_missing(const Node& node, const Mapping& mapping, Problems& problems) {
  std::vector<MissingValue> values;
  if (!is_map(node, "{set: {column: value}}", problems)) return values;
  yaml::only_keys(node, form_of("on_missing"), problems);
  if (!is_map(node["set"], "a map of columns and values", problems) || node["set"].members.empty()) {
    if (!node["set"] || node["set"].kind == Node::Kind::Map) problems.add(node.place, "on_missing lacks set: {column: value}");
    return values;
  }
  for (const Node::Member& member : node["set"].members) {
    const auto ordinal = mapping.find(member.key);
    if (!ordinal || *ordinal == 0) {
      problems.add(member.place, (ordinal ? "the key cannot be set: " : "unknown column ") + in_quotes(member.key) +
                                     (ordinal ? "" : did_you_mean(member.key, mapping.shape()->columns())));
      continue;
    }
    const Field& field = mapping.fields()[*ordinal];
    Arena arena;
    std::string problem;
    const Json value = read_json(member.value, problems);
    if (field.lookup || field.secret) problem = "a lookup or a secret cannot be set";
    if (problem.empty() && !value.is_null()) convert(field, json::to_value(value, arena), arena, problem);
    if (!problem.empty()) problems.add(member.value.place, member.key + ": " + problem);
    values.push_back({*ordinal, value});
  }
  return values;
}

std::optional<EventRules> read_events(const Node& node, const Mapping& mapping, Problems& problems) {
  if (!is_map(node, "a map with table, copy and rules", problems)) return std::nullopt;
  return EventsReader(mapping, problems).read(node);
}

std::vector<yaml::Key> standing_keys(const std::string& name_pattern) {
  const yaml::Form column = name_pattern.empty() ? yaml::text() : yaml::matching(name_pattern);
  const yaml::Form table = name_pattern.empty() ? yaml::text() : yaml::matching("(" + name_pattern + "\\.)?" + name_pattern);
  yaml::Form rule = yaml::map({{"on", yaml::choice(on_words()), "when it is told of", true},
                               {"columns", yaml::list(column), "whose changes it tells of; without it every column's"},
                               {"except", yaml::list(column), "columns whose changes it does not tell of"}});
  return {
      {"read_only", yaml::of(Kind::Boolean), "the remote alone decides every column: nothing is ever sent", false, "false"},
      {"on_missing", yaml::map({{"set", yaml::names(yaml::of(Kind::Any), name_pattern, 1), "column: value", true}}),
       "what the row of a record gets that a complete list no longer names; the row stays"},
      {"events",
       yaml::map({{"table", table, "the table that events are added to", true},
                  {"copy", yaml::list(column), "columns of the row that stand beside each event"},
                  {"rules", yaml::names(std::move(rule)), "event: when it is told of", true}}),
       "what happened to records, as rows of a second table"},
  };
}

}  // namespace lockstep
