// models: the catalogue as the database has it. No provider is asked.
//
// A row is an object column → value, as read_catalogue() makes it. `provider` is what the configuration calls it, empty for all; every
// function throws Error{Invalid} with a suggestion for one that has no catalogue, and what all_catalogues() throws.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/time.h"
#include "config/workspace.h"
#include "data/json.h"
#include "operations/model_table.h"
#include "operations/verdict.h"

namespace lockstep::operations {

struct ModelsRequest {
  std::string provider;
  std::string family, kind;  ///< empty: all
  std::string capability;    ///< only models that are known to have it; empty: all
  bool all = false;          ///< also those that are no longer listed
};

struct ModelsOutcome {
  std::vector<Json> models;
  std::string capability;     ///< as asked for
  std::uint64_t unknown = 0;  ///< models of which nobody knows whether they have the capability
};

/// Throws Error{Invalid} for a capability that no model has.
ModelsOutcome models(const Workspace& workspace, const ModelsRequest& request, std::stop_token stop = {});
/// {"models": [{…}], "unknown" (where a capability was asked for)}
Json to_json(const ModelsOutcome& outcome);

struct ModelStatistics {
  std::string provider;
  std::vector<Count> counts;
  Micros updated_at = 0;  ///< of the last complete run; 0: never
};

struct ModelsStatisticsOutcome {
  std::vector<ModelStatistics> providers;  ///< those of which there is anything
};

ModelsStatisticsOutcome models_statistics(const Workspace& workspace, const std::string& provider, std::stop_token stop = {});
/// {"providers": [{"provider", "statistics", "updated_at"}]}
Json to_json(const ModelsStatisticsOutcome& outcome);

struct ExplainedModel {
  Json row;
  bool listed = false;  ///< the last list named it
};

struct ModelsExplainOutcome {
  std::vector<ExplainedModel> models;  ///< of that name, at each provider
};

/// `model`: its name, or the key of its row. Throws Error{NotFound} with a suggestion.
ModelsExplainOutcome models_explain(const Workspace& workspace, const std::string& provider, const std::string& model,
                                    std::stop_token stop = {});
/// {"models": [{…}]}
Json to_json(const ModelsExplainOutcome& outcome);

struct ModelsHistoryRequest {
  std::string provider;
  std::string model;      ///< only this one's; empty: all
  Micros since = 0;       ///< 0: from the beginning
  std::size_t limit = 0;  ///< the newest; 0: all
};

struct ModelsHistoryOutcome {
  std::vector<Json> events;  ///< newest first
};

ModelsHistoryOutcome models_history(const Workspace& workspace, const ModelsHistoryRequest& request, std::stop_token stop = {});
/// {"events": [{…}]}
Json to_json(const ModelsHistoryOutcome& outcome);
/// When an event happened; 0: not known.
Micros time_of_event(const Json& event);

struct ModelsDueRequest {
  std::string provider;
  Millis within{0};  ///< from now on; whole days count
};

struct DueModel {
  std::string provider, model;
  std::string date;       ///< of the shutdown, as the row has it
  std::int64_t days = 0;  ///< from today; negative: the date has passed, and the model is still listed
};

struct ModelsDueOutcome {
  std::vector<DueModel> due;  ///< the next first
  std::int64_t within_days = 0;
  Verdict verdict = Verdict::Done;  ///< Pending when there are any
};

/// Shutdowns ahead, and models past their date that are still listed. Throws Error{NotFound} while the catalogue is empty.
ModelsDueOutcome models_due(const Workspace& workspace, const ModelsDueRequest& request, const Clock& clock, std::stop_token stop = {});
/// {"due": [{"provider", "model_id", "shutdown_date", "days", "past"}], "exit"}
Json to_json(const ModelsDueOutcome& outcome);

}  // namespace lockstep::operations
