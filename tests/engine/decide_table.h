// The words in which the table of the guarantees is tested: a situation, and what each mode and policy must give.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "decide_world.h"

namespace lockstep::test {

/// What a combination of mode and policies must give. Empty lists mean "any"; the first that fits counts.
struct Expected {
  std::vector<Mode> modes;
  std::vector<OnConflict> policies;
  std::vector<LocalEdits> edits;
  std::string decision;

  bool fits(const Policy& policy) const {
    const auto in = [](const auto& list, auto value) { return list.empty() || std::find(list.begin(), list.end(), value) != list.end(); };
    return in(modes, policy.mode) && in(policies, policy.on_conflict) && in(edits, policy.local_edits);
  }
};

struct Situation {
  std::string name;
  int case_number;
  std::function<void(World&, Policy&)> set_up;
  std::vector<Expected> expected;
};

inline std::string name_of_situation(const testing::TestParamInfo<Situation>& info) { return info.param.name; }
inline void PrintTo(const Situation& situation, std::ostream* out) { *out << situation.name; }

inline constexpr Mode I = Mode::Import, E = Mode::Export, F = Mode::Full;
inline constexpr LocalEdits Keep = LocalEdits::Keep, Replace = LocalEdits::Replace;
inline constexpr OnConflict Remote = OnConflict::Remote, Local = OnConflict::Local, Newest = OnConflict::Newest,
                            Manual = OnConflict::Manual, AskHook = OnConflict::Hook;

inline Expected always(std::string decision) { return {{}, {}, {}, std::move(decision)}; }
inline Expected in(std::vector<Mode> modes, std::string decision) { return {std::move(modes), {}, {}, std::move(decision)}; }
inline Expected in(std::vector<Mode> modes, LocalEdits edits, std::string decision) {
  return {std::move(modes), {}, {edits}, std::move(decision)};
}
inline Expected in(std::vector<Mode> modes, std::vector<OnConflict> policies, std::string decision) {
  return {std::move(modes), std::move(policies), {}, std::move(decision)};
}

inline std::function<void(World&, Policy&)> sides(std::string here, std::string there, std::string base) {
  return [=](World& world, Policy&) {
    world.here = here;
    world.there = there;
    world.base = base;
    world.facts.linked = !base.empty();
  };
}

inline std::function<void(World&, Policy&)> with(std::function<void(World&, Policy&)> first, std::function<void(World&, Policy&)> then) {
  return [=](World& world, Policy& policy) {
    first(world, policy);
    then(world, policy);
  };
}

inline std::function<void(World&, Policy&)> gone(std::function<void(World&, Policy&)> first) {
  return with(std::move(first), [](World& world, Policy&) {
    world.facts.linked = true;
    world.facts.gone_confirmed = true;
  });
}

inline constexpr char kBase[] = R"({"item_id":"r1","name":"a","note":"n","count":1})";
inline constexpr char kNoName[] = R"({"item_id":"r1","note":"n","count":1})";
inline constexpr char kNameEdited[] = R"({"item_id":"r1","name":"L","note":"n","count":1})";
inline constexpr char kNoteEdited[] = R"({"item_id":"r1","name":"a","note":"R","count":1})";
/// An insert of kRow.
inline const std::string kWholeInsert =
    "local=insert(item_id:null>r1 name:null>a note:null>n count:null>null model:null>null model_temperature:null>null "
    "model_prompt:null>null "
    "model_mode:null>null model_size:null>null model_format:null>null model_tool:null>null model_old:null>null talk:null>null "
    "talk_prompt:null>null status:null>null "
    "enabled:null>null pin:null>null old_voice:null>null agent_id:null>null)";

/// Decides the situation under every mode, conflict policy and local-edits policy.
void check(const Situation& situation);

}  // namespace lockstep::test
