// The rows of a mapping's table as a catalogue: read whole, counted by the mapping's statistics, explained by their evidence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/json.h"
#include "engine/engine.h"
#include "operations/session.h"

namespace lockstep {

/// A line of statistics.
struct Count {
  std::string label;
  std::uint64_t count = 0;
  std::optional<std::uint64_t> unknown = {};  ///< of a line about yes and no: rows that leave it open
};

/// One sync's rows, each as an object column → value (JSON columns parsed), in the order of their keys.
struct Catalogue {
  const Sync* sync = nullptr;
  std::string provider;  ///< as the configuration calls it
  std::vector<Json> rows;

  /// The row is one that the last list named.
  bool listed(const Json& row) const;
  /// "Total", and the lines of the mapping that count something.
  std::vector<Count> statistics() const;
};

/// `sync` has its store. No rows when the table is not there.
Catalogue read_catalogue(const Sync& sync, std::string provider);
/// Those of every sync that a command of style catalogue runs; each sync has its store then. Throws Error{Invalid} when there is none.
std::vector<Catalogue> all_catalogues(Session& session);
/// The same of this provider, as the configuration calls it; empty: all. Throws Error{Invalid} with a suggestion for one that has none.
std::vector<Catalogue> chosen_catalogues(Session& session, const std::string& provider);

/// What a row holds in this column, as text: JSON for anything else than a text; empty for null and for what is not there.
std::string cell_text(const Json& row, std::string_view column);

/// {"Total": 119, "Function calling": {"yes": 53, "unknown": 12}}
Json statistics_json(const std::vector<Count>& counts);

}  // namespace lockstep
