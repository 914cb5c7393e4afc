// Counters: what a run counts, each with its name in the journal and in JSON, in one table. A new one is a member of SyncReport and a row.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/engine.h"

namespace lockstep {

struct Counter {
  std::string_view name;
  std::uint64_t SyncReport::*member;
  bool of_decision = false;  ///< counted when a record is decided, and taken back when it is decided again
  bool shown = true;         ///< in the JSON of a run
  bool kept = false;         ///< in the journal
};

/// In the order in which people read them.
inline constexpr Counter kCounters[] = {
    {"created_local", &SyncReport::created_local, false, true, true},
    {"updated_local", &SyncReport::updated_local, false, true, true},
    {"created_remote", &SyncReport::created_remote, false, true, true},
    {"updated_remote", &SyncReport::updated_remote, false, true, true},
    {"recreated_remote", &SyncReport::recreated_remote, false, true, true},
    {"linked", &SyncReport::linked, false, true, true},
    {"unchanged", &SyncReport::unchanged, false, true, true},
    {"missing_remote", &SyncReport::missing_remote, true, true, true},
    {"local_edits_replaced", &SyncReport::local_edits_replaced, true, true, true},
    {"rule_changed", &SyncReport::rule_changed, true, true, true},
    {"conflicts", &SyncReport::conflicts, true, true, true},
    {"rejected", &SyncReport::rejected, true, true, true},
    {"failed", &SyncReport::failed, true, true, true},
    {"only_local", &SyncReport::only_local, true},
    {"only_remote", &SyncReport::only_remote, true},
    {"pending_import", &SyncReport::pending_import, true},
    {"pending_export", &SyncReport::pending_export, true},
    {"awaiting", &SyncReport::awaiting, true, false},
    {"awaiting_fields", &SyncReport::awaiting_fields, true, false},
    {"not_taken", &SyncReport::not_taken, true, false},
    {"unread", &SyncReport::unread, true, false},
};

}  // namespace lockstep
