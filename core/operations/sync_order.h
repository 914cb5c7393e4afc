// The order in which several syncs run: what refers to a table comes after the syncs of that table, whatever the file's order.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mapping/mapping.h"

namespace lockstep {

struct OrderedSync {
  std::string store;  ///< name of the entry
  const Mapping* mapping = nullptr;
};

/// Positions in `syncs`, in the order of running. Where syncs refer to each other in a circle, the first of the file begins.
std::vector<std::size_t> run_order(const std::vector<OrderedSync>& syncs);

}  // namespace lockstep
