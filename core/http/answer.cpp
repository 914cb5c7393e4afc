#include "http/answer.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "common/log.h"
#include "common/text.h"
#include "data/record.h"
#include "http/failure.h"
#include "http/gzip.h"

namespace lockstep::http {
namespace {

using Cause = Failure::Cause;

/// Real services send policies and cookies of tens of kilobytes; more than this is no head.
constexpr std::size_t kHeadLimit = 256 * 1024;
constexpr std::size_t kLineLimit = 8 * 1024;
/// Memory is claimed as bytes arrive, so that an announced length alone costs nothing.
constexpr std::size_t kFirstClaim = 16 * 1024 * 1024;

std::optional<std::size_t> parse_size(std::string_view digits, int base) {
  std::size_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || result.ec != std::errc() || result.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::string quoted(std::string_view text) {
  std::string out("\"");
  out += printable(ellipsize(redact(text), 60));
  out += '"';
  return out;
}

[[noreturn]] void malformed(const std::string& what) { throw Failure(Cause::Malformed, "the answer is no proper HTTP: " + what); }

/// "HTTP/1.1 200 OK"; true in `newer` for 1.1.
Head parse_status_line(std::string_view line, bool& newer) {
  const bool http = line.size() >= 12 && line.starts_with("HTTP/1.") && line[7] >= '0' && line[7] <= '9' && line[8] == ' ' &&
                    (line.size() == 12 || line[12] == ' ');
  const auto status = http ? parse_size(line.substr(9, 3), 10) : std::nullopt;
  if (!status || *status < 100 || *status > 599) malformed(quoted(line) + " is no status line");
  Head head;
  head.status = static_cast<int>(*status);
  head.reason = printable(redact(trim(line.substr(12))));
  newer = line[7] != '0';
  return head;
}

/// RFC 9110, 5.6.2. A blank before the colon is none: programs on the way may read such a field in two ways.
bool is_token(std::string_view text) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMarks.find(c) != std::string_view::npos;
  });
}

void read_fields(Wire& wire, Headers& headers, std::size_t& budget, const Patience& patience) {
  for (std::string line = wire.line(budget, patience); !line.empty(); line = wire.line(budget, patience)) {
    if (line.find_first_of(std::string_view("\0\r", 2)) != std::string::npos) malformed(quoted(line) + " holds a NUL or half a line end");
    // A value that goes on in the next line: RFC 9112, 5.2 has it joined by a blank.
    if (line.front() == ' ' || line.front() == '\t') {
      if (!headers.append_to_last(trim(line))) malformed(quoted(line) + " is no header field");
      continue;
    }
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (colon == line.size() || !is_token(std::string_view(line).substr(0, colon))) malformed(quoted(line) + " is no header field");
    headers.add(line.substr(0, colon), std::string(trim(std::string_view(line).substr(colon + 1))));
  }
}

bool names_token(const Headers& headers, std::string_view field, std::string_view token) {
  for (const std::string_view value : headers.all(field)) {
    for (const std::string& part : split(value, ',')) {
      if (equal_ignore_case(trim(part), token)) return true;
    }
  }
  return false;
}

std::optional<std::size_t> content_length(const Headers& headers) {
  std::optional<std::size_t> length;
  for (const std::string_view value : headers.all("Content-Length")) {
    const auto one = parse_size(value, 10);
    if (!one || (length && *length != *one)) malformed("contradicting lengths");
    length = one;
  }
  return length;
}

/// Collects a body in a buffer that grows as bytes arrive, with room for the padding.
class Collector {
 public:
  Collector(Wire& wire, std::string& buffer, std::size_t cap, const Patience& patience)
      : wire_(wire), buffer_(buffer), cap_(cap), patience_(patience) {}

  std::size_t size() const { return size_; }

  /// Exactly `count` bytes more.
  void take(std::size_t count) {
    check_cap(count);
    for (std::size_t left = count; left > 0;) {
      claim(std::min(left, std::max(kFirstClaim, size_)));
      const std::size_t got = receive(left);
      if (got == 0) cut();
      left -= got;
    }
  }

  /// Everything up to the end of the connection.
  void take_all() {
    for (;;) {
      claim(64 * 1024);
      const std::size_t got = receive(buffer_.size() - size_ - kPagePadding);
      if (got == 0) return;
      check_cap(0);
    }
  }

  std::string line() {
    std::size_t budget = kLineLimit;
    try {
      return wire_.line(budget, patience_);
    } catch (const Failure& failure) {
      if (failure.cause == Cause::Broken) cut();
      throw;
    }
  }

 private:
  void check_cap(std::size_t more) const {
    if (more > cap_ || size_ > cap_ - more)
      throw Failure(Cause::TooLarge, "the answer is larger than " + std::to_string(cap_ >> 20U) + " MiB");
  }

