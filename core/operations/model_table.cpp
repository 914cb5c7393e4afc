#include "operations/model_table.h"

#include <algorithm>
#include <set>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

bool fits(const std::string& value, const std::string& wanted) {
  if (wanted.ends_with('*')) return value.starts_with(std::string_view(wanted).substr(0, wanted.size() - 1));
  return value == wanted;
}

bool fits(const Json& row, const Statistic& statistic) {
  return std::all_of(statistic.where.begin(), statistic.where.end(), [&](const Statistic::Condition& condition) {
    const std::string value = cell_text(row, condition.column);
    return std::any_of(condition.values.begin(), condition.values.end(), [&](const std::string& wanted) { return fits(value, wanted); });
  });
}

/// As people write it: "GPT-5.1".
std::string spelled(const std::string& value, const Statistic& statistic) {
  for (const auto& [beginning, shown] : statistic.spelled) {
    if (value.starts_with(beginning)) return shown + value.substr(beginning.size());
  }
  return value;
}

/// "yes", "no" or "unknown": a text, or an object with a member "value".
std::string state_of(const Json& row, const Statistic& statistic) {
  const Json* object = row.find(statistic.states);
  const Json* state = object == nullptr ? nullptr : object->find(statistic.state);
  if (state == nullptr) return "unknown";
  if (state->text() != nullptr) return *state->text();
  return state->text_at("value", "unknown");
}

class Counter {
 public:
  Counter(const std::vector<const Json*>& rows, const std::vector<Statistic>& statistics) : rows_(rows), statistics_(statistics) {}

  std::vector<Count> count() {
    std::vector<Count> counts{{"Total", rows_.size()}};
    for (const Statistic& statistic : statistics_) {
      if (!statistic.by.empty()) {
        count_each(statistic, counts);
        continue;
      }
      Count line{statistic.label, 0};
      if (!statistic.states.empty()) line.unknown = 0;
      for (const Json* row : rows_) {
        if (fits(*row, statistic)) add(*row, statistic, line);
      }
      if (line.count > 0 || line.unknown.value_or(0) > 0) counts.push_back(std::move(line));
    }
    return counts;
  }

 private:
  static void add(const Json& row, const Statistic& statistic, Count& line) {
    const std::string state = statistic.states.empty() ? "yes" : state_of(row, statistic);
    line.count += state == "yes" ? 1U : 0U;
    if (state == "unknown") ++*line.unknown;
  }

  /// A line for each value that no other line asks for.
  void count_each(const Statistic& statistic, std::vector<Count>& counts) {
    std::map<std::string, std::uint64_t> values;
    for (const Json* row : rows_) {
      const std::string value = cell_text(*row, statistic.by);
      if (!value.empty() && fits(*row, statistic) && !is_named(statistic.by, value)) ++values[value];
    }
    for (const auto& [value, count] : values) counts.push_back({spelled(value, statistic), count});
  }

  bool is_named(const std::string& column, const std::string& value) const {
    for (const Statistic& other : statistics_) {
      for (const Statistic::Condition& condition : other.where) {
        if (condition.column == column &&
            std::any_of(condition.values.begin(), condition.values.end(), [&](const std::string& wanted) { return fits(value, wanted); }))
          return true;
      }
    }
    return false;
  }

  const std::vector<const Json*>& rows_;
  const std::vector<Statistic>& statistics_;
};

}  // namespace

std::string cell_text(const Json& row, std::string_view column) {
  const Json* value = row.find(column);
  if (value == nullptr || value->is_null()) return {};
  return value->text() != nullptr ? *value->text() : json::canonical(*value);
}

bool Catalogue::listed(const Json& row) const {
  const std::vector<MissingValue>& missing = sync->mapping->on_missing();
  return missing.empty() || !std::all_of(missing.begin(), missing.end(), [&](const MissingValue& value) {
           const Json* cell = row.find(sync->mapping->fields()[value.ordinal].column);
           return cell != nullptr && json::canonical(*cell) == json::canonical(value.value);
         });
}

std::vector<Count> Catalogue::statistics() const {
  std::vector<const Json*> listed_rows;
  for (const Json& row : rows) {
    if (listed(row)) listed_rows.push_back(&row);
  }
  return Counter(listed_rows, sync->mapping->statistics()).count();
}

Catalogue read_catalogue(const Sync& sync, std::string provider) {
  Catalogue catalogue{&sync, std::move(provider), {}};
  const Mapping& mapping = *sync.mapping;
  const auto info = sync.store->inspect(mapping.table_name());
  if (!info) return catalogue;
  const Table table = mapping.table();
  std::vector<std::string> columns;
  std::vector<bool> is_json;
  for (const Column& column : table.columns) {
    if (info->find(column.name) == nullptr) continue;
    columns.push_back(column.name);
    is_json.push_back(column.type == ColumnType::Json);
  }
  Filter filter;
  for (const Constant& constant : mapping.constants()) {
    if (info->find(constant.column) == nullptr) return catalogue;
    filter.where.push_back({constant.column, Filter::Op::Equal, {Value::text(constant.value)}});
  }
  filter.order_by = {mapping.key().column};
  const Shape shape(columns);
  const Rows rows = sync.store->read(table, shape, filter);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json& row = catalogue.rows.emplace_back(Json::Object());
    for (std::size_t at = 0; at < columns.size(); ++at) {
      const Value& cell = rows[i][at];
      const bool parsed = is_json[at] && cell.tag() == Value::Tag::Text;
      row[columns[at]] = json::to_readable(parsed ? Value::json(cell.as_view()) : cell);
    }
  }
  return catalogue;
}

std::vector<Catalogue> all_catalogues(Session& session) {
  const Configuration& configuration = session.configuration();
  std::vector<std::string> names;
  for (const CommandEntry& command : configuration.commands) {
    if (!command.catalogue) continue;
    for (const std::string& group : command.syncs) {
      for (std::string& member : configuration.members(group)) {
        if (std::find(names.begin(), names.end(), member) == names.end()) names.push_back(std::move(member));
      }
    }
  }
  if (names.empty()) {
    session.workspace().problems_of({}).raise();
    throw Error(ErrorKind::Invalid, "no command of " + configuration.file + " has style: catalogue",
                "declare one, as the configuration of `lockstep init` does");
  }
  std::vector<Catalogue> catalogues;
  for (Sync* sync : session.load_all(names)) {
    session.open(*sync);
    catalogues.push_back(read_catalogue(*sync, configuration.sync(sync->name)->provider));
  }
  return catalogues;
}

std::vector<Catalogue> chosen_catalogues(Session& session, const std::string& provider) {
  std::vector<Catalogue> all = all_catalogues(session);
  if (provider.empty()) return all;
  std::vector<std::string> known;
  for (const Catalogue& catalogue : all) known.push_back(catalogue.provider);
  std::erase_if(all, [&](const Catalogue& catalogue) { return catalogue.provider != provider; });
  if (all.empty()) throw Error(ErrorKind::Invalid, "no catalogue of a provider " + in_quotes(provider) + did_you_mean(provider, known));
  return all;
}

Json statistics_json(const std::vector<Count>& counts) {
  Json::Object out;
  for (const Count& line : counts) {
    const auto count = static_cast<std::int64_t>(line.count);
    out.emplace_back(line.label, !line.unknown ? Json(count)
                                               : Json(Json::Object{{"yes", count}, {"unknown", static_cast<std::int64_t>(*line.unknown)}}));
  }
  return Json(std::move(out));
}

}  // namespace lockstep
