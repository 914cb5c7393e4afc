// forget and its --undo: what the next run makes of what is gone is said as it is.
#include "cli/support.h"
#include "common/text.h"

namespace lockstep {
namespace {

using test::run;
using test::shelf;

class ForgetTest : public test::ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}};
    ASSERT_EQ(run({"import"}).code, 0);
    ASSERT_EQ(run({"forget", "b1"}).code, 0);
  }
  static bool undo_says(std::string_view part) { return run({"forget", "b1", "--undo"}).out.find(part) != std::string::npos; }
};

TEST_F(ForgetTest, TakenBackItIsMadeAnewAgain) { EXPECT_TRUE(undo_says("what is gone of it is made anew again")); }

TEST_F(ForgetTest, TakenBackItStaysGoneWhereTheSyncLeavesAllThatIsGone) {
  directory_.write("config/lockstep.yaml",
                   replace_all(directory_.read("config/lockstep.yaml"), "default: true,", "default: true, leave_gone: true,"));
  EXPECT_TRUE(undo_says("stays gone all the same, for the sync has leave_gone: true"));
}

}  // namespace
}  // namespace lockstep
