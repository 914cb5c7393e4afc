// models history and models due: what happened to models, and which shutdowns lie ahead; see models.h.
#include <algorithm>
#include <optional>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/models.h"

namespace lockstep::operations {
namespace {

constexpr Micros kDay = Micros{86'400} * 1'000'000;

/// The events of one catalogue, as objects column → value.
void read_events(const Catalogue& catalogue, std::vector<Json>& events) {
  const auto& rules = catalogue.sync->mapping->events();
  Store& store = *catalogue.sync->store;
  if (!rules || !store.inspect(rules->table.name)) return;
  std::vector<std::string> columns;
  for (const Column& column : rules->table.columns) columns.push_back(column.name);
  Filter filter;
  for (const Constant& constant : catalogue.sync->mapping->constants()) {
    if (rules->table.find(constant.column) != nullptr)
      filter.where.push_back({constant.column, Filter::Op::Equal, {Value::text(constant.value)}});
  }
  filter.order_by = {"id"};
  const Shape shape(columns);
  const Rows rows = store.read(rules->table, shape, filter);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json& event = events.emplace_back(Json::Object());
    for (std::size_t at = 0; at < columns.size(); ++at) event[columns[at]] = json::to_readable(rows[i][at]);
  }
}

/// Days from now to a date; nullopt when the text is none.
std::optional<std::int64_t> days_until(const std::string& date, Micros now) {
  const std::optional<Micros> time = parse_time(date);
  if (!time) return std::nullopt;
  const Micros today = now - now % kDay;
  return (*time - today) / kDay - ((*time - today) % kDay < 0 ? 1 : 0);
}

void sort_newest_first(std::vector<Json>& events) {
  std::stable_sort(events.begin(), events.end(), [](const Json& a, const Json& b) {
    const Micros first = time_of_event(a), second = time_of_event(b);
    return first != second ? first > second : *a.find("id")->integer() > *b.find("id")->integer();
  });
}

}  // namespace

Micros time_of_event(const Json& event) { return parse_time(event.text_at("happened_at")).value_or(0); }

ModelsHistoryOutcome models_history(const Workspace& workspace, const ModelsHistoryRequest& request, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  ModelsHistoryOutcome outcome;
  std::vector<Json>& events = outcome.events;
  for (const Catalogue& catalogue : chosen_catalogues(session, request.provider)) read_events(catalogue, events);
  std::erase_if(events, [&](const Json& event) {
    return time_of_event(event) < request.since || (!request.model.empty() && event.text_at("model_id") != request.model);
  });
  sort_newest_first(events);
  if (request.limit > 0 && events.size() > request.limit) events.resize(request.limit);
  return outcome;
}

Json to_json(const ModelsHistoryOutcome& outcome) {
  return Json::Object{{"events", Json::Array(outcome.events.begin(), outcome.events.end())}};
}

ModelsDueOutcome models_due(const Workspace& workspace, const ModelsDueRequest& request, const Clock& clock, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  const std::vector<Catalogue> catalogues = chosen_catalogues(session, request.provider);
  const bool empty = std::all_of(catalogues.begin(), catalogues.end(), [](const Catalogue& each) { return each.rows.empty(); });
  if (empty) throw Error(ErrorKind::NotFound, "the catalogue is empty, so no shutdown is known", "run: lockstep ai:sync-models");
  ModelsDueOutcome outcome;
  outcome.within_days = Micros{request.within.count()} * 1000 / kDay;
  for (const Catalogue& catalogue : catalogues) {
    for (const Json& row : catalogue.rows) {
      std::string date = cell_text(row, "shutdown_date");
      const auto days = days_until(date, clock.now());
      // What is gone from the list is history, not due.
      if (!days || *days > outcome.within_days || !catalogue.listed(row)) continue;
      outcome.due.push_back({cell_text(row, "provider"), cell_text(row, "model_id"), std::move(date), *days});
    }
  }
  std::stable_sort(outcome.due.begin(), outcome.due.end(), [](const DueModel& a, const DueModel& b) { return a.days < b.days; });
  if (!outcome.due.empty()) outcome.verdict = Verdict::Pending;
  return outcome;
}

Json to_json(const ModelsDueOutcome& outcome) {
  Json::Array models;
  for (const DueModel& one : outcome.due) {
    models.push_back(Json::Object{
        {"provider", one.provider}, {"model_id", one.model}, {"shutdown_date", one.date}, {"days", one.days}, {"past", one.days < 0}});
  }
  return Json::Object{{"due", std::move(models)}, {"exit", number_of(outcome.verdict)}};
}

}  // namespace lockstep::operations
