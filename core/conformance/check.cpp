#include "conformance/check.h"

#include <cctype>
#include <optional>

#include "common/log.h"
#include "common/text.h"

namespace lockstep::conformance {
namespace {

constexpr std::size_t kLongestReason = 600;

struct Skipped {
  std::string reason;
};
struct Ended {};

}  // namespace

void Check::fail(std::string_view reason) { failures_.push_back(ellipsize(printable(redact(reason)), kLongestReason)); }

void Check::require(bool holds, std::string_view otherwise) {
  if (holds) return;
  fail(otherwise);
  throw Ended();
}

void Check::contains(std::string_view text, std::string_view part, std::string_view what) {
  if (text.find(part) != std::string_view::npos) return;
  fail(std::string(what) + ": expected \"" + std::string(part) + "\" in \"" + std::string(text) + "\"");
}

void Check::skip(std::string reason) { throw Skipped{std::move(reason)}; }

Error Check::throws_any(std::string_view what, const std::function<void()>& work) {
  std::optional<Error> thrown;
  try {
    work();
  } catch (const Error& error) {
    thrown = error;
  }
  require(thrown.has_value(), std::string(what) + ": no error was thrown");
  return *thrown;
}

Error Check::throws(ErrorKind kind, std::string_view what, const std::function<void()>& work) {
  Error error = throws_any(what, work);
  require(error.kind() == kind, std::string(what) + ": expected an error of kind " + std::string(to_string(kind)) + ", found " +
                                    std::string(to_string(error.kind())) + ": " + error.what());
  return error;
}

Finding run_check(Check& check, const std::function<void()>& work) {
  check.failures_.clear();
  try {
    work();
  } catch (const Skipped& skipped) {
    if (check.failures_.empty()) return {Finding::State::Skipped, {skipped.reason}};
  } catch (const Ended&) {
    // What ended it is among the failures.
  } catch (const Error& error) {
    check.fail("threw " + std::string(to_string(error.kind())) + ": " + error.what());
  } catch (const std::exception& failure) {
    check.fail(std::string("threw what is no Error: ") + failure.what());
  } catch (...) {
    check.fail("threw what is no exception");
  }
  const bool passed = check.failures_.empty();
  return {passed ? Finding::State::Passed : Finding::State::Failed, std::move(check.failures_)};
}

std::string sentence_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    const bool digits_begin = std::isdigit(letter) != 0 && !out.empty() && std::isdigit(static_cast<unsigned char>(out.back())) == 0;
    if (!out.empty() && (std::isupper(letter) != 0 || digits_begin)) out += ' ';
    out += static_cast<char>(std::tolower(letter));
  }
  return out;
}

}  // namespace lockstep::conformance
