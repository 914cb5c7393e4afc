// ItemsReporter: what a run prints, item by item, in the words that people and scripts know.
// The lines "Found N …" come first although the numbers are known last: item lines wait for them, up to a few megabytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "cli/print/output.h"
#include "engine/engine.h"

namespace lockstep {

class ItemsReporter : public Observer {
 public:
  struct Settings {
    bool quiet = false;   ///< only errors
    bool silent = false;  ///< nothing at all
    int verbosity = 0;    ///< 1: fields, old → new
    bool color = false;
    std::size_t waiting_bytes = std::size_t{4} << 20U;  ///< item lines that may wait for the numbers
  };

  ItemsReporter(Output& out, Settings settings) : out_(out), settings_(settings), palette_(Palette::of(settings.color)) {}

  void started(const Sync& sync, const RunOptions& options) override;
  void found_remote(std::uint64_t count, bool complete) override;
  void found_local(std::uint64_t count) override;
  void changed(const RecordChange& change) override;
  void unchanged(std::string_view remote_id, std::string_view label) override;
  void problem(const Problem& problem) override;

  /// The totals and the last line.
  void finished(const SyncReport& report) override;

 private:
  void item(std::string_view text);
  void error_item(std::string_view text);
  void show_numbers();
  void release();
  void fields_of(const RecordChange& change);
  void hints(const SyncReport& report);
  void totals(const SyncReport& report);
  void verdict(const SyncReport& report);
  std::string named(std::string_view label, std::string_view id, std::string_view row = {}) const;

  Output& out_;
  Settings settings_;
  Palette palette_;
  Nouns nouns_;
  bool dry_run_ = false;
  std::optional<std::uint64_t> remote_, local_;
  bool numbers_shown_ = false;
  bool released_ = false;
  std::string waiting_;
};

/// How a value is shown in one line: JSON, cut at `most` characters; a text in quotes.
std::string show_value(const Json& value, std::size_t most = 160);
/// `    column: old → new`, for a created record `    column: new`.
std::string show_field(const FieldDelta& field, bool created, std::string_view indent);
/// "Created", "Would create": the verb of a change.
std::string verb_of(const RecordChange& change, bool dry_run);
/// "2 fields await a decision".
std::string awaiting_text(const SyncReport& report);

}  // namespace lockstep
