// Faults: what goes wrong with one record: that is its own, told and kept under `lockstep rejected`, and the others go on.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Markers;
class PlanKeeper;
class Sender;

class Faults : private Pass {
 public:
  Faults(RunContext& run, Markers& markers, PlanKeeper& plan_keeper, Sender& sender);

  /// Does `work` for one record. A fault that is this record's costs this record: nothing of it is written, and it is told of. False then.
  bool spare(const Item& item, const std::function<void()>& work);
  /// A hook that fails on every record: what it would cost to ask it about the others helps nobody.
  std::optional<Error> hook_failure() const;
  /// While requests are under way their replies come first: see send().
  void check_hook() const;
  /// The record cannot be taken as it is: counted as rejected.
  void reject(const Item& item, const std::string& reason);
  /// A record that no run can work on as it stands: told, and kept under `lockstep rejected` until a run finds it well.
  void set_aside(const Item& item, const std::string& reason);
  /// One record's request failed: it is kept under `lockstep rejected`, counted as what the API refused or as what did not get there.
  void refuse(const Item& item, const Error& failure);

 private:
  bool attempt(const Item& item, const std::function<void()>& work);
  void cost(const Item& item, const Error& fault);

  Markers& markers_;
  PlanKeeper& plan_keeper_;
  Sender& sender_;
};

}  // namespace lockstep
