#include "cli/print/output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "common/log.h"
#include "common/text.h"

namespace lockstep {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;

}  // namespace

Palette Palette::of(bool wanted) {
  if (!wanted) return {};
  return {"\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[2m", "\x1b[0m"};
}

Output::~Output() { flush(); }

void Output::line(std::string_view text) {
  buffer_.append(text).push_back('\n');
  if (buffer_.size() >= kBufferBytes) flush();
}

void Output::lines(std::string_view text) {
  buffer_.append(text);
  if (buffer_.size() >= kBufferBytes) flush();
}

void Output::flush() {
  if (buffer_.empty()) return;
  if (wipe_) wipe_();
  // The buffer ends at a line's end, so that no secret is cut in two.
  send(redact(buffer_));
  buffer_.clear();
}

void Output::send(std::string_view bytes) {
  if (sink_ != nullptr) {
    sink_->append(bytes);
    return;
  }
  while (!bytes.empty() && !closed_) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd wait{descriptor_, POLLOUT, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      closed_ = true;
      if (errno != EPIPE) problem_ = std::strerror(errno);
    }
  }
}

}  // namespace lockstep
