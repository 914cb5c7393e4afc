#include "serve/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "common/error.h"
#include "common/trust.h"
#include "common/whole_file.h"
#include "format/json.h"

namespace lockstep::serve {
namespace {

namespace fs = std::filesystem;

/// While it lives, no other holder of the same file does.
class FileLock {
 public:
  explicit FileLock(const fs::path& file)
      : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)) {
    if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0)
      throw Error(ErrorKind::Storage, file.string() + " cannot be locked: " + std::strerror(errno));
  }
  ~FileLock() { ::close(descriptor_); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace

fs::path state_path(const Configuration& configuration) {
  if (!configuration.serve.state.empty()) return configuration.serve.state;
  // Several, with colons, where the unit names several: the first is ours.
  const char* given = std::getenv("STATE_DIRECTORY");
  if (given != nullptr && *given != '\0') return std::string(given).substr(0, std::string(given).find(':'));
  return configuration.directory / ".lockstep";
}

StateFolder::StateFolder(fs::path path) : path_(std::move(path)) {
  std::error_code failure;
  fs::create_directories(path_.parent_path(), failure);
  if (::mkdir(path_.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    throw Error(ErrorKind::Storage, "the folder " + path_.string() + " cannot be made: " + std::strerror(errno),
                "set serve.state to another");
  if (!fs::is_directory(path_, failure)) throw Error(ErrorKind::Storage, path_.string() + " is no folder", "set serve.state to another");
  if (const auto why = distrust_of_way(path_)) throw Error(ErrorKind::Invalid, path_.string() + ": " + *why);
}

Json StateFolder::read(const std::string& name) const {
  const fs::path file = path_ / name;
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  std::ostringstream text;
  text << in.rdbuf();
  try {
    return json::parse(text.str());
  } catch (const Error& error) {
    throw Error(ErrorKind::Corrupt, file.string() + " is damaged: " + error.message(), "restore it from a backup, or put it aside");
  }
}

void StateFolder::change(const std::string& name, const std::function<void(Json&)>& change) const {
  const FileLock lock(path_ / (name + ".lock"));
  Json json = read(name);
  change(json);
  const fs::path file = path_ / name;
  if (const auto why = write_whole(file, json::to_pretty(json) + "\n"))
    throw Error(ErrorKind::Storage, file.string() + " cannot be written: " + *why);
}

std::int64_t StateFolder::version(const std::string& name) const {
  struct stat status {};
  if (::stat((path_ / name).c_str(), &status) != 0) return 0;
  return static_cast<std::int64_t>(status.st_ino) * 1'000'003 + status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
}

}  // namespace lockstep::serve
