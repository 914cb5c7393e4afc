// Fault: whose trouble an error is. The one place that decides whether a record, or the run, has to pay for it.
#pragma once

#include "common/error.h"

namespace lockstep {

enum class Scope {
  Record,  ///< the record that was at hand: it failed, the others go on
  Run,     ///< no other record would fare better: the run ends
};

/// Where the fault was met while one record was at hand.
Scope scope_of(const Error& failure);
/// The exception that is being handled, as an Error; what is none of ours counts as Invalid, and out of memory as Storage.
Error current_fault();

/// Whether the API is there at all, judged by requests for single records: an error of one record is that record's, and several different
/// ones in a row that find nobody there are the run's. An API that answers, if only with faults of its own, is given more time.
class Reachability {
 public:
  /// A request for one record came to this. Once nobody seems to be there: the error that ends the run.
  void met(const Error& failure);
  void answered() { silent_in_a_row_ = refused_in_a_row_ = 0; }
  bool lost() const { return silent_in_a_row_ >= kMostSilent || refused_in_a_row_ >= kMostRefused; }

 private:
  static constexpr int kMostSilent = 5;
  static constexpr int kMostRefused = 50;
  int silent_in_a_row_ = 0;
  int refused_in_a_row_ = 0;
};

}  // namespace lockstep
