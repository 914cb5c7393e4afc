// Closing: how a run ends, and what the journal keeps of it.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class MemberNames;

class Closing : private Pass {
 public:
  Closing(RunContext& run, MemberNames& member_names);

  /// What both sides have lost meanwhile awaits nobody.
  void close_rejections_of_the_gone();
  /// Writes the run's end.
  void close();
  /// The run as a whole failed: the report says why.
  void fail(const Error& failure);

 private:
  void keep_what_is_done();

  MemberNames& member_names_;
};

}  // namespace lockstep
