// Resource: what an API can do with one kind of item, as data. A new ability is a field here, not a method on a door.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// Paths are dotted ("model.messages", "server.secret"); "*" stands for every element ("model.tools.*.server.secret").
struct Resource {
  std::string name;            ///< "assistant"
  std::string key = "id";      ///< path of the identity
  std::string label = "name";  ///< path of what people call it
  std::string modified;        ///< path of the server's own modification time; empty: none
  bool can_get = true;
  bool can_create = false;
  bool can_update = false;
  std::vector<std::string> read_only;   ///< server-owned: never sent
  std::vector<std::string> write_only;  ///< secrets that are sent and not answered: compared as set / not set, never shown
  std::vector<std::string> secret;      ///< may be answered, never shown nor stored outside the mapped columns
  std::vector<std::string> legacy;      ///< keys that are sent only while the remote still holds them
  std::vector<std::string> known;       ///< every top-level key the API publishes; empty: unknown
  std::string marker;                   ///< path for the marker of an open create ("metadata"); empty: a create is never repeated
  struct Reference {
    std::string path;      ///< "assistantId"
    std::string resource;  ///< "assistant"
  };
  std::vector<Reference> references;
};

}  // namespace lockstep
