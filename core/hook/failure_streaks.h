// FailureStreaks: how often in a row a stage has failed in the same way. A script that is broken for all records is found out by 50 of
// them, however long each takes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "hook/hook.h"

namespace lockstep::hook {

class FailureStreaks {
 public:
  /// `place`: a stage, or one of the functions under `transform`. Failures are the same when they differ in the record's name alone.
  void failed(std::string_view place, const HookSubject& record, std::string_view failure);
  void went_well(std::string_view place);
  void forget() { streaks_.clear(); }
  /// See Hook::hopeless().
  std::string hopeless() const;

 private:
  struct Streak {
    std::string failure;
    std::string nameless;  ///< the same without the record's name
    std::string record;    ///< the last one
    int records = 0;
  };
  std::map<std::string, Streak, std::less<>> streaks_;
};

}  // namespace lockstep::hook
