// Resource: what an API can do with one kind of item, as data. A new ability is a field here, not a method on a door.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/time.h"

namespace lockstep {

/// Paths are dotted ("model.messages", "server.secret", format/path.h); "*" stands for every element ("model.tools.*.server.secret").
struct Resource {
  std::string name;            ///< "assistant"
  std::string key = "id";      ///< path of the identity
  std::string label = "name";  ///< path of what people call it
  std::string account;         ///< path of the organisation or user an item belongs to; empty: documents do not tell
  std::string modified;        ///< path of the server's own modification time; empty: none
  bool can_get = true;
  bool can_create = false;
  bool can_update = false;
  std::vector<std::string> read_only;   ///< server-owned, at any depth: never sent
  std::vector<std::string> write_only;  ///< secrets that are sent and not answered: compared as set / not set, never shown
  std::vector<std::string> secret;      ///< may be answered, never shown nor stored outside the mapped columns
  std::vector<std::string> legacy;      ///< members, at any depth, that are sent only while the remote still holds them
  std::vector<std::string> merged;      ///< objects into which an update is merged: what it does not name there stays, null clears
  std::vector<std::string> known;       ///< every top-level key the API publishes; empty: unknown
  std::string names;                    ///< "snake" or "camel": how the API spells its members; empty: not known
  std::string marker;  ///< object that may hold the marker of an open create ("metadata"); empty: a create is never repeated
  /// The marker's place: "metadata.lockstepMarker", or empty.
  std::string marker_path() const { return marker.empty() ? std::string() : marker + ".lockstepMarker"; }
  /// Says of a write-only path whether the item holds a value there.
  struct SecretFlag {
    std::string path;  ///< "server.secret"
    std::string flag;  ///< "isServerUrlSecretSet": true or false in every answer
  };
  std::vector<SecretFlag> secret_flags;
  std::string address;      ///< where the items are: "https://api.example.com"; the provider fills it in; empty: nowhere in particular
  Millis time_out{30'000};  ///< of one request; the provider fills it in
  Millis settles{0};        ///< so long after a create the API may not show the item yet; 0: it always does
  struct Reference {
    std::string path;      ///< "assistantId"
    std::string resource;  ///< "assistant"
  };
  std::vector<Reference> references;
};

}  // namespace lockstep
