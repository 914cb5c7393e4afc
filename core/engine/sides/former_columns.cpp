#include "engine/sides/former_columns.h"

#include <algorithm>
#include <map>

#include "common/text.h"

namespace lockstep {
namespace {

constexpr std::size_t kMostKept = 32;

bool knows(const Json& set, const std::string& column) {
  return std::any_of(set.object()->begin(), set.object()->end(),
                     [&](const Json::Member& entry) { return !entry.second.is_null() && present_name(entry) == column; });
}

/// Calls `visit` for each column that a set knows, of older sets first.
void each_known(const RuleSets& sets, const std::function<void(std::int64_t, const Json&, const Json::Member&)>& visit) {
  std::map<std::int64_t, const Json*> in_order;
  for (const auto& [id, set] : sets) in_order.emplace(id, &set);
  for (const auto& [id, set] : in_order) {
    if (set->object() == nullptr) continue;
    for (const Json::Member& entry : *set->object()) {
      if (!entry.second.is_null()) visit(id, *set, entry);
    }
  }
}

/// Changes the columns of a set that `wanted` names; false when there is none.
bool change(Json& set, const std::function<bool(const Json::Member&)>& wanted, const std::function<void(Json&)>& work) {
  bool changed = false;
  if (set.object() == nullptr) return changed;
  for (Json::Member& entry : *set.object()) {
    if (entry.second.is_null() || !wanted(entry)) continue;
    if (entry.second.object() == nullptr) entry.second = Json::Object{{"rule", entry.second}};
    work(entry.second);
    changed = true;
  }
  return changed;
}

}  // namespace

const std::string& present_name(const Json::Member& entry) {
  const Json* now = entry.second.find("now");
  return now == nullptr ? entry.first : *now->text();
}

std::string rule_in(const Json& entry) { return entry.text() != nullptr ? *entry.text() : entry.text_at("rule"); }

void FormerColumn::note(CellPrint then, CellPrint now) {
  if (then == kNotKnown) return;
  if (then != kEmpty) ++compared;
  if (then != now) {
    others += now == kEmpty ? 0U : 1U;
  } else if (now != kEmpty) {
    ++as_they_were;
    values.insert(now);
  }
}

/// Of few values, as a boolean has, many rows hold the same by chance: where others do not, that tells nothing.
bool FormerColumn::was_copied(const Field& field) const {
  if (others == 0) return as_they_were * 2 > compared;
  if (field.type == FieldType::Boolean || field.type == FieldType::Enum || values.size() < 2) return false;
  return values.size() * 3 > as_they_were * 2 || as_they_were * 4 >= compared * 3;
}

SameColumn judge(const FormerColumn& column, const Field& field) {
  if (column.in_place && column.contested) return SameColumn::Yes;
  if (column.as_they_were + column.others == 0) return SameColumn::No;
  if (column.was_copied(field)) return SameColumn::Yes;
  if (column.alike || !column.by_rule) return SameColumn::No;
  return column.amid && !column.uniform ? SameColumn::Yes : SameColumn::Unknown;
}

std::vector<FormerColumn> columns_by_rule(const Mapping& mapping, const RuleSets& sets) {
  std::map<std::pair<std::string, std::size_t>, FormerColumn> found;
  each_known(sets, [&](std::int64_t id, const Json& set, const Json::Member& entry) {
    const std::string& name = present_name(entry);
    if (mapping.find(name)) return;
    for (std::size_t i = 1; i < mapping.fields().size(); ++i) {
      const Field& field = mapping.fields()[i];
      if (knows(set, field.column) || !is_rule_of(field, name, rule_in(entry.second))) continue;
      FormerColumn& column = found[{to_lower(name), i}];
      column.former = to_lower(name);
      column.ordinal = i;
      column.by_rule = true;
      column.sets.insert(id);
    }
  });
  std::vector<FormerColumn> columns;
  for (const auto& candidate : found) {
    const auto& pair = candidate.first;
    const auto rivals = std::count_if(found.begin(), found.end(),
                                      [&](const auto& each) { return each.first.first == pair.first || each.first.second == pair.second; });
    if (rivals == 1) columns.push_back(candidate.second);
  }
  return columns;
}

std::vector<FormerColumn> columns_made_anew(const Mapping& mapping, const RuleSets& sets) {
  std::map<std::size_t, FormerColumn> found;
  each_known(sets, [&](std::int64_t id, const Json&, const Json::Member& entry) {
    const auto ordinal = mapping.find(present_name(entry));
    if (!ordinal || entry.second.find("moved") == nullptr) return;
    FormerColumn& column = found[*ordinal];
    column.former = to_lower(present_name(entry));
    column.ordinal = *ordinal;
    column.by_rule = true;
    column.sets.insert(id);
  });
  std::vector<FormerColumn> columns;
  for (auto& [ordinal, column] : found) columns.push_back(std::move(column));
  return columns;
}

Json with_kept(Json rules, const Mapping& mapping, const RuleSets& sets) {
  std::map<std::string, Json> kept;
  each_known(sets, [&](std::int64_t, const Json&, const Json::Member& entry) {
    const std::string& name = present_name(entry);
    if (mapping.find(name)) return;
    const bool moved = entry.second.find("moved") != nullptr || (kept.contains(name) && kept[name].find("moved") != nullptr);
    kept[name] = Json::Object{{"rule", Json(rule_in(entry.second))}, {"kept", Json(true)}};
    if (moved) kept[name]["moved"] = Json(true);
  });
  std::size_t count = 0;
  for (auto& [name, entry] : kept) {
    if (++count <= kMostKept) rules[name] = std::move(entry);
  }
  return rules;
}

bool mark_moved(Json& set, const Mapping& mapping, const std::function<bool(const std::string&)>& altered) {
  return change(
      set,
      [&](const Json::Member& entry) {
        const std::string& name = present_name(entry);
        return entry.second.find("moved") == nullptr && !mapping.find(name) && altered(name);
      },
      [](Json& entry) { entry["moved"] = Json(true); });
}

bool take_on(Json& set, const FormerColumn& column, const std::string& present, SameColumn judged, std::int64_t now) {
  if (set.object() == nullptr) return false;
  const bool has_present = knows(set, present);
  const auto wanted = [&](const Json::Member& entry) {
    const std::string& name = present_name(entry);
    if (to_lower(name) != column.former) return false;
    return name == present ? entry.second.find("moved") != nullptr : !has_present && judged != SameColumn::No;
  };
  return change(set, wanted, [&](Json& entry) {
    if (judged == SameColumn::No) {
      entry = Json();
      return;
    }
    entry["now"] = Json(present);
    // Its former name may be given to another column later, and means nothing in a run before this.
    if (column.former != to_lower(present)) entry["since"] = Json(now);
    if (judged == SameColumn::Unknown) entry["doubt"] = Json(true);
    entry.erase("moved");
  });
}

}  // namespace lockstep
