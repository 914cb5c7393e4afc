// Tokens: a strict, forward-only walk over one JSON text. simdjson's first stage finds the tokens and proves the UTF-8 and the strings'
// ends, at gigabytes a second; the grammar between the tokens is checked here, because simdjson's on-demand reader lets bad tokens pass
// inside what it skips and cannot say where a text went wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace lockstep::json {

/// Reused for text after text; not for several threads at once.
class Tokens {
 public:
  Tokens();
  ~Tokens();
  Tokens(Tokens&&) noexcept;
  Tokens& operator=(Tokens&&) noexcept;

  /// Starts on `text`, which must outlive the walk. No padding is needed. Throws Error{Corrupt} for an empty text, bad UTF-8, an unclosed
  /// string, or a control character inside a string.
  void open(std::string_view text);

  /// First byte of the next token; NUL at the end of the text.
  char peek() const { return next_ == end_ ? '\0' : text_[*next_]; }
  bool done() const { return next_ == end_; }
  /// Where the next token begins.
  const char* at() const { return text_ + (done() ? size_ : *next_); }
  /// Behind the token that was passed last; one must have been.
  const char* behind() const { return behind_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - next_); }
  /// Moves past the next token when it is the operator `expected` (one of `{}[]:,`).
  bool skip(char expected) {
    if (peek() != expected || next_ == end_) return false;
    behind_ = text_ + *next_ + 1;
    ++next_;
    return true;
  }
  /// Moves past the next token, which must be a string, number, true, false or null, and returns its text: a string with its quotes and
  /// escapes, anything else exactly as written and proved well-formed (but for the escapes of a string, see escape.h).
  std::string_view scalar();
  /// Moves past a member's name and its colon; returns the name's literal with quotes.
  std::string_view key();
  /// After a member or element: true when another one follows, false when `close` ended the container.
  bool more(char close);
  /// Throws unless the text ends here.
  void finish() const;

  /// Throws Error{Corrupt}: "not JSON at byte 17: …".
  [[noreturn]] void fail(std::string_view what) const;
  /// The same, at a place that a returned view points to.
  [[noreturn]] void fail_at(std::string_view place, std::string_view what) const;

 private:
  std::string_view take();

  struct Stage;
  std::unique_ptr<Stage> stage_;
  const char* text_ = nullptr;
  const char* behind_ = nullptr;
  std::size_t size_ = 0;
  const std::uint32_t* next_ = nullptr;
  const std::uint32_t* end_ = nullptr;
};

}  // namespace lockstep::json
