// Opening: before a run looks at either side: the lease, the tables, the state, and the writer.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class AccountCheck;
class Columns;
class Conflicts;
class Listing;
class MemberNames;
class OpenWork;
class Takeovers;

class Opening : private Pass {
 public:
  Opening(RunContext& run, AccountCheck& account_check, Columns& columns, Conflicts& conflicts, Listing& listing, MemberNames& member_names,
          OpenWork& open_work, Takeovers& takeovers);

  /// Once; not in a dry run. Throws Error{Busy} when another run holds it.
  void take_lease();
  /// Tables, links and all that earlier runs left; takes over what stands in this sync now; makes the writer.
  void know_state();

 private:
  void prepare_tables();
  void look_at_table();
  void prepare_events();
  RunEntry run_entry() const;
  void tell(const RecordChange& change);

  AccountCheck& account_check_;
  Columns& columns_;
  Conflicts& conflicts_;
  Listing& listing_;
  MemberNames& member_names_;
  OpenWork& open_work_;
  Takeovers& takeovers_;
};

}  // namespace lockstep
