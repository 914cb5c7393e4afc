// LocalRows: what the scan of the user's table found: which linked rows are as the last run left them, and a small set of the others.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "data/arena.h"
#include "engine/sides/references.h"
#include "engine/sides/row_scope.h"
#include "engine/sides/target.h"
#include "state/state.h"

namespace lockstep {

/// A row that must be looked at: it differs from its link, has none, or carries another id.
struct LocalRow {
  std::string_view key;  ///< key_text()
  std::string_view id;   ///< the remote id that it carries; may be empty
  std::string_view label;
  std::uint32_t link;      ///< by its key, or kNoIndex
  bool shares_id = false;  ///< another row carries the same id
  bool met = false;        ///< a record was paired with it
  bool listed = false;     ///< the list names its id
};

/// Do all rows of a run's table, of which there are three or more, hold the same in a column?
enum class Alike : std::uint8_t { No, Same };

class LocalRows {
 public:
  enum class LinkRow : std::uint8_t {
    Missing,  ///< the linked row is not in the table
    Clean,    ///< as the last run left it
    Other,    ///< present, and in rows()
  };

  /// Reads the table in key-ordered chunks. `keep(row)` says whether a row belongs to this run (owner); the others, and those outside
  /// `scope`, count as out of reach.
  void scan(Store& store, const Target& target, const Mapping& mapping, const Links& links, References& references, RowScope& scope,
            const std::function<bool(Row)>& keep, std::stop_token stop);

  std::uint64_t count() const { return count_; }
  LinkRow of_link(std::size_t link) const { return link < link_rows_.size() ? link_rows_[link] : LinkRow::Missing; }
  /// By link: its row is not as the last run left it.
  std::vector<bool> moved_links() const;
  std::string_view label_of_link(std::size_t link) const { return link < labels_.size() ? labels_[link] : std::string_view(); }
  /// The linked row exists, but belongs to somebody else's run.
  bool out_of_reach(std::size_t link) const { return link < out_of_reach_.size() && out_of_reach_[link]; }
  void leave(std::size_t link) { out_of_reach_[link] = true; }
  /// Links under whose key a row outside the scope bears another id: that id.
  const std::vector<std::pair<std::size_t, std::string>>& bearing_another() const { return bearing_another_; }
  /// A row outside the scope, or one without a primary key, carries this id, and none of this run's: its item is left alone.
  bool is_outside(std::string_view remote_id) const { return outside_.contains(remote_id); }
  /// Rows whose primary key is null, by what they are called: nothing else can be said of them, nor written to them.
  const std::vector<std::string>& keyless() const { return keyless_; }
  /// Another row carries the id of this clean linked one.
  bool shares_id(std::size_t link) const { return link < shared_.size() && shared_[link]; }
  bool shares_row(std::size_t row) const { return rows_[row].shares_id; }
  /// By ordinal of the mapping.
  std::vector<Alike> alike() const;
  /// Ordinals in which every row holds the same, or nothing.
  const std::vector<std::size_t>& uniform() const { return like_first_; }
  /// The scan to come is to tell what varies().
  void tell_agreed() { tells_agreed_ = true; }
  /// Rows as the last run left them hold different values there.
  bool varies(std::size_t ordinal) const { return ordinal < agreed_.size() && agreed_[ordinal].varies; }
  /// Rows whose key cannot be read, as people read them: they take no part in the run, nor do the items that they name.
  const std::vector<std::string>& nameless() const { return nameless_; }
  bool of_nameless(std::string_view remote_id) const { return nameless_ids_.contains(std::string(remote_id)); }
  std::vector<LocalRow>& rows() { return rows_; }
  const std::vector<LocalRow>& rows() const { return rows_; }
  /// The linked row, when it is in rows(): index.
  std::optional<std::size_t> row_of_link(std::size_t link) const;
  /// The row with this key, when it is in rows(): index.
  std::optional<std::size_t> row_of_key(std::string_view key) const;
  /// The key was used again: the row is not the one of its link, whose row is gone.
  void unlink(std::size_t row, const Links& links);
  /// The row that carries this id, or the row of the link with this id that carries none. Index into rows().
  std::optional<std::size_t> find(std::string_view remote_id) const;

 private:
  void scan_unclaimed(Store& store, const Target& target, const Links& links, RowScope& scope);
  void scan_moved(Store& store, const Target& target, const Mapping& mapping, const Links& links, RowScope& scope);
  bool lacks_its_row(std::size_t link, const Links& links) const;
  bool lacks_key(Row row, const Target& target, const Mapping& mapping);
  void leave_alone(Row row, const Target& target, const Links& links);
  void add(Row row, const Target& target, const Mapping& mapping, const Links& links, References& references, bool kept);
  void reach_rows_here(const Links& links);
  void find_shared_ids(const Links& links);
  void compare_with_first(Row fields);
  void note_agreed(Row fields);

  std::uint64_t count_ = 0;
  std::vector<std::string> keyless_;
  Arena texts_;
  std::vector<LocalRow> rows_;
  std::vector<LinkRow> link_rows_;
  std::vector<std::string_view> labels_;
  std::vector<bool> out_of_reach_, shared_;
  std::vector<std::pair<std::size_t, std::string>> bearing_another_;
  std::vector<std::string> nameless_;
  std::unordered_set<std::string> nameless_ids_;
  std::unordered_map<std::string_view, std::size_t> by_id_, by_key_;
  std::unordered_map<std::size_t, std::size_t> by_link_;
  std::uint64_t compared_ = 0;  ///< rows inside the scope, whosever run they belong to
  OwnedRow first_;              ///< mapped cells of the first of them
  struct Agreed {
    std::optional<OwnedRow> first{};  ///< cell
    bool varies = false;
  };
  bool tells_agreed_ = false;
  std::vector<Agreed> agreed_;                      ///< by ordinal, of rows that are as the last run left them
  std::vector<std::size_t> like_first_;             ///< ordinals in which every row is as the first
  std::unordered_set<std::string_view> outside_;    ///< ids
  std::unordered_set<std::string_view> elsewhere_;  ///< ids of rows inside the scope that belong to somebody else's run
};

}  // namespace lockstep
