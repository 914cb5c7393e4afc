// `where` of a mapping file, and its form.
#pragma once

#include <string>
#include <vector>

#include "format/form.h"
#include "format/yaml.h"
#include "mapping/condition.h"

namespace lockstep {

struct Where {
  std::vector<Constant> constants;
  std::vector<RowCondition> conditions;
};

Where read_where(const yaml::Node& node, yaml::Problems& problems);
/// `name_pattern`: of columns.
yaml::Key where_key(const std::string& name_pattern);

}  // namespace lockstep
