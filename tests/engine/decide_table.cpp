#include "decide_table.h"

namespace lockstep::test {

void check(const Situation& situation) {
  for (const Mode mode : {I, E, F}) {
    for (const OnConflict on_conflict : {Remote, Local, Newest, Manual, AskHook}) {
      for (const LocalEdits edits : {Keep, Replace}) {
        World world;
        Policy policy{.mode = mode, .on_conflict = on_conflict, .local_edits = edits};
        situation.set_up(world, policy);
        const Decision decision = decide(item_mapping(), policy, world.build());
        const auto expected =
            std::find_if(situation.expected.begin(), situation.expected.end(), [&](const Expected& each) { return each.fits(policy); });
        ASSERT_NE(expected, situation.expected.end()) << "no expectation for " << to_string(mode) << ' ' << to_string(on_conflict);
        EXPECT_EQ(decision.case_number, situation.case_number) << to_string(mode) << ' ' << to_string(on_conflict);
        // A star: this combination is told by another situation of the same kind; here the row of the table alone counts.
        if (expected->decision == "*") continue;
        EXPECT_EQ(text(decision), expected->decision)
            << to_string(mode) << ' ' << to_string(on_conflict) << ' ' << (edits == Keep ? "keep" : "replace");
      }
    }
  }
}

}  // namespace lockstep::test
