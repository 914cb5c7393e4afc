// Marker: what a new item carries at its resource's marker path: which database made it, for which row, and by which promise.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

/// As text: "lockstep:<database>:<table>:<key>:<nonce>"; ":" and "%" inside a part are written %3A and %25.
struct Marker {
  std::string database;  ///< State's id of the database
  std::string table;
  std::string key;    ///< key_text() of the row
  std::string nonce;  ///< another for each promise

  std::string text() const;
  /// nullopt for what is none, also for a marker of version 0.1.0, which is a nonce alone.
  static std::optional<Marker> parse(std::string_view text);
};

/// May an API have made `found` of the marker `sent`: in another case, or cut, or with something behind it?
bool is_altered(std::string_view found, std::string_view sent);

}  // namespace lockstep
