// MassChange: the bounds of `mass_change:` in the configuration.
#pragma once

#include <cstdint>

namespace lockstep {

/// In per cent of what is known; 100: no bound. Of three to nine records more than half is a mass, whatever these say below 100.
struct MassChange {
  std::uint64_t emptied = 30;  ///< values of one column, in rows or items
  std::uint64_t missing = 30;  ///< items that the list does not name any more
  /// Items whose texts or objects one run changes, ten or more; or that get older values back: of ten or more, and all values of one
  /// instant, 30 are enough, whatever is edited beside them.
  std::uint64_t changed = 50;
};

}  // namespace lockstep
