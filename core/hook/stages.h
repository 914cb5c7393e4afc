// The stages of a hook in words, for documentation.
#pragma once

#include <span>
#include <string_view>

namespace lockstep {

struct HookStage {
  std::string_view form;     ///< "assign_owner(record, ctx)"
  std::string_view when;     ///< when it is called
  std::string_view returns;  ///< what it gives back
};
/// In the order in which a record meets them.
std::span<const HookStage> hook_stages();

}  // namespace lockstep
