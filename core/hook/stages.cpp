#include "hook/stages.h"

#include <array>

namespace lockstep {

const Words<Hook::Stage>& stage_words() {
  using Stage = Hook::Stage;
  static constexpr Words<Stage> kWords({{Stage::Record, "record"},
                                        {Stage::Transform, "transform"},
                                        {Stage::AssignOwner, "assign_owner"},
                                        {Stage::MappedRow, "row"},
                                        {Stage::Match, "match"},
                                        {Stage::Conflict, "conflict"},
                                        {Stage::Payload, "payload"},
                                        {Stage::Changed, "changed"},
                                        {Stage::SkipWhen, "skip_when"}});
  return kWords;
}

std::span<const HookStage> hook_stages() {
  static constexpr std::array<HookStage, Words<Hook::Stage>::kCount> kStages{
      {{"skip_when(row, ctx)", "for each row of the table, with every column of it", "`true` for a row that the sync leaves alone"},
       {"record(record, ctx)", "before mapping", "the record"},
       {"transform = {NAME = function(value, ctx) … end}", "for a field rule with `transform: NAME`; `NAME_inverse` on the way back",
        "the value"},
       {"row(row, record, ctx)", "after mapping", "the row"},
       {"assign_owner(record, ctx)", "for a new row", "a table of columns that stand under `owned:`"},
       {"match(record, candidates, ctx)", "for a record that no row is linked to; `candidates` are rows without an id",
        "one of them, or `nil`"},
       {"conflict(field, here, there, base, ctx)", "with `on_conflict: hook`; `here` is the database's value", "the winning value"},
       {"payload(body, row, ctx)", "before a body is sent", "the body"},
       {"changed(change, ctx)", "after the commit", "nothing"}}};
  return kStages;
}

}  // namespace lockstep
