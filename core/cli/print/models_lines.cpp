#include "cli/print/items_reporter.h"
#include "cli/print/lines.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/models.h"

namespace lockstep {
namespace {

constexpr std::size_t kShownCell = 80;

std::string shown_cell(const Json& row, std::string_view column) {
  const Json* value = row.find(column);
  return value == nullptr || value->is_null() ? "-" : printable(cell_text(row, column));
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

void print_model(Context& context, const operations::ExplainedModel& model) {
  const Json& row = model.row;
  context.out.line(shown_cell(row, "provider") + " " + shown_cell(row, "model_id") + (model.listed ? "" : " (no longer listed)"));
  for (const auto& [column, value] : *row.object()) {
    if (column == "id" || column == "raw" || column == "capabilities" || column == "provider" || column == "model_id" || value.is_null())
      continue;
    context.out.line("  " + printable(column) + ": " + shown_cell(row, column));
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

std::string event_line(const Json& event) {
  std::string line = shown_time(operations::time_of_event(event)) + "  " + printable(cell_text(event, "provider")) + "  " +
                     printable(cell_text(event, "model_id")) + "  " + printable(cell_text(event, "event"));
  const std::string field = cell_text(event, "field");
  if (field.empty()) return line;
  const auto shown = [&](const char* column) {
    const std::string value = cell_text(event, column);
    return value.empty() ? std::string("nothing") : ellipsize(printable(value), kShownCell);
  };
  return line + " " + printable(field) + ": " + shown("old_value") + " → " + shown("new_value");
}

/// When a shutdown is due, or was.
std::string shown_due(std::int64_t days) {
  if (days < 0) return "was to be shut down " + counted(static_cast<std::uint64_t>(-days), "day", "days") + " ago, and is still listed";
  return days == 0 ? "today" : "in " + counted(static_cast<std::uint64_t>(days), "day", "days");
}

}  // namespace

void print_lines(Context& context, const operations::ModelsOutcome& outcome) {
  std::vector<std::vector<std::string>> table{{"PROVIDER", "MODEL", "KIND", "FAMILY", "CONTEXT", "STATUS", "SHUTDOWN", "CAPABILITIES"}};
  for (const Json& row : outcome.models) {
    table.push_back({shown_cell(row, "provider"), shown_cell(row, "model_id"), shown_cell(row, "kind"), shown_cell(row, "family"),
                     shown_cell(row, "context_window"), shown_cell(row, "status"), shown_cell(row, "shutdown_date"),
                     shown_capabilities(row)});
  }
  if (outcome.models.empty()) {
    context.out.line("No models.");
  } else {
    context.out.lines(align(table));
  }
  const std::uint64_t unknown = outcome.unknown;
  if (unknown > 0)
    context.out.line(counted(unknown, "more model", "more models") + " of which it is unknown whether " +
                     (unknown == 1 ? "it has " : "they have ") + printable(outcome.capability));
}

void print_lines(Context& context, const operations::ModelsStatisticsOutcome& outcome) {
  for (const operations::ModelStatistics& each : outcome.providers) {
    if (&each != &outcome.providers.front()) context.out.line("");
    context.out.line(printable(each.provider) + ":");
    for (const Count& line : each.counts) {
      const std::string unknown = line.unknown.value_or(0) == 0 ? "" : " (" + std::to_string(*line.unknown) + " unknown)";
      context.out.line("  " + printable(line.label) + ": " + std::to_string(line.count) + unknown);
    }
    context.out.line("  Last synced: " + (each.updated_at == 0 ? std::string("Never") : format_ago(each.updated_at, context.clock.now())));
  }
  if (outcome.providers.empty()) context.out.line("No models.");
}

void print_lines(Context& context, const operations::ModelsExplainOutcome& outcome) {
  for (const operations::ExplainedModel& model : outcome.models) print_model(context, model);
}

void print_lines(Context& context, const operations::ModelsHistoryOutcome& outcome) {
  for (const Json& event : outcome.events) context.out.line(event_line(event));
  if (outcome.events.empty()) context.out.line("Nothing has happened.");
}

void print_lines(Context& context, const operations::ModelsDueOutcome& outcome) {
  for (const operations::DueModel& one : outcome.due) {
    context.out.line(one.date + "  " + printable(one.provider) + "  " + printable(one.model) + "  " + shown_due(one.days));
  }
  if (outcome.due.empty())
    context.out.line("No shutdown within " + counted(static_cast<std::uint64_t>(outcome.within_days), "day", "days") + ".");
}

}  // namespace lockstep
