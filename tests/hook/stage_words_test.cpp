#include "hook/stages.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "hook/lua_script.h"

namespace lockstep {
namespace {

TEST(HookStages, AreThoseThatAScriptMayHave) {
  ASSERT_EQ(hook_stages().size(), hook::kStageNames.size());
  for (const std::string_view name : hook::kStageNames) {
    EXPECT_TRUE(std::any_of(hook_stages().begin(), hook_stages().end(), [&](const HookStage& stage) {
      return stage.form.starts_with(std::string(name) + "(") || stage.form.starts_with(std::string(name) + " = ");
    })) << name;
  }
}

}  // namespace
}  // namespace lockstep
