// Shim: a library that tests load into the program with LD_PRELOAD, so that trouble comes at an exact place without a hook in the product.
// It counts what the program does to its database file, ends or stalls it there or lets the disk fail, and moves its wall clock.
//
//   SHIM_DATABASE   the file; what is done to it and to its rollback journal counts as an operation
//   SHIM_STRIKE     "before commit 3", "after commit 3" or "before operation 17", from 1. A commit is the removal of the rollback journal:
//                   up to there a transaction is undone by whoever opens the file next, from there it holds
//   SHIM_DEED       "kill" (the default: SIGKILL to itself); "stall" (the operation never returns, as on a disk that does not answer);
//   "full"
//                   or "broken" (from this operation on no file grows, or nothing is written at all)
//   SHIM_LOG        a file that gets a line for each operation: "write", "grow", "sync", "commit"
//   SHIM_CLOCK      a file that holds, as int64_t, by how many seconds the wall clock is moved; a change takes effect at once.
//                   The monotonic clock stays: on a real machine nobody can set it
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kJournal = "-journal";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// The function that the shim stands before.
template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

/// What an operation would do to the file.
enum class Need { Room, Disk, Nothing };

class Shim {
 public:
  Shim() : database_(variable("SHIM_DATABASE")), strike_(variable("SHIM_STRIKE")), deed_(variable("SHIM_DEED")) {
    if (const std::string log = variable("SHIM_LOG"); !log.empty())
      log_ = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (const std::string clock = variable("SHIM_CLOCK"); !clock.empty()) map_clock(clock);
  }

  bool watches(int file) const {
    if (database_.empty()) return false;
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    std::array<char, 4096> target{};
    const ssize_t length = readlink(link.c_str(), target.data(), target.size());
    return length > 0 && is_database({target.data(), static_cast<std::size_t>(length)});
  }
  bool is_journal(std::string_view path) const { return is_database(path) && path.ends_with(kJournal); }

  /// Calls `work` as one more operation, struck before or after where that was asked for.
  template <class Work>
  auto operation(std::string_view name, Need need, Work work) -> decltype(work()) {
    note(name);
    const bool commit = name == "commit";
    const std::string number = std::to_string(++operations_);
    const std::string commit_number = commit ? std::to_string(++commits_) : std::string();
    if (strike_ == "before operation " + number || (commit && strike_ == "before commit " + commit_number)) strike();
    if (failing_ && need != Need::Nothing && (deed_ == "broken" || need == Need::Room)) {
      errno = deed_ == "broken" ? EIO : ENOSPC;
      return -1;
    }
    const auto result = work();
    if (commit && strike_ == "after commit " + commit_number) strike();
    return result;
  }

  std::int64_t seconds() const { return clock_ == nullptr ? 0 : clock_->load(); }

 private:
  bool is_database(std::string_view path) const {
    return !database_.empty() && path.starts_with(database_) &&
           (path.size() == database_.size() || path.substr(database_.size()) == kJournal);
  }

  void note(std::string_view name) const {
    if (log_ < 0) return;
    const std::string line = std::string(name) + "\n";
    [[maybe_unused]] const ssize_t written = write(log_, line.data(), line.size());
  }

  void strike() {
    failing_ = deed_ == "full" || deed_ == "broken";
    if (failing_) return;
    if (deed_ != "stall") kill(getpid(), SIGKILL);
    for (;;) pause();
  }

  void map_clock(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    void* memory = mmap(nullptr, sizeof *clock_, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (memory != MAP_FAILED) clock_ = static_cast<const std::atomic<std::int64_t>*>(memory);
  }

  std::string database_, strike_, deed_;
  std::atomic<bool> failing_{false};
  int log_ = -1;
  const std::atomic<std::int64_t>* clock_ = nullptr;
  std::atomic<int> operations_{0}, commits_{0};
};

Need need_for(int file, off64_t end) {
  struct stat status {};
  return fstat(file, &status) == 0 && end > status.st_size ? Need::Room : Need::Disk;
}

/// Never destroyed: the program may write until its very end.
Shim& shim() {
  static Shim& instance = *new Shim;
  return instance;
}

}  // namespace

extern "C" {

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  if (!shim().watches(file)) return next(file, bytes, count, at);
  return shim().operation("write", need_for(file, at + static_cast<off64_t>(count)), [&] { return next(file, bytes, count, at); });
}

int ftruncate64(int file, off64_t size) noexcept {
  static const auto next = real<int (*)(int, off64_t)>("ftruncate64");
  if (!shim().watches(file)) return next(file, size);
  return shim().operation("grow", need_for(file, size), [&] { return next(file, size); });
}

int fdatasync(int file) {
  static const auto next = real<int (*)(int)>("fdatasync");
  if (!shim().watches(file)) return next(file);
  return shim().operation("sync", Need::Disk, [&] { return next(file); });
}

int unlink(const char* path) noexcept {
  static const auto next = real<int (*)(const char*)>("unlink");
  if (!shim().is_journal(path)) return next(path);
  return shim().operation("commit", Need::Nothing, [&] { return next(path); });
}

int clock_gettime(clockid_t id, timespec* time) noexcept {
  static const auto next = real<int (*)(clockid_t, timespec*)>("clock_gettime");
  const int result = next(id, time);
  if (result == 0 && id == CLOCK_REALTIME) time->tv_sec += shim().seconds();
  return result;
}

int gettimeofday(timeval* time, void* zone) noexcept {
  static const auto next = real<int (*)(timeval*, void*)>("gettimeofday");
  const int result = next(time, zone);
  if (result == 0) time->tv_sec += shim().seconds();
  return result;
}
}
