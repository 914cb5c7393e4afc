#include "app/output.h"

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

std::string align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], utf8_length(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      line.append(widths[i] + 2 - utf8_length(row[i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

std::string shown_time(Micros time) {
  std::string text = format_time(time).substr(0, 19) + "Z";
  text[10] = ' ';
  return text;
}

std::string capitalised(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - ('a' - 'A'));
  return out;
}

}  // namespace lockstep
