// RemadeElsewhere: the same as RemadeRows where the two are of neighbours: the row was deleted in the one sync and made again in the other.
// As within one sync, neither side gets a second one until a person says what it is, and a create of unknown effect goes with its row. Both
// runs come to the same answer, whichever is first: all columns count, for what the rows of one sync have in common is nothing that the
// other knows.
#pragma once

#include "engine/passes/pass.h"
#include "engine/sides/lookalikes.h"
#include "engine/sides/moved_rows.h"

namespace lockstep {

class AgreedRows;
class Chunk;
class CreateClaims;
class Faults;
class FreshlyMade;
class Outsiders;
class RemadeRows;
class Takeovers;

/// A row without an id in a neighbour's `where`.
struct RowElsewhere {
  std::string key, sync;
};

class RemadeElsewhere : private Pass {
 public:
  RemadeElsewhere(RunContext& run, AgreedRows& agreed_rows, Chunk& chunk, CreateClaims& create_claims, Faults& faults,
                  FreshlyMade& freshly_made, Outsiders& outsiders, RemadeRows& remade_rows, Takeovers& takeovers);

  /// After the scan of the local rows.
  void find_remade_elsewhere();
  /// True when the item is there, its row is gone, and a neighbour's may be that row: both are told.
  bool is_remade_elsewhere(const Item& item);
  /// The list names this id.
  void note_lost_elsewhere(std::string_view id);
  /// The list is complete: of what is there both are told.
  void settle_lost_elsewhere();
  /// What a neighbour was creating of a row that is gone, and that was made again here, is this sync's from now on.
  void take_over_lost_creates();
  /// Creates of rows that are gone, and that a neighbour's row without an id may be the row of: it takes them over when it runs.
  void find_creates_elsewhere(std::span<const IntentEntry> lost);
  /// Rows without an id that stand in a neighbour's `where`, also of one that never ran, and its name.
  void each_row_elsewhere(const std::function<void(Row, const std::string&)>& work);
  /// It is the row of a create that is open there, or of a link, and has lost its id.
  bool is_tied_elsewhere(Row row);
  /// Keys of open creates whose row may be one of a neighbour's.
  const std::unordered_set<std::string>& made_elsewhere() const { return made_elsewhere_; }

 private:
  /// An item that a neighbour has linked, and whose row is gone.
  struct LostElsewhere {
    std::string sync;               ///< the neighbour's
    std::vector<std::size_t> rows;  ///< of this run, that look like the row that it had
    bool listed = false;
  };
  void find_lost_elsewhere();
  void each_lost_link(const Neighbour& neighbour, const std::function<void(std::uint32_t, std::vector<CellPrint>)>& work);
  std::vector<std::uint32_t> links_without_bearer(const Neighbour& neighbour);
  std::vector<CellPrint> prints_of_lost(const Link& link, const std::unordered_map<std::int64_t, Base>& bases,
                                        const std::unordered_map<std::string, Row>& rows);
  void leave_withheld(const Takeover& takeover);

  AgreedRows& agreed_rows_;
  Chunk& chunk_;
  CreateClaims& create_claims_;
  Faults& faults_;
  FreshlyMade& freshly_made_;
  Outsiders& outsiders_;
  RemadeRows& remade_rows_;
  Takeovers& takeovers_;
  std::vector<RowElsewhere> rows_elsewhere_;
  std::optional<Lookalikes> alike_elsewhere_;  ///< links whose row is gone, and of rows_elsewhere_ those that look like it
  std::map<std::string, LostElsewhere, std::less<>> lost_elsewhere_;  ///< by id
  std::unordered_set<std::string> made_elsewhere_;                    ///< keys of open creates whose row may be one of a neighbour's
};

}  // namespace lockstep
