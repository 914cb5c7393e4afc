// Whole file: a file that is written whole or not at all.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

/// Replaces `file`, a link too, which is not followed; what stands there stays until the new text is on the disk. nullopt when that is done;
/// else why not, in the system's words.
std::optional<std::string> write_whole(const std::string& file, std::string_view text, mode_t mode = S_IRUSR | S_IWUSR);

}  // namespace lockstep
