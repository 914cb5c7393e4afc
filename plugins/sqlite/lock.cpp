#include "lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "common/error.h"
#include "common/hash.h"
#include "common/text.h"
#include "common/trust.h"
#include "sql/fencing.h"

namespace lockstep::sqlite {
namespace {

/// Far behind any text the file will ever hold.
constexpr off_t kRegion = off_t{1} << 40;

off_t byte_of(std::string_view name) { return kRegion + 1 + static_cast<off_t>(hash128(name).low & ((std::uint64_t{1} << 40) - 1)); }

bool set_lock(int file, int command, short type, off_t byte) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = byte;
  range.l_len = 1;
  int answer = 0;
  do {
    answer = fcntl(file, command, &range);
  } while (answer != 0 && errno == EINTR);
  return answer == 0;
}

std::string whole_text(int file) {
  std::string text;
  std::array<char, 4096> part{};
  for (off_t at = 0;;) {
    const ssize_t got = pread(file, part.data(), part.size(), at);
    if (got <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
    at += got;
  }
}

/// A name on one line, whatever is in it.
std::string line_name(std::string_view name) { return replace_all(printable(name), "\t", "\\x09"); }

/// The lines of `text` without the name's own, and that line's fields.
struct Lines {
  std::string others;
  std::vector<std::string> own;
};

Lines lines_of(std::string_view text, const std::string& name) {
  Lines out;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    std::vector<std::string> fields = split(line, '\t');
    if (fields.front() == name) {
      out.own = std::move(fields);
    } else {
      out.others += line + "\n";
    }
  }
  return out;
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& database, const std::string& shown, std::string_view name, const Clock& clock)
    : path_(database.string() + ".lock"), shown_(shown) {
  open(database);
  try {
    if (!set_lock(file_, F_OFD_SETLK, F_WRLCK, byte_of(name))) {
      if (errno == EAGAIN || errno == EACCES) busy(name);
      fail("cannot be locked");
    }
    tell(name, clock);
  } catch (...) {
    ::close(file_);
    throw;
  }
}

FileLock::~FileLock() { ::close(file_); }

bool FileLock::lost() const {
  struct stat held {
  }, named{};
  return fstat(file_, &held) != 0 || stat(path_.c_str(), &named) != 0 || held.st_dev != named.st_dev || held.st_ino != named.st_ino;
}

void FileLock::fail(std::string_view what) const {
  const std::string reason = std::generic_category().message(errno);
  throw Error(ErrorKind::Storage, path_.string() + " " + std::string(what) + ": " + reason,
              "make the file and its directory writable for this user; it keeps two runs from writing " + shown_ + " at once");
}

void FileLock::open(const std::filesystem::path& database) {
  // Whoever may write the database must be able to take its lock, so the mode is the database's; a new one is its owner's alone.
  struct stat status {};
  const mode_t mode = stat(database.c_str(), &status) == 0 ? status.st_mode & 0666U : 0600U;
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (file_ >= 0) {
    if (fchmod(file_, mode) != 0) fail("cannot be given the database's permissions");
    return;
  }
  if (errno != EEXIST) fail("cannot be created");
  file_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (file_ < 0) fail("cannot be opened");
  // It is written over: what also has another name is somebody's file.
  const bool own = fstat(file_, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink <= 1;
  const auto foreign = planted(path_);
  if (own && !foreign) return;
  ::close(file_);
  throw Error(ErrorKind::Storage, path_.string() + " " + foreign.value_or("is no file of its own, but another file by a second name"),
              "remove it; Lockstep makes it anew");
}

void FileLock::busy(std::string_view name) const {
  const std::vector<std::string> holder = lines_of(whole_text(file_), line_name(name)).own;
  std::string message = "\"" + std::string(name) + "\" is running";
  if (holder.size() == 4) {
    const std::size_t at = holder[2].rfind('@');
    const std::string host = at == std::string::npos ? holder[2] : holder[2].substr(at + 1);
    message += " since " + holder[3] + " (pid " + holder[1] + " on " + host + ")";
  }
  throw Error(ErrorKind::Busy, message, "wait for it or stop it");
}

// What is told is a help for people: failing to tell it (a full disk) fails no run.
void FileLock::tell(std::string_view name, const Clock& clock) const {
  if (!set_lock(file_, F_OFD_SETLKW, F_WRLCK, kRegion)) fail("cannot be locked");
  const std::string own = line_name(name);
  const std::string text = lines_of(whole_text(file_), own).others + own + "\t" + std::to_string(getpid()) + "\t" + sql::this_holder() +
                           "\t" + format_time(clock.now()) + "\n";
  const bool written = pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (ftruncate(file_, written ? static_cast<off_t>(text.size()) : 0) != 0) fail("cannot be written");
  set_lock(file_, F_OFD_SETLK, F_UNLCK, kRegion);
}

}  // namespace lockstep::sqlite
