// Side: one of the two that a sync brings together: where a change was written, and whose value wins.
#pragma once

#include <string_view>

#include "common/words.h"

namespace lockstep {

enum class Side { Local, Remote };

/// Known while it is compiled: other tables have these words in theirs.
inline constexpr Words<Side> kSides({{Side::Local, "local", "the database"}, {Side::Remote, "remote", "the provider"}});

/// As the journal, JSON, hooks and the command line write them.
constexpr const Words<Side>& side_words() { return kSides; }
constexpr std::string_view to_string(Side side) { return side_words().word(side); }

}  // namespace lockstep
