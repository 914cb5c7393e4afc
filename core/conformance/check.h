// Check: one demand of a door on its plugin, as a plain function that says whether it holds. The test suites of this project and
// `lockstep plugins test` run the same checks.
#pragma once

#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"

namespace lockstep::conformance {

/// What came of one check. Reasons are for people and hold no secret; a skip has exactly one.
struct Finding {
  enum class State { Passed, Failed, Skipped };
  State state = State::Passed;
  std::vector<std::string> reasons;
};

/// Collects what a check finds. A check goes on after a demand that fails, unless it was made by require().
class Check {
 public:
  virtual ~Check() = default;

  void that(bool holds, std::string_view otherwise) {
    if (!holds) fail(otherwise);
  }
  /// Ends the check when it does not hold.
  void require(bool holds, std::string_view otherwise);
  template <class Found, class Wanted>
  void equal(const Found& found, const Wanted& wanted, std::string_view what) {
    if (found == wanted) return;
    std::ostringstream text;
    text << what << ": expected " << wanted << ", found " << found;
    fail(text.str());
  }
  void contains(std::string_view text, std::string_view part, std::string_view what);
  /// Runs `work`, which must throw an Error of this kind, and returns it. Ends the check when nothing or something else is thrown.
  Error throws(ErrorKind kind, std::string_view what, const std::function<void()>& work);
  /// The same for an Error of any kind.
  Error throws_any(std::string_view what, const std::function<void()>& work);
  void fail(std::string_view reason);
  /// Ends the check: it cannot be made here.
  [[noreturn]] static void skip(std::string reason);

 private:
  friend Finding run_check(Check& check, const std::function<void()>& work);
  std::vector<std::string> failures_;
};

/// Runs the body of a check. Whatever it throws is a failure of the check; never throws.
Finding run_check(Check& check, const std::function<void()>& work);

/// "A429IsToldWithItsWait" as people read it: "a 429 is told with its wait".
std::string sentence_of(std::string_view name);

}  // namespace lockstep::conformance
