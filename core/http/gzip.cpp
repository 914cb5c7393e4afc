#include "http/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "http/failure.h"

namespace lockstep::http {
namespace {

using Cause = Failure::Cause;

class Inflater {
 public:
  Inflater() {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw Failure(Cause::Malformed, "gzip cannot be undone");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

void make_room(std::string& out, std::size_t written, std::size_t packed, std::size_t cap, const Growth& before_growth) {
  if (written >= cap) throw Failure(Cause::TooLarge, "the unpacked answer is larger than " + std::to_string(cap >> 20U) + " MiB");
  if (written < out.size()) return;
  const std::size_t size = std::min(cap, std::max({out.size() * 2, packed * 4, std::size_t{64 * 1024}}));
  if (before_growth) before_growth(size);
  out.resize(size);
}

}  // namespace

std::size_t gunzip(std::string_view packed, std::size_t cap, std::string& out, const Growth& before_growth) {
  Inflater inflater;
  z_stream& stream = inflater.stream();
  std::size_t read = 0;
  std::size_t written = 0;
  for (;;) {
    make_room(out, written, packed.size(), cap, before_growth);
    constexpr std::size_t kMost = 1U << 30U;
    const std::size_t in = std::min(packed.size() - read, kMost);
    const std::size_t room = std::min(std::min(out.size(), cap) - written, kMost);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + read));
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    stream.avail_out = static_cast<uInt>(room);
    const int state = inflate(&stream, Z_NO_FLUSH);
    read += in - stream.avail_in;
    written += room - stream.avail_out;
    if (state == Z_STREAM_END) {
      if (read == packed.size()) return written;
      // What follows a member is another member (RFC 1952, 2.2); anything else fails as no gzip in the next round.
      inflateReset(&stream);
    } else if ((state == Z_OK || state == Z_BUF_ERROR) && read == packed.size() && stream.avail_out > 0) {
      throw Failure(Cause::Cut, "the gzip answer broke off after " + std::to_string(packed.size()) + " bytes");
    } else if (state != Z_OK) {
      throw Failure(Cause::Malformed, "the gzip answer is damaged");
    }
  }
}

}  // namespace lockstep::http
