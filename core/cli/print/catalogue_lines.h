// What a command of style catalogue prints: a part for each provider, in the order of the configuration, and one end for all.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "operations/model_table.h"

namespace lockstep {

/// One provider's turn.
struct CatalogueTurn {
  enum class State { Synced, Fresh, Failed } state = State::Synced;
  std::string provider;
  Micros last_sync = 0;  ///< of the last complete run before this one; 0: never
  SyncReport report;
  std::vector<std::string> ids;        ///< as the list named them
  std::vector<Count> statistics = {};  ///< of a run that wrote

  std::uint64_t found() const { return report.remote.value_or(0); }
  /// Records that the list no longer names, as this run found.
  std::uint64_t newly_missing() const;
};

class CatalogueLines {
 public:
  CatalogueLines(Context& context, std::string noun, bool dry_run);

  void header();
  void skipped(const std::string& provider, const std::string& why);
  void turn(const CatalogueTurn& turn);
  void end(const std::vector<CatalogueTurn>& turns);
  bool silent() const { return context_.quiet; }

 private:
  void synced(const CatalogueTurn& turn);
  void would_sync(const CatalogueTurn& turn);
  void problems(const CatalogueTurn& turn);

  Context& context_;
  std::string noun_;
  bool dry_run_;
  Palette palette_;
};

/// "Request timeout after 30 seconds": what went wrong, and what helps.
std::string reason_of(const SyncReport& report);

}  // namespace lockstep
