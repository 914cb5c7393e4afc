// The stages of a hook: as scripts spell them, and in words.
#pragma once

#include <span>
#include <string_view>

#include "common/words.h"
#include "hook/hook.h"

namespace lockstep {

/// The names of their functions; `transform` is a table of such.
const Words<Hook::Stage>& stage_words();

/// For documentation.
struct HookStage {
  std::string_view form;     ///< "assign_owner(record, ctx)"
  std::string_view when;     ///< when it is called
  std::string_view returns;  ///< what it gives back
};
/// In the order in which a record meets them.
std::span<const HookStage> hook_stages();

}  // namespace lockstep
