// Outgoing: the bodies of remote writes: which top-level keys are sent, each one whole, with the row's values laid into what stands there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/arena.h"
#include "data/json.h"
#include "engine/sides/item.h"
#include "engine/sides/secrets.h"
#include "engine/sides/shaper.h"
#include "engine/sides/target.h"

namespace lockstep {

/// All members throw Error{Rejected} with the reason why this one record cannot be sent.
class Outgoing {
 public:
  Outgoing(const Mapping& mapping, const Resource& resource, const SecretPaths& secrets, const Target& target, Shaper& shaper)
      : mapping_(mapping), resource_(resource), secrets_(secrets), target_(target), shaper_(shaper) {}

  /// A top-level key that cannot be sent, while the others can.
  struct HeldBack {
    std::string key;
    std::string reason;
  };

  /// The keys that the decision changes, laid into the item's present document. `whole`: also those that come out as they were. `held`:
  /// keys that are left out. An object without members when there is nothing to send.
  Json patch(const Item& item, bool whole, std::vector<HeldBack>& held) const;
  /// The item's present document with what the decision sends.
  Json document(const Item& item) const;
  Json create(const Item& item) const;
  /// The base's document with the row's edits, as a new item.
  Json recreate(const Item& item) const;
  /// What neither a hook nor a mapping may take away or set, once the body is made: a new item gets `marker` at the resource's marker path
  /// (empty: none), a changed one keeps the marker that it has, and the identity is nobody's to choose.
  void seal(const Item& item, std::string_view marker, Json& body) const;

 private:
  void check(const Item& item, bool all) const;
  void keep_leaf(std::size_t ordinal, const Json& answered, Json& document) const;
  void lay_fields(const Item& item, const Json& answered, Json& document) const;
  Value sent_value(const Item& item, const FieldChange& change, Arena& arena) const;
  /// Nothing server-owned, and nothing legacy that `standing` does not hold, leaves at any depth.
  void strip(Json& body, const Json& standing) const;
  bool merges(const std::vector<std::string>& place) const;
  Json changed_members(const Json& before, const Json& after, std::vector<std::string>& place) const;
  std::vector<HeldBack> take_out_lost_secrets(const Json& standing, Json& body) const;
  bool may_be_created_with(std::string_view key) const;
  void mark(Json& body, std::string_view marker) const;

  const Mapping& mapping_;
  const Resource& resource_;
  const SecretPaths& secrets_;
  const Target& target_;
  Shaper& shaper_;
};

std::string reasons_of(const std::vector<Outgoing::HeldBack>& held);

/// The marker that a document carries, or empty.
std::string marker_of(const Json& document, const Resource& resource);
/// The document names the object that holds the marker of what carries one.
bool names_marker_place(const Json& document, const Resource& resource);
/// A document's text names the last member of the marker's path.
bool holds_marker(std::string_view document, const std::string& path);

}  // namespace lockstep
