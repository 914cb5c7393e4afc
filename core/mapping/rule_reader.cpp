#include "mapping/rule_reader.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "mapping/e164.h"
#include "mapping/field_reader.h"

namespace lockstep {
namespace {

using yaml::Node;
using yaml::Problems;

}  // namespace

std::string read_country_code_rule(const Node& node, Problems& problems) {
  // A variable that is not set leaves nothing.
  if (node.kind == Node::Kind::Null) return {};
  const auto text = yaml::as_text(node, problems);
  if (!text || text->empty()) return {};
  const auto code = read_country_code(*text);
  if (!code) problems.add(node.place, in_quotes(*text) + " is no country code; write one such as 1 or 44");
  return code.value_or("");
}

std::optional<MatchRule> read_match(const Node& node, const Mapping& mapping, const std::string& country_code, Problems& problems) {
  static const std::vector<std::string> kOptions{"column", "as"};
  static const std::vector<std::string> kWays{"exact", "lower", "e164"};
  if (node.kind != Node::Kind::Map) return std::nullopt;
  yaml::only_keys(node, kOptions, problems);
  if (!node["column"]) problems.add(node.place, "match: column is missing");
  const auto column = yaml::as_text(node["column"], problems);
  const auto ordinal = column ? mapping.find(*column) : std::nullopt;
  if (column && !ordinal) {
    problems.add(node["column"].place, "unknown column " + in_quotes(*column) + did_you_mean(*column, mapping.shape()->columns()));
  }
  const auto way = yaml::as_text(node["as"], problems);
  const auto found = std::find(kWays.begin(), kWays.end(), way.value_or("exact"));
  if (found == kWays.end()) {
    problems.add(node["as"].place, in_quotes(*way) + " is none of " + join(kWays, ", ") + did_you_mean(*way, kWays));
  }
  if (!ordinal || found == kWays.end()) return std::nullopt;
  const MatchRule rule{*ordinal, static_cast<MatchRule::As>(found - kWays.begin()), country_code};
  const Field& field = mapping.fields()[rule.ordinal];
  if (rule.ordinal == 0 || field.lookup || field.secret) {
    problems.add(node["column"].place, "match: " + in_quotes(*column) + " cannot tell records apart; name a plain column");
  } else if (field.type != FieldType::Text && rule.as != MatchRule::As::Exact) {
    problems.add(node["as"].place, "as: " + *way + " belongs to a column of type text");
  } else {
    return rule;
  }
  return std::nullopt;
}

std::vector<Starter> read_starters(const Node& node, const Mapping& mapping, Problems& problems) {
  std::vector<Starter> starters;
  for (const Node::Member& member : node.members) {
    Path path;
    try {
      path = Path::parse(member.key);
    } catch (const Error& error) {
      problems.add(member.place, error.message());
      continue;
    }
    const auto inside = [&](const Field& field) { return path.contains(field.from) && !(path == field.from); };
    if (member.value.kind != Node::Kind::Map) {
      problems.add(member.value.place, "made_with: expected a map such as {provider: vapi}");
    } else if (std::none_of(mapping.fields().begin(), mapping.fields().end(), inside)) {
      problems.add(member.place, "made_with: no column lies inside " + in_quotes(member.key));
    } else {
      starters.push_back({std::move(path), read_json(member.value, problems)});
    }
  }
  std::stable_sort(starters.begin(), starters.end(),
                   [](const Starter& a, const Starter& b) { return a.path.steps().size() < b.path.steps().size(); });
  return starters;
}

}  // namespace lockstep
