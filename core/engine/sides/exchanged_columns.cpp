#include "engine/sides/exchanged_columns.h"

#include <algorithm>

#include "common/text.h"

namespace lockstep {
namespace {

/// So many times as much has to speak for one as for the other.
constexpr std::size_t kClearly = 4;

/// What one set knows: the columns' names in lower case, and their rules.
using Known = std::map<std::string, std::string>;
using Moves = std::map<std::string, std::size_t>;

Known known_of(const Json& set) {
  Known known;
  if (set.object() == nullptr) return known;
  for (const Json::Member& entry : *set.object()) {
    if (!entry.second.is_null()) known.emplace(to_lower(present_name(entry)), rule_in(entry.second));
  }
  return known;
}

/// The column of this name has the rule still; of the key nothing else is asked.
bool stays(const Mapping& mapping, const std::string& name, const std::string& rule) {
  const auto ordinal = mapping.find(name);
  return ordinal && (*ordinal == 0 || is_rule_of(mapping.fields()[*ordinal], name, rule));
}

/// Each column whose name has lost its rule, with the one that has it now, where there is exactly one.
Moves moves_of(const Mapping& mapping, const Known& known) {
  std::multimap<std::size_t, std::string> found;
  for (const auto& [name, rule] : known) {
    if (stays(mapping, name, rule)) continue;
    std::vector<std::size_t> candidates;
    for (std::size_t i = 1; i < mapping.fields().size(); ++i) {
      const auto other = known.find(to_lower(mapping.fields()[i].column));
      const bool taken = other != known.end() && stays(mapping, other->first, other->second);
      if (!taken && is_rule_of(mapping.fields()[i], name, rule)) candidates.push_back(i);
    }
    if (candidates.size() == 1) found.emplace(candidates.front(), name);
  }
  Moves moves;
  for (const auto& [ordinal, name] : found) {
    if (found.count(ordinal) == 1) moves.emplace(name, ordinal);
  }
  return moves;
}

/// Two columns that have both got rules which no column had: they may have exchanged their names at the same time.
Moves guessed_of(const Mapping& mapping, const Known& known, const Moves& moves) {
  std::vector<std::string> lost;
  for (const auto& [name, rule] : known) {
    const auto ordinal = mapping.find(name);
    const bool is_target = std::any_of(moves.begin(), moves.end(), [&](const auto& move) { return move.second == ordinal; });
    if (ordinal && !is_target && !moves.contains(name) && !stays(mapping, name, rule)) lost.push_back(name);
  }
  if (lost.size() != 2) return {};
  return {{lost[0], *mapping.find(lost[1])}, {lost[1], *mapping.find(lost[0])}};
}

/// Follows the names from one column to the next, and takes the moves that it comes by.
Exchange take_from(Moves& moves, const std::string& start, const Mapping& mapping, const Known& known) {
  Exchange exchange;
  for (auto move = moves.find(start); move != moves.end();) {
    const std::string name = to_lower(mapping.fields()[move->second].column);
    exchange.moves.insert(moves.extract(move));
    move = moves.find(name);
    if (move == moves.end() && known.contains(name) && !exchange.moves.contains(name)) exchange.displaced.insert(name);
  }
  return exchange;
}

/// A column that nobody moves to comes first in its chain.
std::string first_of(const Moves& moves, const Mapping& mapping) {
  const auto first = std::find_if(moves.begin(), moves.end(), [&](const auto& move) {
    return std::none_of(moves.begin(), moves.end(),
                        [&](const auto& each) { return to_lower(mapping.fields()[each.second].column) == move.first; });
  });
  return first == moves.end() ? moves.begin()->first : first->first;
}

/// A column that left its name for a new one is none.
bool exchanges_names(const Exchange& exchange, const Mapping& mapping) {
  return !exchange.displaced.empty() ||
         std::any_of(exchange.moves.begin(), exchange.moves.end(), [&](const auto& move) { return mapping.find(move.first).has_value(); });
}

/// Sets that knew different columns may tell of one exchange.
void merge(std::vector<Exchange>& all, Exchange exchange) {
  const auto same = std::find_if(all.begin(), all.end(), [&](const Exchange& each) {
    return std::any_of(exchange.moves.begin(), exchange.moves.end(), [&](const auto& move) { return each.moves.contains(move.first); });
  });
  if (same == all.end()) return all.push_back(std::move(exchange));
  same->moves.merge(exchange.moves);
  same->displaced.merge(exchange.displaced);
  same->sets.merge(exchange.sets);
  same->guessed = same->guessed && exchange.guessed;
}

/// The name of a column that is gone, while another bears its name.
std::string name_of_gone(const std::string& name) { return name + " (former)"; }

/// What an entry of a set is by now; nullopt where the exchange is none for it.
std::optional<std::string> name_after(const Json::Member& entry, const Exchange& exchange, const Mapping& mapping) {
  const std::string name = to_lower(present_name(entry)), rule = rule_in(entry.second);
  const auto move = exchange.moves.find(name);
  if (stays(mapping, name, rule)) return std::nullopt;
  if (move != exchange.moves.end() && exchange.guessed) return mapping.fields()[move->second].column;
  if (move != exchange.moves.end() && is_rule_of(mapping.fields()[move->second], name, rule)) return mapping.fields()[move->second].column;
  return exchange.displaced.contains(name) ? std::optional(name_of_gone(name)) : std::nullopt;
}

}  // namespace

void Exchange::note(CellPrint of_name, CellPrint of_rule, CellPrint now) {
  const auto holds = [&](CellPrint then, CellPrint other) { return then == now && (now != kEmpty || other != kNotKnown); };
  if (of_name == of_rule) return;
  if (holds(of_rule, of_name)) ++by_rule;
  if (holds(of_name, of_rule)) ++by_name;
}

std::set<std::size_t> Exchange::ordinals(const Mapping& mapping) const {
  std::set<std::size_t> all;
  for (const auto& [name, ordinal] : moves) {
    all.insert(ordinal);
    if (const auto present = mapping.find(name)) all.insert(*present);
  }
  return all;
}

std::map<std::string, std::string> Exchange::renamed(const Mapping& mapping) const {
  std::map<std::string, std::string> names;
  for (const auto& [name, ordinal] : moves) names.emplace(name, mapping.fields()[ordinal].column);
  for (const std::string& name : displaced) names.emplace(name, name_of_gone(name));
  return names;
}

SameColumn judge(const Exchange& exchange) {
  if (exchange.guessed) return exchange.by_rule > kClearly * exchange.by_name ? SameColumn::Yes : SameColumn::No;
  if (exchange.by_rule + exchange.by_name == 0) return SameColumn::Unknown;
  if (exchange.by_rule >= kClearly * exchange.by_name) return SameColumn::Yes;
  return exchange.by_name >= kClearly * exchange.by_rule ? SameColumn::No : SameColumn::Unknown;
}

std::vector<Exchange> exchanges(const Mapping& mapping, const RuleSets& sets) {
  std::vector<Exchange> all;
  for (const auto& [id, set] : sets) {
    const Known known = known_of(set);
    Moves moves = moves_of(mapping, known);
    if (Moves guessed = guessed_of(mapping, known, moves); !guessed.empty()) {
      merge(all, {.moves = std::move(guessed), .sets = {id}, .guessed = true});
    }
    while (!moves.empty()) {
      Exchange exchange = take_from(moves, first_of(moves, mapping), mapping, known);
      exchange.sets.insert(id);
      if (exchanges_names(exchange, mapping)) merge(all, std::move(exchange));
    }
  }
  return all;
}

bool follow(Json& set, const Exchange& exchange, const Mapping& mapping, SameColumn judged, std::int64_t now) {
  bool changed = false;
  // Nothing speaks for it: what is agreed on stays with the names.
  if (set.object() == nullptr || (exchange.guessed && judged == SameColumn::No)) return changed;
  for (Json::Member& entry : *set.object()) {
    const std::optional<std::string> name = entry.second.is_null() ? std::nullopt : name_after(entry, exchange, mapping);
    if (!name) continue;
    const auto ordinal = mapping.find(present_name(entry));
    if (entry.second.object() == nullptr) entry.second = Json::Object{{"rule", entry.second}};
    if (judged != SameColumn::No) {
      entry.second["now"] = Json(*name);
      if (judged == SameColumn::Unknown) entry.second["doubt"] = Json(true);
    } else if (ordinal) {
      entry.second["rule"] = Json(mapping.fields()[*ordinal].rule.hex());
    }
    entry.second["since"] = Json(now);
    entry.second.erase("moved");
    changed = true;
  }
  return changed;
}

std::set<std::string> exchanged_since(const RuleSets& sets, std::int64_t then) {
  std::set<std::string> names;
  for (const auto& [id, set] : sets) {
    if (set.object() == nullptr) continue;
    for (const Json::Member& entry : *set.object()) {
      const Json* since = entry.second.find("since");
      if (since == nullptr || *since->integer() <= then) continue;
      names.insert(to_lower(entry.first));
      names.insert(to_lower(present_name(entry)));
    }
  }
  return names;
}

}  // namespace lockstep
