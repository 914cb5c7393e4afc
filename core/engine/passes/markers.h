// Markers: the markers of items, and APIs that drop those of what they create, or may do so: there a create whose answer was lost cannot be
// told from one that never was.
#pragma once

#include "engine/passes/pass.h"
#include "engine/sides/marker.h"

namespace lockstep {

class Chunk;
class Faults;
class HiddenMarkers;
class OpenWork;

class Markers : private Pass {
 public:
  Markers(RunContext& run, Chunk& chunk, Faults& faults, HiddenMarkers& hidden_markers, OpenWork& open_work);

  /// The marker that a document carries; empty also where it cannot be read, which is told of elsewhere.
  std::string marker_in(std::string_view raw) const;
  /// The marker of an item that this database made for a row of this table.
  std::optional<Marker> own_marker(std::string_view raw) const;
  /// The same, whichever table it was made for.
  std::optional<Marker> marker_of_database(std::string_view raw) const;
  /// A marker was shown that this database gave.
  void markers_are_kept();
  /// The answer to a create, read back where it did not tell all.
  void look_for_marker(const Item& item, const std::string& marker);
  /// An item that had its marker when both sides last agreed has lost it.
  void find_dropped_markers(std::span<const Item> items);
  /// Where markers are not known to be kept, any item that nobody owns may be what an open create made: the API may have stored something
  /// else than it was sent.
  void meet_stranger(const Item& item);
  /// Only a person can tell whether the create took place.
  bool is_suspected(const IntentEntry& promise);
  /// An item without row and marker that looks like what an open create sent. Where markers are known to be kept it is a stranger; else
  /// only a person can tell, and until then it gets no row of its own, nor is the create repeated.
  bool may_be_open_create(const Item& item);
  /// What a create promised for a field, as it is compared.
  Value value_sent(const Json& sent, std::size_t ordinal);
  void list_begins() { list_is_open_ = true; }
  /// Also of all that the list has led to.
  void list_ends() {
    list_is_open_ = false;
    learn_of_markers();
  }
  /// An item that nobody owns was not to be read.
  void meet_unread() { unread_ = true; }
  bool has_unread() const { return unread_; }
  /// Something waits that would not if markers were known to be kept.
  void ask_for_want_of_them() { asks_for_want_of_markers_ = true; }

 private:
  void learn_of_markers();
  bool hides_marker(const Item& item);
  void markers_are_dropped();
  bool is_ruled_out(const Item& item) const;
  bool is_ruled_out_by_marker(const Item& item) const;
  bool has_imported_since(const IntentEntry& promise);
  bool looks_as_sent(const Item& item, const Json& sent);
  void tell_suspect(const Item& item, const std::string& key);

  Chunk& chunk_;
  Faults& faults_;
  HiddenMarkers& hidden_markers_;
  OpenWork& open_work_;
  std::unordered_set<std::string> suspected_;  ///< of these: an item without marker looks like it
  bool list_is_open_ = false;                  ///< the list, and what it leads to
  bool saw_marker_ = false;                    ///< one was shown that this database gave
  bool asks_for_want_of_markers_ = false;      ///< something waits that would not if markers were known to be kept
  bool strangers_ = false;                     ///< the list names an item of nobody that may be one's
  bool unread_ = false;                        ///< one was not to be read that may be
  std::optional<Micros> last_insert_;          ///< when an import last gave an item a row; asked for once
  bool list_hides_markers_ = false;            ///< an item has a marker that this run's list does not show
};

}  // namespace lockstep
