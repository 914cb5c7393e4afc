#include "hook/stages.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lockstep {
namespace {

TEST(HookStages, AreThoseThatAScriptMayHave) {
  ASSERT_EQ(hook_stages().size(), stage_words().rows().size());
  for (const std::string& name : stage_words().texts()) {
    EXPECT_TRUE(std::any_of(hook_stages().begin(), hook_stages().end(), [&](const HookStage& stage) {
      return stage.form.starts_with(name + "(") || stage.form.starts_with(name + " = ");
    })) << name;
  }
}

}  // namespace
}  // namespace lockstep
