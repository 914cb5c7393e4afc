// Starter: the configuration that ships, carried inside the program, and `lockstep init` that writes it out.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct StarterFile {
  std::string_view path;  ///< below the chosen directory: "config/lockstep.yaml"
  std::string_view text;
};

/// Made by the build from config/ and scripts/.
std::span<const StarterFile> starter_files();

/// The starter for a kind of database (store_kinds()). Without a default file, where that is a server: LOCKSTEP_STORE has to say which.
/// The text of what differs from starter_files() is put into `text`, which must outlive it.
std::vector<StarterFile> starter_for(std::string_view kind, std::string& text);

/// Writes them below `directory`, made when missing. Throws Error{Conflict} naming every file that is there already, before it writes one;
/// Error{Storage} when one cannot be written. Returns the paths written.
std::vector<std::filesystem::path> write_starter(const std::filesystem::path& directory, std::span<const StarterFile> files);

}  // namespace lockstep
