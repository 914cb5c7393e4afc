#include "engine/passes/later_writes.h"

#include <algorithm>

namespace lockstep {
namespace {

Json member(const Json& values, const char* name) {
  const Json* found = values.find(name);
  return found == nullptr ? Json() : *found;
}

Json held_after(const Json& values) { return member(values, values.find("stored") != nullptr ? "stored" : "after"); }

}  // namespace

LaterWrites::LaterWrites(State& state, const std::string& run, const std::set<std::int64_t>& links) : run_(run) {
  know_runs(state, run);
  if (later_.empty() || links.empty()) return;
  std::vector<ChangeEntry> entries;
  state.each_change({.after_run = *own_.begin()}, [&](ChangeEntry&& entry) {
    if (links.contains(entry.link_id) && later_.contains(entry.run_id)) entries.push_back(std::move(entry));
    return true;
  });
  // Newest first, by the runs: what came of a promise may have been found out much later.
  std::stable_sort(entries.begin(), entries.end(), [](const ChangeEntry& a, const ChangeEntry& b) { return a.run_id > b.run_id; });
  for (const ChangeEntry& entry : entries) take(entry);
}

void LaterWrites::know_runs(State& state, const std::string& run) {
  for (const RunEntry& entry : state.runs({.run = run})) own_.insert(entry.id);
  if (own_.empty()) return;
  names_.insert(run);
  state.each_run({}, [&](RunEntry&& entry) {
    if (entry.id <= *own_.begin()) return false;
    names_.insert(entry.run);
    if (!own_.contains(entry.id)) later_.emplace(entry.id, std::move(entry));
    return true;
  });
}

void LaterWrites::take(const ChangeEntry& entry) {
  if (entry.fields.object() != nullptr) {
    for (const auto& [column, values] : *entry.fields.object()) take_field(entry, column, values);
  } else if (entry.action != "link") {
    links_[entry.link_id].writes.push_back({entry.side, "", {}, {}, false});
  }
}

void LaterWrites::take_field(const ChangeEntry& entry, const std::string& column, const Json& values) {
  const RunEntry& by = later_.at(entry.run_id);
  std::set<std::string>& taken_back = taken_back_[{entry.link_id, entry.side, column}];
  if (taken_back.contains(by.run)) return;
  const std::string undone = by.report.text_at("undoes");
  OfLink& out = links_[entry.link_id];
  if (undone.empty() || !names_.contains(undone)) {
    out.writes.push_back({entry.side, column, member(values, "before"), held_after(values), !undone.empty()});
  } else if (values.find("unconfirmed") == nullptr) {
    taken_back.insert(undone);
    if (undone == run_) out.taken_back.emplace(entry.side, column);
  }
}

void LaterWrites::add(const IntentEntry& intent, std::int64_t link) {
  const auto by = later_.find(intent.run_id);
  if (by == later_.end() || intent.action != "update" || intent.body.object() == nullptr) return;
  if (!by->second.report.text_at("undoes").empty()) return;
  for (const auto& [column, values] : *intent.body.object()) {
    links_[link].writes.push_back({Side::Remote, column, member(values, "before"), member(values, "after"), false});
  }
}

const LaterWrites::OfLink& LaterWrites::of(std::int64_t link) const {
  static const OfLink kNone;
  const auto found = links_.find(link);
  return found == links_.end() ? kNone : found->second;
}

}  // namespace lockstep