  void claim(std::size_t more) {
    const std::size_t needed = size_ + more + kPagePadding;
    if (buffer_.size() < needed) buffer_.resize(std::max(needed, std::min(buffer_.size() + buffer_.size() / 8, cap_)));
  }

  std::size_t receive(std::size_t most) {
    try {
      const std::size_t got = wire_.receive(buffer_.data() + size_, std::min(most, buffer_.size() - size_ - kPagePadding), patience_);
      size_ += got;
      return got;
    } catch (const Failure& failure) {
      if (failure.cause == Cause::Broken) cut();
      throw;
    }
  }

  [[noreturn]] void cut() const { throw Failure(Cause::Cut, "the answer broke off after " + std::to_string(size_) + " bytes"); }

  Wire& wire_;
  std::string& buffer_;
  std::size_t cap_;
  const Patience& patience_;
  std::size_t size_ = 0;
};

void collect_chunks(Collector& body) {
  for (;;) {
    const std::string line = body.line();
    const std::string_view digits = trim(std::string_view(line).substr(0, line.find(';')));
    const auto size = parse_size(digits, 16);
    if (!size) malformed(quoted(line) + " is no chunk size");
    if (*size == 0) break;
    body.take(*size);
    if (!body.line().empty()) malformed("a chunk is longer than announced");
  }
  // Fields behind the last chunk tell nothing that is needed, and may not go on for ever.
  std::size_t trailer = 0;
  for (std::string line = body.line(); !line.empty(); line = body.line()) {
    trailer += line.size() + 1;
    if (trailer > kHeadLimit) malformed("the fields behind the last chunk do not end");
  }
}

/// "chunked" and nothing else: what was packed besides, or chunked twice, would be taken for the body.
bool is_chunked(const Headers& headers) {
  const auto codings = headers.all("Transfer-Encoding");
  if (codings.empty()) return false;
  if (codings.size() > 1 || !equal_ignore_case(codings.front(), "chunked")) malformed("an unknown transfer encoding");
  return true;
}

/// The body as it was sent. True when its end is certain.
bool collect(const Head& head, Collector& body) {
  const auto length = content_length(head.headers);
  const bool chunked = is_chunked(head.headers);
  if (chunked && length) malformed("a length and chunks at once");
  if (head.status == 204 || head.status == 304) return true;
  if (chunked) {
    collect_chunks(body);
  } else if (length) {
    body.take(*length);
  } else {
    body.take_all();
    return false;
  }
  return true;
}

void pad(std::string& buffer, std::size_t size) {
  buffer.resize(size + kPagePadding);
  std::memset(buffer.data() + size, 0, kPagePadding);
}

}  // namespace

bool Headers::append_to_last(std::string_view text) {
  if (fields_.empty()) return false;
  std::string& value = fields_.back().second;
  if (!value.empty() && !text.empty()) value += ' ';
  value += text;
  return true;
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (equal_ignore_case(field, name)) return value;
  }
  return {};
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> out;
  for (const auto& [field, value] : fields_) {
    if (equal_ignore_case(field, name)) out.push_back(value);
  }
  return out;
}

Head read_head(Wire& wire, const Patience& patience) {
  std::size_t budget = kHeadLimit;
  for (;;) {
    bool newer = false;
    Head head = parse_status_line(wire.line(budget, patience), newer);
    read_fields(wire, head.headers, budget, patience);
    if (head.status == 101) malformed("it switches protocols unasked");
    if (head.status < 200) continue;
    head.keep_alive = newer ? !names_token(head.headers, "Connection", "close") : names_token(head.headers, "Connection", "keep-alive");
    return head;
  }
}

BodySize read_body(Wire& wire, const Head& head, std::size_t cap, std::string& buffer, const Patience& patience,
                   const std::function<void(std::size_t bytes)>& before_growth) {
  const std::string_view encoding = head.headers.get("Content-Encoding");
  const bool gzip = equal_ignore_case(encoding, "gzip") || equal_ignore_case(encoding, "x-gzip");
  if (!gzip && !encoding.empty() && !equal_ignore_case(encoding, "identity"))
    malformed("content encoding " + quoted(encoding) + " was not asked for");
  std::string packed;
  Collector body(wire, gzip ? packed : buffer, cap, patience);
  const bool certain = collect(head, body);
  BodySize size{body.size(), body.size(), certain && head.keep_alive};
  if (gzip && body.size() > 0) size.body = gunzip(std::string_view(packed).substr(0, body.size()), cap, buffer, before_growth);
  if (before_growth) before_growth(size.body);
  pad(buffer, size.body);
  return size;
}

}  // namespace lockstep::http
