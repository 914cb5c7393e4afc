// Statistic: a line that counts the rows of a mapping's table, as the mapping file declares it.
//
//   statistics:
//     GPT-4:   {where: {kind: chat, family: [gpt-4, gpt-4.1]}}   # rows that hold one of the values; `gpt-*`: that begin so
//     newer:   {where: {kind: chat}, by: family, spelled: {gpt: GPT}}  # a line for each value that no line above names: gpt-5 as GPT-5
//     Vision:  {where: {kind: chat}, states: capabilities.vision} # of a json column: yes, no or unknown at {"vision": {"value": …}}
//
// "Total", all rows, needs no line. Rows that hold the values of `on_missing` are not counted.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "format/form.h"
#include "format/yaml.h"

namespace lockstep {

class Mapping;

struct Statistic {
  struct Condition {
    std::string column;
    std::vector<std::string> values;
  };
  std::string label;
  std::vector<Condition> where;
  std::string by;                                            ///< column; empty: one line
  std::vector<std::pair<std::string, std::string>> spelled;  ///< with `by`: how a value begins, and what is shown in its place
  std::string states;                                        ///< column of type json; empty: rows are counted
  std::string state;                                         ///< its member
};

/// `mapping` has its fields and constants.
std::vector<Statistic> read_statistics(const yaml::Node& node, const Mapping& mapping, yaml::Problems& problems);
yaml::Key statistics_key(const std::string& name_pattern);

}  // namespace lockstep
