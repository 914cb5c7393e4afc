#include "mapping/condition_reader.h"

#include "common/text.h"
#include "mapping/field_reader.h"

namespace lockstep {
namespace {

using yaml::Form;
using yaml::Node;
using yaml::Problems;

Form scalar() {
  Form form = yaml::text();
  form.loose = true;
  return form;
}

Form scalars() { return yaml::either({scalar(), yaml::list(scalar(), 1)}); }

const Form& range_form() {
  static const Form form =
      yaml::map({{"not", scalars(), "the value, or the values, that the column does not hold; null: it holds something"},
                 {"from", yaml::text(1), "the least number, date or text"},
                 {"to", yaml::text(1), "the greatest one"}});
  return form;
}

/// One scalar or a list of them.
std::vector<Json> read_values(const Node& node, const std::string& column, Problems& problems) {
  if (node.kind == Node::Kind::Map) problems.add(node.place, in_quotes(column) + ": expected a value or a list of values");
  if (node.kind == Node::Kind::Sequence && node.items.empty()) problems.add(node.place, in_quotes(column) + ": the list is empty");
  std::vector<Json> values;
  if (node.kind == Node::Kind::Scalar || node.kind == Node::Kind::Null) values.push_back(read_json(node, problems));
  for (const Node& item : node.items) {
    if (item.kind != Node::Kind::Scalar && item.kind != Node::Kind::Null) {
      problems.add(item.place, in_quotes(column) + ": expected values in the list");
      continue;
    }
    values.push_back(read_json(item, problems));
  }
  return values;
}

std::optional<Json> read_bound(const Node& node, const std::string& column, Problems& problems) {
  if (!node) return std::nullopt;
  const auto text = yaml::as_text(node, problems);
  if (text && text->empty()) problems.add(node.place, in_quotes(column) + ": expected a number, a date or a text");
  return text ? std::optional(Json(*text)) : std::nullopt;
}

RowCondition read_condition(const Node::Member& member, Problems& problems) {
  const Node& node = member.value;
  RowCondition condition;
  condition.column = member.key;
  if (node.kind != Node::Kind::Map) {
    condition.among = read_values(node, member.key, problems);
    return condition;
  }
  yaml::only_keys(node, range_form(), problems);
  if (node["not"]) condition.not_among = read_values(node["not"], member.key, problems);
  condition.from = read_bound(node["from"], member.key, problems);
  condition.to = read_bound(node["to"], member.key, problems);
  return condition;
}

}  // namespace

Where read_where(const Node& node, Problems& problems) {
  Where where;
  if (node && node.kind != Node::Kind::Map) problems.add(node.place, "expected a map such as {provider: openai}");
  for (const Node::Member& member : node.members) {
    check_name(member.key, "column", member.place, problems);
    if (member.value.kind == Node::Kind::Null && member.value.from_environment) {
      problems.add(member.value.place, in_quotes(member.key) + ": the variable is empty; write null for a column that holds nothing");
      continue;
    }
    if (member.value.kind != Node::Kind::Scalar) {
      where.conditions.push_back(read_condition(member, problems));
      continue;
    }
    if (member.value.scalar.empty())
      problems.add(member.value.place, in_quotes(member.key) + ": expected a text; null is a column that holds nothing");
    where.constants.push_back({member.key, member.value.scalar});
  }
  return where;
}

yaml::Key where_key(const std::string& name_pattern) {
  // One empty text is no condition; nothing, written as null, is.
  Form one = scalar();
  return {
      "where", yaml::names(yaml::either({std::move(one), yaml::list(scalar(), 1), range_form()}), name_pattern),
      "which rows the sync is about: column: value, null, a list of values, or {not: …, from: …, to: …}; new rows get the single values"};
}

}  // namespace lockstep
