#include "common/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace lockstep {
namespace {

/// False with errno.
bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::optional<std::string> write_whole(const std::string& file, std::string_view text, mode_t mode) {
  // A name that nobody can foresee, made here or not at all: no link and no open file of somebody else waits there.
  std::string draft = file + ".XXXXXX";
  const int descriptor = mkostemp(draft.data(), O_CLOEXEC);
  if (descriptor < 0) return std::strerror(errno);
  if (write_all(descriptor, text) && ::fchmod(descriptor, mode) == 0 && ::fsync(descriptor) == 0 &&
      ::rename(draft.c_str(), file.c_str()) == 0) {
    ::close(descriptor);
    return std::nullopt;
  }
  std::string why = std::strerror(errno);
  ::close(descriptor);
  ::unlink(draft.c_str());
  return why;
}

}  // namespace lockstep
