// Error bodies on any bytes: what people are told of them is short, readable and without secrets, however a server wraps those. The first
// byte chooses the status; the bytes 1 and 2 stand for two secrets.
#include <algorithm>
#include <array>

#include "common/log.h"
#include "common/text.h"
#include "data/record.h"
#include "fuzz/law.h"
#include "rest/errors.h"
#include "rest/mask.h"

namespace lockstep::fuzz {
namespace {

constexpr std::string_view kPlain = "sk-plain-0123456789abcdef";
constexpr std::string_view kOdd = "odd\"quo\\te/sl\tash-\xC3\xA9";

std::string filled(std::string_view text, std::string_view first, std::string_view second) {
  std::string out;
  for (const char byte : text) {
    if (byte == '\1') {
      out += first;
    } else if (byte == '\2') {
      out += second;
    } else {
      out += byte;
    }
  }
  return out;
}

void know_secrets() {
  static const bool known = [] {
    register_secret(kPlain);
    register_secret(kOdd);
    return true;
  }();
  law(known, "secrets are known");
}

const rest::RestSpec& spec() {
  static const rest::RestSpec instance = [] {
    rest::RestSpec out;
    out.label = "Things";
    out.errors.message_paths = {"message", "error.message", "errors"};
    out.errors.credentials_hint = "look at the key";
    out.errors.rules.push_back({.status = 429, .contains = "quota", .message = "the quota is spent", .hint = "pay", .final = true});
    return out;
  }();
  return instance;
}

/// More than half of a secret gives it away.
bool tells_half(std::string_view said) {
  for (const std::string_view secret : {kPlain, kOdd}) {
    for (const std::string_view half : {secret.substr(0, secret.size() / 2 + 1), secret.substr(secret.size() / 2)}) {
      if (said.find(half) != std::string_view::npos) return true;
    }
  }
  return false;
}

void check_hidden(std::string_view said, std::string_view body) {
  law(!tells_half(said), "no secret is told, not even half of one", std::string(said) + "\n" + std::string(body));
}

/// True for an input that itself spells the edge of a secret, plainly or with escapes: a half of it is no leak.
bool spells_secrets(std::string_view input) {
  for (const std::string_view secret : {kPlain, kOdd}) {
    if (input.find(secret.substr(0, 4)) != std::string_view::npos) return true;
    if (input.find(secret.substr(secret.size() - 4)) != std::string_view::npos) return true;
  }
  const std::string harmless = filled(input, "x", "x");
  return tells_half(rest::server_text(harmless, spec().errors)) || tells_half(rest::masked_body(harmless, {}));
}

void check_readable(std::string_view said, std::size_t longest) {
  law(is_utf8(said), "what is told is UTF-8", said);
  law(std::none_of(said.begin(), said.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f; }),
      "what is told steers no terminal", said);
  law(utf8_length(said) <= longest, "what is told is short", said);
}

}  // namespace
}  // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  using namespace lockstep::fuzz;
  if (size == 0) return 0;
  static constexpr std::array<int, 10> kStatuses{400, 401, 403, 404, 408, 409, 422, 429, 500, 503};
  const std::string_view input = text_of(data, size).substr(1);
  know_secrets();
  if (spells_secrets(input)) return 0;
  const std::string body = filled(input, kPlain, kOdd);
  const std::string said = rest::server_text(body, spec().errors);
  check_readable(said, 501);
  check_hidden(said, body);
  http::Response response;
  response.status = kStatuses[data[0] % kStatuses.size()];
  response.body_size = body.size();
  response.buffer = body + std::string(kPagePadding, '\0');
  const Error error = rest::error_of(response, spec());
  law(error.status() == response.status, "an error keeps its status");
  for (const std::string& text : {error.message(), error.hint()}) {
    check_readable(text, 800);
    check_hidden(text, body);
  }
  rest::advice_of(response, spec().errors);
  const bool object = rest::speaks_for_itself(body);
  const std::string masked = rest::masked_body(body, std::array<std::string, 2>{"a.b", "list.*.secret"});
  check_hidden(masked, body);
  law(is_utf8(masked), "a masked body is UTF-8", masked);
  if (object) law(masked.starts_with("{"), "a masked object is an object", masked);
  return 0;
}
