// LeftBehind: items whose row has left this sync and goes on with another item, which a sync of another account made of it. They stay where
// they are, and get no second row.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class AgreedRows;

class LeftBehind : private Pass {
 public:
  LeftBehind(RunContext& run, AgreedRows& agreed_rows);

  /// Before anything is concluded of rows that are gone.
  void find_left_behind();
  /// Only of what is there still, and that nobody said to leave alone.
  void tell_left_behind();

 private:
  void find_renumbered();
  std::string made_outside(std::size_t link);
  bool is_borne(const std::string& id);
  Rows row_outside(std::size_t link);
  bool is_agreed_outside(std::size_t link);

  AgreedRows& agreed_rows_;
  std::map<std::size_t, std::string> left_behind_;  ///< links; the id that their rows bear now
};

}  // namespace lockstep
