#include "common/log_file.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>

#include "common/trust.h"

namespace lockstep::log {
namespace {

/// A new file, or the one that is there: nothing between the two.
int open_file(const std::string& name) {
  for (;;) {
    const int made = ::open(name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made >= 0 || errno != EEXIST) return made;
    if (const auto why = planted(name)) throw spdlog::spdlog_ex("it " + *why);
    const int there = ::open(name.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    // A link to nothing is what somebody wants made; what was removed in between is made by the next round.
    if (there >= 0 || errno != ENOENT) return there;
    if (std::filesystem::is_symlink(name)) return ::open(name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  }
}

}  // namespace

LogFile::LogFile(std::string name) : name_(std::move(name)) { open(); }

void LogFile::open() {
  file_.reset();
  std::error_code ignored;
  if (const auto folder = std::filesystem::path(name_).parent_path(); !folder.empty()) std::filesystem::create_directories(folder, ignored);
  const int descriptor = open_file(name_);
  if (descriptor >= 0) file_.reset(fdopen(descriptor, "a"));
  if (!file_) throw spdlog::spdlog_ex("Failed opening file " + name_ + " for writing", errno);
  struct stat place {};
  if (fstat(descriptor, &place) != 0) return;
  device_ = place.st_dev;
  inode_ = place.st_ino;
}

void LogFile::sink_it_(const spdlog::details::log_msg& line) {
  struct stat place {};
  if (!file_ || stat(name_.c_str(), &place) != 0 || place.st_dev != device_ || place.st_ino != inode_) open();
  spdlog::memory_buf_t text;
  formatter_->format(line, text);
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size())
    throw spdlog::spdlog_ex("Failed writing to file " + name_, errno);
}

void LogFile::flush_() {
  if (file_ && std::fflush(file_.get()) != 0) throw spdlog::spdlog_ex("Failed flush to file " + name_, errno);
}

}  // namespace lockstep::log
