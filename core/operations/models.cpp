#include "operations/models.h"

#include <algorithm>
#include <optional>
#include <set>

#include "common/error.h"
#include "common/text.h"
#include "operations/report_json.h"
#include "state/state.h"

namespace lockstep::operations {
namespace {

bool is(const Json& row, std::string_view column, const std::string& wanted) { return wanted.empty() || row.text_at(column) == wanted; }

std::string state_of(const Json& row, const std::string& capability) {
  const Json* capabilities = row.find("capabilities");
  const Json* found = capabilities == nullptr ? nullptr : capabilities->find(capability);
  return found == nullptr ? "" : found->text_at("value", "unknown");
}

void check_capability(const std::vector<Catalogue>& catalogues, const std::string& wanted) {
  std::set<std::string> known;
  for (const Catalogue& catalogue : catalogues) {
    for (const Json& row : catalogue.rows) {
      const Json* capabilities = row.find("capabilities");
      if (capabilities == nullptr || capabilities->object() == nullptr) continue;
      for (const auto& [name, evidence] : *capabilities->object()) known.insert(name);
    }
  }
  if (wanted.empty() || known.empty() || known.contains(wanted)) return;
  const std::vector<std::string> names(known.begin(), known.end());
  throw Error(ErrorKind::Invalid, "no model has a capability " + in_quotes(wanted) + did_you_mean(wanted, names),
              "known are " + join(names, ", "));
}

/// The last complete run of a sync, and what its list held.
std::optional<SyncEntry> last_complete_run(const Catalogue& catalogue) {
  State state(*catalogue.sync->store);
  return state.ready() ? state.find_sync(identity_of(*catalogue.sync)) : std::nullopt;
}

}  // namespace

ModelsOutcome models(const Workspace& workspace, const ModelsRequest& request, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  const std::vector<Catalogue> catalogues = chosen_catalogues(session, request.provider);
  check_capability(catalogues, request.capability);
  ModelsOutcome outcome{{}, request.capability, 0};
  for (const Catalogue& catalogue : catalogues) {
    for (const Json& row : catalogue.rows) {
      if (!is(row, "family", request.family) || !is(row, "kind", request.kind)) continue;
      if (!request.all && !catalogue.listed(row)) continue;
      const std::string state = request.capability.empty() ? "yes" : state_of(row, request.capability);
      if (state == "yes") outcome.models.push_back(row);
      outcome.unknown += state == "unknown" ? 1U : 0U;
    }
  }
  return outcome;
}

Json to_json(const ModelsOutcome& outcome) {
  Json out = Json::Object{{"models", Json::Array(outcome.models.begin(), outcome.models.end())}};
  if (!outcome.capability.empty()) out["unknown"] = Json(static_cast<std::int64_t>(outcome.unknown));
  return out;
}

ModelsStatisticsOutcome models_statistics(const Workspace& workspace, const std::string& provider, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  ModelsStatisticsOutcome outcome;
  for (const Catalogue& catalogue : chosen_catalogues(session, provider)) {
    const std::optional<SyncEntry> last = last_complete_run(catalogue);
    if (catalogue.rows.empty() && !last) continue;
    outcome.providers.push_back({catalogue.provider, catalogue.statistics(), last ? last->checked_at : 0});
  }
  return outcome;
}

Json to_json(const ModelsStatisticsOutcome& outcome) {
  Json::Array providers;
  for (const ModelStatistics& each : outcome.providers) {
    providers.push_back(Json::Object{
        {"provider", each.provider}, {"statistics", statistics_json(each.counts)}, {"updated_at", time_json(each.updated_at)}});
  }
  return Json::Object{{"providers", std::move(providers)}};
}

ModelsExplainOutcome models_explain(const Workspace& workspace, const std::string& provider, const std::string& model,
                                    std::stop_token stop) {
  Session session(workspace, std::move(stop));
  ModelsExplainOutcome outcome;
  std::vector<std::string> known;
  for (const Catalogue& catalogue : chosen_catalogues(session, provider)) {
    for (const Json& row : catalogue.rows) {
      known.push_back(row.text_at("model_id"));
      const bool meant = model == row.text_at("model_id") || model == row.text_at(catalogue.sync->mapping->key().column);
      if (meant) outcome.models.push_back({row, catalogue.listed(row)});
    }
  }
  if (outcome.models.empty())
    throw Error(ErrorKind::NotFound, "no model " + in_quotes(model) + " in the database" + did_you_mean(model, known),
                "run: lockstep models");
  return outcome;
}

Json to_json(const ModelsExplainOutcome& outcome) {
  Json::Array models;
  for (const ExplainedModel& model : outcome.models) models.push_back(model.row);
  return Json::Object{{"models", std::move(models)}};
}

}  // namespace lockstep::operations
