// Policy: which way a run goes, and what it may do to either side.
#pragma once

#include <string_view>

#include "common/words.h"

namespace lockstep {

enum class Mode { Import, Export, Full };
enum class OnConflict { Remote, Local, Newest, Manual, Hook };
enum class LocalEdits { Keep, Replace };

/// As configurations, plans, the journal and the command line write them.
const Words<Mode>& mode_words();
const Words<OnConflict>& on_conflict_words();
const Words<LocalEdits>& local_edits_words();
inline std::string_view to_string(Mode mode) { return mode_words().word(mode); }
inline std::string_view to_string(OnConflict policy) { return on_conflict_words().word(policy); }

struct Policy {
  Mode mode = Mode::Import;
  OnConflict on_conflict = OnConflict::Remote;
  LocalEdits local_edits = LocalEdits::Keep;
  /// Import and export: every mapped column that the policies let this run write is written, changed or not. A kept local edit, a
  /// remote edit that an export does not take, and a field whose sides are held apart stay what they are. Full ignores it.
  bool force = false;
  bool existing_only = false;     ///< never create
  bool can_create = true;         ///< items are made of rows: not phone numbers, and not where nothing of a row is sent
  bool can_repeat_create = true;  ///< it has a marker path
};

}  // namespace lockstep
