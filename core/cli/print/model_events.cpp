#include "cli/print/model_events.h"

#include <algorithm>
#include <set>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/report_json.h"
#include "operations/since.h"

namespace lockstep {
namespace {

constexpr Micros kDay = Micros{86'400} * 1'000'000;
constexpr std::size_t kShownCell = 80;

std::string cell(const Json& row, std::string_view column) {
  const Json* value = row.find(column);
  if (value == nullptr || value->is_null()) return {};
  return value->text() != nullptr ? *value->text() : json::canonical(*value);
}

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

Micros time_of(const Json& event) { return parse_time(event.text_at("happened_at")).value_or(0); }

std::string event_line(const Json& event) {
  std::string line = shown_time(time_of(event)) + "  " + printable(cell(event, "provider")) + "  " + printable(cell(event, "model_id")) +
                     "  " + printable(cell(event, "event"));
  const std::string field = cell(event, "field");
  if (field.empty()) return line;
  const auto shown = [&](const char* column) {
    const std::string value = cell(event, column);
    return value.empty() ? std::string("nothing") : ellipsize(printable(value), kShownCell);
  };
  return line + " " + printable(field) + ": " + shown("old_value") + " → " + shown("new_value");
}

/// Days from now to a date; nullopt when the text is none.
std::optional<std::int64_t> days_until(const std::string& date, Micros now) {
  const std::optional<Micros> time = parse_time(date);
  if (!time) return std::nullopt;
  const Micros today = now - now % kDay;
  return (*time - today) / kDay - ((*time - today) % kDay < 0 ? 1 : 0);
}

std::string shown_due(std::int64_t days, bool listed) {
  if (days < 0)
    return "was to be shut down " + counted(static_cast<std::uint64_t>(-days), "day", "days") + " ago" +
           (listed ? ", and is still listed" : "");
  return days == 0 ? "today" : "in " + counted(static_cast<std::uint64_t>(days), "day", "days");
}

}  // namespace

int models_history(Context& context, const std::vector<Catalogue>& catalogues) {
  const Arguments& given = context.arguments;
  const Micros since = since_of(given.text("since"), context.clock.now());
  const std::string explain = given.text("explain");
  std::vector<Json> events;
  std::set<std::string> read;
  for (const Catalogue& catalogue : catalogues) read_events(catalogue, events);
  std::erase_if(events,
                [&](const Json& event) { return time_of(event) < since || (!explain.empty() && event.text_at("model_id") != explain); });
  std::stable_sort(events.begin(), events.end(), [](const Json& a, const Json& b) {
    const Micros first = time_of(a), second = time_of(b);
    return first != second ? first > second : *a.find("id")->integer() > *b.find("id")->integer();
  });
  const OptionValues limit(std::span<const Option>(), {{"limit", given.text("limit", "100")}});
  if (limit.integer("limit") < 0) throw Error(ErrorKind::Invalid, "--limit cannot be negative");
  const auto most = static_cast<std::size_t>(limit.integer("limit"));
  if (most > 0 && events.size() > most) events.resize(most);
  if (context.json) {
    context.print(Json::Object{{"events", Json::Array(events.begin(), events.end())}});
    return 0;
  }
  if (context.quiet) return 0;
  for (const Json& event : events) context.out.line(event_line(event));
  if (events.empty()) context.out.line("Nothing has happened.");
  return 0;
}

int models_due(Context& context, const std::vector<Catalogue>& catalogues) {
  const std::string within = context.arguments.text("within", "90d");
  const std::optional<Millis> span = parse_duration(within);
  if (!span) throw Error(ErrorKind::Invalid, "--within: " + in_quotes(within) + " is no duration", "write 90d");
  const std::int64_t most = Micros{span->count()} * 1000 / kDay;
  const bool empty = std::all_of(catalogues.begin(), catalogues.end(), [](const Catalogue& each) { return each.rows.empty(); });
  if (empty) throw Error(ErrorKind::NotFound, "the catalogue is empty, so no shutdown is known", "run: lockstep ai:sync-models");
  struct Due {
    std::int64_t days;
    std::string date;
    const Json* row;
    bool listed;
  };
  std::vector<Due> due;
  for (const Catalogue& catalogue : catalogues) {
    for (const Json& row : catalogue.rows) {
      const std::string date = cell(row, "shutdown_date");
      const auto days = days_until(date, context.clock.now());
      const bool listed = catalogue.listed(row);
      // What is gone from the list is history, not due.
      if (days && *days <= most && listed) due.push_back({*days, date, &row, listed});
    }
  }
  std::stable_sort(due.begin(), due.end(), [](const Due& a, const Due& b) { return a.days < b.days; });
  const int code = due.empty() ? 0 : 3;
  if (context.json) {
    Json::Array models;
    for (const Due& one : due) {
      models.push_back(Json::Object{{"provider", cell(*one.row, "provider")},
                                    {"model_id", cell(*one.row, "model_id")},
                                    {"shutdown_date", one.date},
                                    {"days", one.days},
                                    {"past", one.days < 0}});
    }
    context.print(Json::Object{{"due", std::move(models)}, {"exit", code}});
    return code;
  }
  if (context.quiet) return code;
  for (const Due& one : due) {
    context.out.line(one.date + "  " + printable(cell(*one.row, "provider")) + "  " + printable(cell(*one.row, "model_id")) + "  " +
                     shown_due(one.days, one.listed));
  }
  if (due.empty()) context.out.line("No shutdown within " + counted(static_cast<std::uint64_t>(most), "day", "days") + ".");
  return code;
}

}  // namespace lockstep
