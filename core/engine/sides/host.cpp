#include "engine/sides/host.h"

#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// Far more than fit into the memory of a script.
constexpr std::size_t kMostRows = 100'000;

}  // namespace

Json row_object(const Shape& shape, Row row) {
  Json::Object members;
  for (std::size_t i = 0; i < row.size(); ++i) members.emplace_back(shape[i], json::to_readable(row[i]));
  return Json(std::move(members));
}

Json kept_row_object(const Shape& shape, Row row) {
  Json::Object members;
  for (std::size_t i = 0; i < row.size(); ++i) members.emplace_back(shape[i], json::to_kept(row[i]));
  return Json(std::move(members));
}

const TableInfo& Host::info(std::string_view table) {
  if (const auto known = tables_.find(table); known != tables_.end()) return known->second;
  auto found = store_.inspect(table);
  if (!found)
    throw Error(ErrorKind::Invalid, "no such table: " + std::string(table),
                "`lockstep migrate` makes the tables of the mappings and `users`; any other is the application's to make");
  return tables_.emplace(std::string(table), std::move(*found)).first->second;
}

std::vector<Json> Host::find(std::string_view table, const Json& where, bool ignore_case) {
  const std::string question = std::string(table) + (ignore_case ? "~" : "=") + json::to_text(where);
  if (const auto known = found_.find(question); known != found_.end()) return known->second;
  const TableInfo& described = info(table);
  Table asked{std::string(table), described.columns, described.primary_key, {}};
  std::vector<std::string> names;
  for (const Column& column : described.columns) names.push_back(column.name);
  Filter filter;
  filter.order_by = described.primary_key;
  Arena arena;
  if (const Json::Object* conditions = where.object()) {
    for (const Json::Member& condition : *conditions) {
      if (described.find(condition.first) == nullptr) {
        throw Error(ErrorKind::Invalid,
                    "table " + asked.name + " has no column \"" + condition.first + "\"" + did_you_mean(condition.first, names));
      }
      const Value value = json::to_value(condition.second, arena);
      const bool folded = ignore_case && value.tag() == Value::Tag::Text;
      filter.where.push_back({condition.first,
                              value.is_nothing() ? Filter::Op::IsNull
                              : folded           ? Filter::Op::EqualIgnoreCase
                                                 : Filter::Op::Equal,
                              value.is_nothing() ? std::vector<Value>() : std::vector<Value>{value}});
    }
  }
  filter.limit = kMostRows + 1;
  filter.patience = patience_;
  const Shape shape(names);
  const Rows rows = store_.read(asked, shape, filter);
  if (rows.size() > kMostRows) {
    throw Error(ErrorKind::Invalid, "find: more than " + std::to_string(kMostRows) + " rows of " + asked.name + " fit",
                "name more columns in where");
  }
  std::vector<Json> answer;
  for (std::size_t i = 0; i < rows.size(); ++i) answer.push_back(row_object(shape, rows[i]));
  return found_.emplace(question, std::move(answer)).first->second;
}

void Host::log(log::Level level, std::string_view message) {
  if (!muted_) say_(level, message);
}

}  // namespace lockstep
