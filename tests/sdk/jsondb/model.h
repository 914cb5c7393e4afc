// Model: the tables of a jsondb file in memory, and the file itself.
//
//   {"tables": {"NAME": {"columns": [[name, type, nullable]…], "primary_key": […], "indexes": [[name, unique, column…]…], "next": 5,
//                        "rows": [[cell…]…]}},
//    "tokens": {"LEASE": 3}}
//
// A cell is null, true, 5, 1.0, "text", {"json": "…"}, {"number": "…"}, or {"hex": "…"} for a text that is no UTF-8.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "data/row.h"
#include "data/table.h"

namespace jsondb {

using namespace lockstep;

struct TableData {
  Table definition;
  std::int64_t next = 1;  ///< the next generated key
  std::vector<OwnedRow> rows;

  /// Place of a column. Throws Error{Invalid} when there is none.
  std::size_t ordinal(std::string_view column) const;
  /// The column that is filled by the database when it is left out, or npos.
  std::size_t generated() const;
};

struct Model {
  std::map<std::string, TableData, std::less<>> tables;
  std::map<std::string, std::uint64_t, std::less<>> tokens;
};

Model parse_model(std::string_view text);
std::string to_text(const Model& model);

}  // namespace jsondb
