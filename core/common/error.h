// Error: the one exception type of Lockstep. Its kind tells the caller what to do; its text tells a person where, what and the remedy.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

enum class ErrorKind {
  Invalid,      ///< configuration, usage or data that cannot be accepted as it is
  Credentials,  ///< missing, wrong or powerless key
  Unreachable,  ///< no answer: refused, reset, name unknown, TLS failure, deadline over, server error after all retries
  RateLimited,  ///< told to wait longer than the deadline allows; see Error::retry_after()
  Rejected,     ///< the other side understood and refused (HTTP 400, 409, 422, a constraint of the database)
  NotFound,     ///< the addressed thing does not exist
  Conflict,     ///< somebody else changed it first
  Corrupt,      ///< an answer or a stored value that cannot be what it claims to be (cut body, HTML for JSON)
  Busy,         ///< a lease or a lock is held by another program
  Storage,      ///< the local disk or database cannot be written (full, read-only, I/O error)
  Interrupted,  ///< a stop was requested
};

/// snake_case name of a kind, as programs see it in JSON output: "rate_limited".
std::string_view to_string(ErrorKind kind);

/// Did a write take place when a call failed? A create is repeated only on None.
enum class Effect { None, Maybe, Done };

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::string hint = {});

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  /// What helps, as an imperative sentence without a full stop; may be empty.
  const std::string& hint() const { return hint_; }
  /// HTTP status of the answer that caused it, or 0.
  int status() const { return status_; }
  Effect effect() const { return effect_; }
  std::optional<std::chrono::milliseconds> retry_after() const { return retry_after_; }

  Error& with_status(int status);
  Error& with_effect(Effect effect);
  Error& with_retry_after(std::chrono::milliseconds wait);
  Error& with_hint(std::string hint);
  /// Puts "where: " before the message; used as the error rises past a name the thrower did not know.
  Error& at(std::string_view where);

  /// "message; hint".
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  void compose();

  ErrorKind kind_;
  std::string message_;
  std::string hint_;
  std::string what_;
  int status_ = 0;
  Effect effect_ = Effect::None;
  std::optional<std::chrono::milliseconds> retry_after_;
};

}  // namespace lockstep
