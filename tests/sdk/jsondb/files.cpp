#include "files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

#include "common/error.h"

namespace jsondb {
namespace {

[[noreturn]] void refuse(const std::string& path, const char* what) {
  throw Error(ErrorKind::Storage, path + " " + what + ": " + std::generic_category().message(errno), "make room, or check its permissions");
}

/// Changes whenever the file was replaced; empty: there is none.
std::string version_of(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return std::to_string(status.st_ino) + "." + std::to_string(status.st_size) + "." + std::to_string(status.st_mtim.tv_sec) + "." +
         std::to_string(status.st_mtim.tv_nsec);
}

void write_all(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) refuse(path, "cannot be written");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(file) != 0) refuse(path, "cannot be written");
}

}  // namespace

FileLock::FileLock(const std::string& path) : path_(path), file_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (file_ < 0) refuse(path, "cannot be opened");
}

FileLock::~FileLock() { close(file_); }

bool FileLock::take() { return flock(file_, LOCK_EX | LOCK_NB) == 0; }

std::string FileLock::note() const {
  char text[256];
  const ssize_t got = pread(file_, text, sizeof text, 0);
  return got <= 0 ? std::string() : std::string(text, static_cast<std::size_t>(got));
}

void FileLock::write_note(std::string_view text) {
  if (ftruncate(file_, 0) != 0 || pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    refuse(path_, "cannot be written");
  }
}

const Model& Database::current() {
  const std::string version = version_of(path_);
  if (version_ == version) return model_;
  if (version.empty()) {
    model_ = {};
  } else {
    std::ifstream in(path_, std::ios::binary);
    if (!in) refuse(path_, "cannot be read");
    try {
      model_ = parse_model(std::string(std::istreambuf_iterator<char>(in), {}));
    } catch (Error& error) {
      throw error.at(path_);
    }
  }
  version_ = version;
  return model_;
}

void Database::save(Model model) {
  const std::string fresh = path_ + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) refuse(fresh, "cannot be opened");
  try {
    write_all(file, to_text(model), fresh);
  } catch (...) {
    close(file);
    unlink(fresh.c_str());
    throw;
  }
  close(file);
  if (std::rename(fresh.c_str(), path_.c_str()) != 0) refuse(path_, "cannot be replaced");
  model_ = std::move(model);
  version_ = version_of(path_);
}

}  // namespace jsondb
