#include "config/plugin_options.h"

#include <algorithm>
#include <map>

#include "common/log.h"
#include "common/text.h"

namespace lockstep {
namespace {

using Given = std::map<std::string, std::string, std::less<>>;

std::vector<std::string> names_of(std::span<const Option> table) {
  std::vector<std::string> names;
  for (const Option& option : table) names.emplace_back(option.name);
  return names;
}

const Option* find_option(std::span<const Option> table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Option& option) { return name == option.name; });
  return found == table.end() ? nullptr : &*found;
}

void check_value(const yaml::Node::Member& member, const Option& option, const OptionRules& rules, yaml::Problems& problems) {
  const yaml::Node& node = member.value;
  if (option.secret) register_secret(node.scalar);
  if (const auto problem = option_problem(option, node.scalar)) {
    const bool shown = !option.secret && !node.from_environment;
    problems.add(node.place, member.key + ": " + *problem + (shown ? ", not " + in_quotes(node.scalar) : ""));
  }
  if (option.secret || !rules.doubt) return;
  for (const std::string& name : node.variables) {
    if (const auto doubt = rules.doubt(name))
      problems.add(node.place, member.key + ": " + *doubt + "; set it in the environment, or beside the configuration");
  }
}

void read_option(const yaml::Node::Member& member, const PluginUse& use, std::span<const Option> table, const OptionRules& rules,
                 Given& given, yaml::Problems& problems) {
  const Option* option = find_option(table, member.key);
  const yaml::Node& node = member.value;
  if (option == nullptr) {
    problems.add(member.place,
                 "unknown option " + in_quotes(member.key) + " of plugin " + use.plugin + did_you_mean(member.key, names_of(table)));
  } else if (node.kind == yaml::Node::Kind::Map || node.kind == yaml::Node::Kind::Sequence) {
    problems.add(node.place, member.key + ": expected a single value");
  } else if (!node.scalar.empty()) {
    check_value(member, *option, rules, problems);
    given[member.key] = option->type == OptionType::Path ? resolve_path(rules.directory, node) : node.scalar;
  }
}

}  // namespace

std::span<const Option> options_of(const PluginHead& head) { return {head.options, head.option_count}; }

OptionValues read_options(const PluginUse& use, std::span<const Option> table, const OptionRules& rules, yaml::Problems& problems) {
  Given given;
  for (const yaml::Node::Member& member : use.options) read_option(member, use, table, rules, given, problems);
  if (!rules.timeout.empty() && find_option(table, "timeout") != nullptr) given["timeout"] = rules.timeout;
  for (const Option& option : table) {
    if (!option.required || given.contains(option.name)) continue;
    problems.add(use.place, use.name + " lacks \"" + std::string(option.name) + "\"" +
                                (option.env == nullptr ? "" : "; set " + std::string(option.env)));
  }
  return {table, std::move(given)};
}

}  // namespace lockstep
