// models: the catalogue as the database has it. No provider is asked.
#include <algorithm>
#include <set>

#include "cli/print/items_reporter.h"
#include "cli/print/model_events.h"
#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/model_table.h"
#include "operations/report_json.h"
#include "state/state.h"

namespace lockstep {
namespace {

std::string cell(const Json& row, std::string_view column) {
  const Json* value = row.find(column);
  if (value == nullptr || value->is_null()) return "-";
  return printable(value->text() != nullptr ? *value->text() : json::canonical(*value));
}

bool is(const Json& row, std::string_view column, const std::string& wanted) { return wanted.empty() || row.text_at(column) == wanted; }

std::string state_of(const Json& row, const std::string& capability) {
  const Json* capabilities = row.find("capabilities");
  const Json* found = capabilities == nullptr ? nullptr : capabilities->find(capability);
  return found == nullptr ? "" : found->text_at("value", "unknown");
}

/// Names of capabilities that say yes, and with a question mark those that are unknown.
std::string shown_capabilities(const Json& row) {
  const Json* capabilities = row.find("capabilities");
  if (capabilities == nullptr || capabilities->object() == nullptr) return "-";
  std::vector<std::string> names;
  for (const auto& [name, evidence] : *capabilities->object()) {
    const std::string state = evidence.text_at("value", "unknown");
    if (state != "no") names.push_back(printable(name) + (state == "unknown" ? "?" : ""));
  }
  return names.empty() ? "-" : join(names, " ");
}

std::vector<Catalogue> chosen_catalogues(Context& context) {
  std::vector<Catalogue> all = all_catalogues(*context.workspace);
  const std::string wanted = context.arguments.text("provider");
  if (wanted.empty()) return all;
  std::vector<std::string> known;
  for (const Catalogue& catalogue : all) known.push_back(catalogue.provider);
  std::erase_if(all, [&](const Catalogue& catalogue) { return catalogue.provider != wanted; });
  if (all.empty()) throw Error(ErrorKind::Invalid, "no catalogue of a provider " + in_quotes(wanted) + did_you_mean(wanted, known));
  return all;
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

int list_models(Context& context) {
  const Arguments& given = context.arguments;
  const std::vector<Catalogue> catalogues = chosen_catalogues(context);
  const std::string capability = given.text("capability");
  check_capability(catalogues, capability);
  Json::Array models;
  std::uint64_t unknown = 0;
  for (const Catalogue& catalogue : catalogues) {
    for (const Json& row : catalogue.rows) {
      if (!is(row, "family", given.text("family")) || !is(row, "kind", given.text("kind"))) continue;
      if (!given.has("all") && !catalogue.listed(row)) continue;
      if (!capability.empty() && state_of(row, capability) != "yes") {
        unknown += state_of(row, capability) == "unknown" ? 1U : 0U;
        continue;
      }
      models.push_back(row);
    }
  }
  if (context.json) {
    Json out = Json::Object{{"models", std::move(models)}};
    if (!capability.empty()) out["unknown"] = Json(static_cast<std::int64_t>(unknown));
    context.print(out);
    return 0;
  }
  if (context.quiet) return 0;
  std::vector<std::vector<std::string>> table{{"PROVIDER", "MODEL", "KIND", "FAMILY", "CONTEXT", "STATUS", "SHUTDOWN", "CAPABILITIES"}};
  for (const Json& row : models) {
    table.push_back({cell(row, "provider"), cell(row, "model_id"), cell(row, "kind"), cell(row, "family"), cell(row, "context_window"),
                     cell(row, "status"), cell(row, "shutdown_date"), shown_capabilities(row)});
  }
  if (models.empty()) {
    context.out.line("No models.");
  } else {
    context.out.lines(align(table));
  }
  if (unknown > 0)
    context.out.line(counted(unknown, "more model", "more models") + " of which it is unknown whether " +
                     (unknown == 1 ? "it has " : "they have ") + printable(capability));
  return 0;
}

/// The last complete run of a sync, and what its list held.
std::optional<SyncEntry> last_run(const Catalogue& catalogue) {
  State state(*catalogue.sync->store);
  return state.ready() ? state.find_sync(identity_of(*catalogue.sync)) : std::nullopt;
}

int show_statistics(Context& context) {
  Json::Array providers;
  for (const Catalogue& catalogue : chosen_catalogues(context)) {
    const std::optional<SyncEntry> last = last_run(catalogue);
    if (catalogue.rows.empty() && !last) continue;
    const std::vector<Count> counts = catalogue.statistics();
    const Micros checked_at = last ? last->checked_at : 0;
    providers.push_back(
        Json::Object{{"provider", catalogue.provider}, {"statistics", statistics_json(counts)}, {"updated_at", time_json(checked_at)}});
    if (context.json || context.quiet) continue;
    if (providers.size() > 1) context.out.line("");
    context.out.line(printable(catalogue.provider) + ":");
    for (const Count& line : counts) {
      const std::string unknown = line.unknown.value_or(0) == 0 ? "" : " (" + std::to_string(*line.unknown) + " unknown)";
      context.out.line("  " + printable(line.label) + ": " + std::to_string(line.count) + unknown);
    }
    context.out.line("  Last synced: " + (checked_at == 0 ? std::string("Never") : format_ago(checked_at, context.clock.now())));
  }
  if (context.json) {
    context.print(Json::Object{{"providers", std::move(providers)}});
  } else if (providers.empty() && !context.quiet) {
    context.out.line("No models.");
  }
  return 0;
}

void print_evidence(Context& context, const std::string& name, const Json& evidence) {
  std::string line = "    " + printable(name) + ": " + printable(evidence.text_at("value", "unknown"));
  const std::string source = evidence.text_at("source"), detail = evidence.text_at("detail"), otherwise = evidence.text_at("otherwise");
  if (source == "none" || source.empty()) {
    line += ": nothing says so or otherwise";
  } else {
    line += ", " + printable(source) + (detail.empty() ? "" : ": " + printable(detail));
  }
  context.out.line(line + (otherwise.empty() ? "" : " (" + printable(otherwise) + ")"));
}

void print_model(Context& context, const Catalogue& catalogue, const Json& row) {
  context.out.line(cell(row, "provider") + " " + cell(row, "model_id") + (catalogue.listed(row) ? "" : " (no longer listed)"));
  for (const auto& [column, value] : *row.object()) {
    if (column == "id" || column == "raw" || column == "capabilities" || column == "provider" || column == "model_id" || value.is_null())
      continue;
    context.out.line("  " + printable(column) + ": " + cell(row, column));
  }
  const Json* capabilities = row.find("capabilities");
  if (capabilities != nullptr && capabilities->object() != nullptr) {
    context.out.line("  capabilities:");
    for (const auto& [name, evidence] : *capabilities->object()) print_evidence(context, name, evidence);
  }
  const Json* raw = row.find("raw");
  if (raw != nullptr && !raw->is_null() && context.verbosity > 0)
    context.out.line("  as the API answered: " + printable(json::to_text(*raw)));
}

int explain(Context& context) {
  const std::string wanted = context.arguments.text("explain");
  Json::Array found;
  std::vector<std::string> known;
  for (const Catalogue& catalogue : chosen_catalogues(context)) {
    for (const Json& row : catalogue.rows) {
      known.push_back(row.text_at("model_id"));
      if (wanted != row.text_at("model_id") && wanted != row.text_at(catalogue.sync->mapping->key().column)) continue;
      if (!context.json && !context.quiet) print_model(context, catalogue, row);
      found.push_back(row);
    }
  }
  if (found.empty())
    throw Error(ErrorKind::NotFound, "no model " + in_quotes(wanted) + " in the database" + did_you_mean(wanted, known),
                "run: lockstep models");
  if (context.json) context.print(Json::Object{{"models", std::move(found)}});
  return 0;
}

}  // namespace

int models_command(Context& context) {
  const std::vector<std::string>& what = context.arguments.positionals;
  if (!what.empty())
    return what.front() == "due" ? models_due(context, chosen_catalogues(context)) : models_history(context, chosen_catalogues(context));
  if (context.arguments.has("explain")) return explain(context);
  return context.arguments.has("stats") ? show_statistics(context) : list_models(context);
}

}  // namespace lockstep
