#include "engine/decide/policy.h"

namespace lockstep {

const Words<Mode>& mode_words() {
  static constexpr Words<Mode> kWords({{Mode::Import, "import", "remote → database"},
                                       {Mode::Export, "export", "database → remote"},
                                       {Mode::Full, "full", "both ways in one pass"}});
  return kWords;
}

const Words<OnConflict>& on_conflict_words() {
  static constexpr Words<OnConflict> kPolicies({{OnConflict::Remote, "remote", "the remote's value"},
                                                {OnConflict::Local, "local", "the database's value"},
                                                {OnConflict::Newest, "newest", "the side that was changed last"},
                                                {OnConflict::Manual, "manual", "a person: lockstep conflicts"},
                                                {OnConflict::Hook, "hook", "the hook conflict"}});
  return kPolicies;
}

const Words<LocalEdits>& local_edits_words() {
  static constexpr Words<LocalEdits> kEdits(
      {{LocalEdits::Keep, "keep", "they stay"}, {LocalEdits::Replace, "replace", "the remote's values take their place"}});
  return kEdits;
}

}  // namespace lockstep
