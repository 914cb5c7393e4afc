#include "mapping/mapping_checks.h"

#include <algorithm>
#include <map>

#include "common/text.h"

namespace lockstep {
namespace {

using yaml::Problems;

void check_pair(const Mapping& mapping, const MappingPlaces& places, std::size_t earlier, std::size_t later, Problems& problems) {
  const Field& a = mapping.fields()[earlier];
  const Field& b = mapping.fields()[later];
  if (!a.from.may_overlap(b.from) || a.remote_owned() || b.remote_owned()) return;
  const std::string first = in_quotes(a.column) + " (line " + std::to_string(places.paths[earlier].line) + ")";
  if (a.from == b.from) {
    // The two names of a reference.
    if (a.lookup.has_value() != b.lookup.has_value()) return;
    problems.add(places.paths[later],
                 in_quotes(b.column) + " and " + first + " both write " + a.from.text() + "; make one of them derived: true");
    return;
  }
  const bool a_is_outer = a.from.contains(b.from);
  const Field& outer = a_is_outer ? a : b;
  const Field& inner = a_is_outer ? b : a;
  if (!outer.from.contains(inner.from)) {
    problems.add(places.paths[later], in_quotes(b.column) + " and " + first + " may both write one place, " + a.from.text() +
                                          "; make one of them derived: true");
  } else if (outer.type != FieldType::Json) {
    problems.add(places.paths[later], in_quotes(inner.column) + " lies inside " + in_quotes(outer.column) + ", which is not of type json");
  }
}

}  // namespace

void check_columns(const Mapping& mapping, const MappingPlaces& places, Problems& problems) {
  std::map<std::string, yaml::Place> seen;
  const auto check = [&](const std::string& name, const yaml::Place& place, bool owned) {
    if (!owned && equal_ignore_case(name, "id")) problems.add(place, "column \"id\" is the row's own primary key; choose another name");
    // Databases compare column names without case.
    const auto [first, fresh] = seen.emplace(to_lower(name), place);
    if (fresh || name.empty()) return;
    problems.add(place, "column " + in_quotes(name) + " is used twice; first in line " + std::to_string(first->second.line));
  };
  for (std::size_t i = 0; i < mapping.fields().size(); ++i) check(mapping.fields()[i].column, places.columns[i], false);
  for (std::size_t i = 0; i < mapping.owned().size(); ++i) check(mapping.owned()[i].column.name, places.owned[i], true);
}

void check_paths(const Mapping& mapping, const MappingPlaces& places, Problems& problems) {
  for (std::size_t later = 0; later < mapping.fields().size(); ++later) {
    const Field& field = mapping.fields()[later];
    if (field.from.ends_at_selector() && !field.remote_owned())
      problems.add(places.paths[later], in_quotes(field.column) + " would write " + field.from.text() +
                                            ", by which its element is selected; make it derived: true");
    for (std::size_t earlier = 0; earlier < later; ++earlier) check_pair(mapping, places, earlier, later, problems);
  }
}

void check_known(const Mapping& mapping, const MappingPlaces& places, const Resource& resource, Problems& problems) {
  if (resource.known.empty()) return;
  std::vector<std::string> known = resource.known;
  // A path that the resource says something about is known to it, published or not.
  for (const auto* more : {&resource.legacy, &resource.read_only, &resource.write_only})
    known.insert(known.end(), more->begin(), more->end());
  for (std::size_t i = 1; i < mapping.fields().size(); ++i) {
    if (mapping.fields()[i].whole) continue;
    const std::string& top = mapping.fields()[i].from.top();
    const auto has_top = [&](const std::string& name) { return Path::parse(name).top() == top; };
    if (std::any_of(known.begin(), known.end(), has_top)) continue;
    problems.warn(places.paths[i], "the API publishes no " + in_quotes(top) + " for " + resource.name + did_you_mean(top, known));
  }
}

}  // namespace lockstep
