#include "format/tokens.h"

#include <simdjson.h>

#include <algorithm>

#include "common/error.h"
#include "format/number.h"

namespace lockstep::json {
namespace {

constexpr std::size_t kSmallest = 16 * 1024;
/// An index costs five bytes for each byte of text: one large text must not hold that memory for ever.
constexpr std::size_t kLargestKept = 1024 * 1024;

bool is_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

std::string describe(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY: return "the text is empty";
    case simdjson::UTF8_ERROR: return "the text is not valid UTF-8";
    case simdjson::UNCLOSED_STRING: return "a string is not closed";
    case simdjson::UNESCAPED_CHARS: return "a string holds a control character";
    case simdjson::CAPACITY: return "the text is longer than 4 GiB";
    default: return simdjson::error_message(code);
  }
}

}  // namespace

struct Tokens::Stage {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;

  void reserve(std::size_t bytes) {
    const std::size_t capacity = parser ? parser->capacity() : 0;
    if (parser && bytes <= capacity && capacity <= std::max(bytes, kLargestKept)) return;
    parser.reset();
    const auto code = simdjson::get_active_implementation()->create_dom_parser_implementation(std::max(bytes, kSmallest), 1, parser);
    if (code != simdjson::SUCCESS) throw Error(ErrorKind::Corrupt, "not JSON: " + describe(code));
  }
};

Tokens::Tokens() : stage_(std::make_unique<Stage>()) {}
Tokens::~Tokens() = default;
Tokens::Tokens(Tokens&&) noexcept = default;
Tokens& Tokens::operator=(Tokens&&) noexcept = default;

void Tokens::open(std::string_view text) {
  stage_->reserve(text.size());
  auto& parser = *stage_->parser;
  const auto code = parser.stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) throw Error(ErrorKind::Corrupt, "not JSON: " + describe(code));
  text_ = text.data();
  size_ = text.size();
  next_ = parser.structural_indexes.get();
  end_ = next_ + parser.n_structural_indexes;
}

std::string_view Tokens::take() {
  const std::size_t begin = *next_++;
  std::size_t stop = next_ == end_ ? size_ : *next_;
  while (is_space(text_[stop - 1])) --stop;
  behind_ = text_ + stop;
  return {text_ + begin, stop - begin};
}

std::string_view Tokens::scalar() {
  if (done()) fail("a value is missing");
  const char first = peek();
  const std::string_view token = take();
  switch (first) {
    case '"':
      if (token.size() < 2 || token.back() != '"') fail_at(token, "a string is not closed");
      return token;
    case 't':
      if (token == "true") return token;
      break;
    case 'f':
      if (token == "false") return token;
      break;
    case 'n':
      if (token == "null") return token;
      break;
    default:
      if (is_number(token)) return token;
      break;
  }
  fail_at(token, "no value starts like this");
}

std::string_view Tokens::key() {
  if (peek() != '"') fail("a member's name in quotes is missing");
  const std::string_view name = scalar();
  if (!skip(':')) fail("a colon is missing");
  return name;
}

bool Tokens::more(char close) {
  if (skip(',')) return true;
  if (!skip(close)) fail(close == '}' ? "a comma or } is missing" : "a comma or ] is missing");
  return false;
}

void Tokens::finish() const {
  if (!done()) fail("something follows the value");
}

void Tokens::fail(std::string_view what) const {
  const std::size_t offset = done() ? size_ : *next_;
  throw Error(ErrorKind::Corrupt, "not JSON at byte " + std::to_string(offset) + ": " + std::string(what));
}

void Tokens::fail_at(std::string_view place, std::string_view what) const {
  throw Error(ErrorKind::Corrupt, "not JSON at byte " + std::to_string(place.data() - text_) + ": " + std::string(what));
}

}  // namespace lockstep::json
