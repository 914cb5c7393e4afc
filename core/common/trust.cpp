#include "common/trust.h"

#include <unistd.h>

#include <deque>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr int kLinksAtMost = 40;

std::optional<std::string> foreign_owner(const struct stat& status) {
  if (status.st_uid == 0 || status.st_uid == geteuid()) return std::nullopt;
  return "belongs to another user (uid " + std::to_string(status.st_uid) + "); it has to be root's or yours";
}

bool others_write(const struct stat& status) { return (status.st_mode & (S_IWGRP | S_IWOTH)) != 0; }

std::string writable(const fs::path& path) { return "can be written by group or others; run: chmod go-w " + path.string(); }

/// Goes from the root to the file, through every link as the system does.
class Way {
 public:
  explicit Way(const fs::path& path) { prepend(fs::absolute(path)); }

  std::optional<std::string> distrust() {
    auto problem = step(place_);
    while (!problem && !ahead_.empty() && there_) {
      fs::path name = ahead_.front();
      ahead_.pop_front();
      if (name == "..") {
        problem = step(place_.parent_path());
      } else if (!name.empty() && name != ".") {
        problem = step(place_ / name);
      }
    }
    return problem;
  }

 private:
  void prepend(const fs::path& path) {
    ahead_.insert(ahead_.begin(), path.begin(), path.end());
    if (path.is_absolute()) {
      ahead_.pop_front();
      place_ = "/";
    }
  }

  /// The next place: a folder, a link or the file.
  std::optional<std::string> step(const fs::path& next) {
    struct stat status {};
    there_ = lstat(next.c_str(), &status) == 0;
    if (!there_) return std::nullopt;
    if (auto problem = foreign_owner(status)) return said_of(next, *problem);
    if (S_ISDIR(status.st_mode)) return enter(next, status);
    if (open_folder_) return said_of(place_, "can be written by others; keep the file in a folder of your own");
    if (S_ISLNK(status.st_mode)) return follow(next);
    if (others_write(status)) return writable(next);
    return std::nullopt;
  }

  std::optional<std::string> enter(const fs::path& folder, const struct stat& status) {
    place_ = folder;
    open_folder_ = others_write(status);
    const bool may_hold_folders = (status.st_mode & S_ISVTX) != 0 && !ahead_.empty();
    if (open_folder_ && !may_hold_folders) return said_of(folder, writable(folder));
    return std::nullopt;
  }

  std::optional<std::string> follow(const fs::path& link) {
    std::error_code failure;
    const fs::path target = fs::read_symlink(link, failure);
    there_ = !failure && ++links_ <= kLinksAtMost;
    if (!there_) return std::nullopt;
    prepend(target);
    return target.is_absolute() ? step(place_) : std::nullopt;
  }

  /// The file itself is what messages begin with.
  std::string said_of(const fs::path& what, const std::string& problem) const {
    const bool file = ahead_.empty() && !fs::is_directory(what);
    return (file ? "" : "lies in " + what.string() + ", which ") + problem;
  }

  std::deque<fs::path> ahead_;
  fs::path place_ = "/";
  bool there_ = true, open_folder_ = false;
  int links_ = 0;
};

}  // namespace

std::optional<std::string> distrust_of(const struct stat& status, const fs::path& path) {
  if (auto problem = foreign_owner(status)) return problem;
  return others_write(status) ? std::optional(writable(path)) : std::nullopt;
}

std::optional<std::string> planted(const fs::path& path) {
  struct stat status {
  }, folder{};
  const fs::path place = fs::absolute(path).parent_path();
  if (lstat(path.c_str(), &status) != 0 || stat(place.c_str(), &folder) != 0) return std::nullopt;
  if ((folder.st_mode & S_IWOTH) == 0 || status.st_uid == 0 || status.st_uid == geteuid() || status.st_uid == folder.st_uid)
    return std::nullopt;
  return "belongs to another user (uid " + std::to_string(status.st_uid) + ") and lies in " + place.string() +
         ", where everybody may make files";
}

std::optional<std::string> distrust_of_way(const fs::path& path) { return Way(path).distrust(); }

}  // namespace lockstep
