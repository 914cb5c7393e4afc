// Trust in files: who else could have written what stands at a path? Only root and the user of this process are trusted.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>

namespace lockstep {

/// Why what `status` describes may have been written by somebody else: "belongs to another user (uid 65534); …",
/// "can be written by group or others; run: chmod go-w PATH". nullopt when only root and the user of this process can write it.
std::optional<std::string> distrust_of(const struct stat& status, const std::filesystem::path& path);

/// The same of the file at `path`, of each link on the way to it, and of every folder up to the root: who can write a folder can exchange
/// what is in it. In a folder with the sticky bit nobody exchanges another's folder, so /tmp may be a parent, but not hold the file itself.
/// What is not there is no reason.
std::optional<std::string> distrust_of_way(const std::filesystem::path& path);

/// Why a file that this process is about to write, or a link to it, may have been laid there by somebody else: it stands in a folder where
/// everybody may make files, and belongs neither to root, nor to the user of this process, nor to the folder's owner. nullopt also when it
/// is not there.
std::optional<std::string> planted(const std::filesystem::path& path);

}  // namespace lockstep
