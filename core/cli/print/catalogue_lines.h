// What a command of style catalogue prints: a part for each provider, in the order of the configuration, and one end for all.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "operations/catalogue.h"

namespace lockstep {

/// Prints nothing for programs.
class CatalogueLines : public operations::CatalogueObserver {
 public:
  using CatalogueTurn = operations::CatalogueTurn;

  CatalogueLines(Context& context, std::string noun, bool dry_run);

  void begun(const std::vector<operations::LeftOut>& left_out) override;
  void finished(const CatalogueTurn& turn) override;
  void end(const operations::CatalogueOutcome& outcome);

 private:
  bool silent() const { return context_.quiet; }
  void header();
  void nobody(const std::vector<operations::LeftOut>& left_out);
  void part(const CatalogueTurn& turn);
  void totals(const std::vector<CatalogueTurn>& turns);
  void errors(const std::vector<CatalogueTurn>& turns);
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
