#include "mapping/statistic.h"

#include <algorithm>

#include "common/text.h"
#include "mapping/mapping.h"

namespace lockstep {
namespace {

using yaml::Node;
using yaml::Problems;

class StatisticsReader {
 public:
  StatisticsReader(const Mapping& mapping, Problems& problems) : problems_(problems) {
    known_ = mapping.shape()->columns();
    for (const Constant& constant : mapping.constants()) known_.push_back(constant.column);
    for (const Field& field : mapping.fields()) {
      if (field.type == FieldType::Json) json_.push_back(field.column);
    }
  }

  Statistic read(const Node::Member& member) {
    Statistic statistic;
    statistic.label = member.key;
    if (member.value.kind != Node::Kind::Map) {
      problems_.add(member.value.place, "expected a map such as {where: {kind: chat}}");
      return statistic;
    }
    yaml::only_keys(member.value, statistics_key("").form.parts.front(), problems_);
    for (const Node::Member& condition : member.value["where"].members) statistic.where.push_back(read_condition(condition));
    if (const auto by = yaml::as_text(member.value["by"], problems_)) statistic.by = column(*by, member.value["by"], known_);
    for (const Node::Member& spelling : member.value["spelled"].members) {
      if (const auto shown = yaml::as_text(spelling.value, problems_)) statistic.spelled.emplace_back(spelling.key, *shown);
    }
    if (member.value["spelled"] && statistic.by.empty())
      problems_.add(member.value["spelled"].place, "spelled goes with by: the lines of a column's values");
    if (const auto states = yaml::as_text(member.value["states"], problems_)) {
      const std::size_t dot = states->find('.');
      statistic.states = column(states->substr(0, dot), member.value["states"], json_);
      if (dot != std::string::npos) statistic.state = states->substr(dot + 1);
      if (statistic.state.empty()) problems_.add(member.value["states"].place, "expected COLUMN.NAME, not " + in_quotes(*states));
    }
    return statistic;
  }

 private:
  Statistic::Condition read_condition(const Node::Member& member) {
    Statistic::Condition condition{column(member.key, member.value, known_), {}};
    if (member.value.kind == Node::Kind::Sequence) {
      for (const Node& item : member.value.items) {
        if (const auto value = yaml::as_text(item, problems_)) condition.values.push_back(*value);
      }
    } else if (const auto value = yaml::as_text(member.value, problems_)) {
      condition.values.push_back(*value);
    }
    return condition;
  }

  std::string column(const std::string& name, const Node& node, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      problems_.add(node.place, "unknown column " + in_quotes(name) + did_you_mean(name, known));
    return name;
  }

  Problems& problems_;
  std::vector<std::string> known_, json_;
};

}  // namespace

std::vector<Statistic> read_statistics(const Node& node, const Mapping& mapping, Problems& problems) {
  std::vector<Statistic> statistics;
  if (node && node.kind != Node::Kind::Map) problems.add(node.place, "statistics: expected a map of lines");
  StatisticsReader reader(mapping, problems);
  for (const Node::Member& member : node.members) statistics.push_back(reader.read(member));
  return statistics;
}

yaml::Key statistics_key(const std::string& name_pattern) {
  const yaml::Form column = name_pattern.empty() ? yaml::text() : yaml::matching(name_pattern);
  yaml::Form line = yaml::map({{"where", yaml::names(yaml::either({yaml::text(), yaml::list(yaml::text(), 1)}), name_pattern),
                                "column: the value that counted rows hold, or a list of values; a star at its end stands for anything"},
                               {"by", column, "a line for each value of this column that no line above names"},
                               {"spelled", yaml::names(yaml::text()), "with `by`: how a value begins, and how that is written: {gpt: GPT}"},
                               {"states", yaml::text(), "COLUMN.NAME: how many rows say yes there, and of how many it is unknown"}});
  return {"statistics", yaml::names(std::move(line)), "lines that count the rows of the table"};
}

}  // namespace lockstep
