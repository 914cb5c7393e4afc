// Parking: values that a row holds for the time in which rows exchange values that must be unique.
#pragma once

#include <cstddef>
#include <vector>

#include "data/arena.h"
#include "data/table.h"
#include "mapping/mapping.h"
#include "sdk/store.h"

namespace lockstep {

class Parking {
 public:
  /// `info`: of the mapping's table as it is.
  Parking(const TableInfo& info, const Mapping& mapping);

  /// Of the columns that `change` sets, those that must be unique, with a value that no other row holds: null where the column takes it.
  /// Without columns when there is nothing to set aside, or no value that could stand in. Bytes go into `arena`.
  Guarded aside(const Guarded& change, Arena& arena);
  /// The same change of a row that `aside` has been written to.
  static Guarded from_aside(Guarded change, const Guarded& aside);

 private:
  enum class Stand { Stays, Null, Number, Text };
  std::vector<Stand> stands_;  ///< by ordinal of the mapping's columns
  std::int64_t next_ = 0;
};

}  // namespace lockstep
