#include "rules/rule_world.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "engine/sides/host.h"
#include "format/json.h"
#include "operations/tables.h"

namespace lockstep {
namespace {

constexpr const char* kMadeId = "item-1";
constexpr const char* kLease = "rule-test";

class OnePage : public PageStream {
 public:
  explicit OnePage(std::optional<Document> item) : item_(std::move(item)) {}

  std::optional<Page> next(Call&) override {
    if (!item_) return std::nullopt;
    Page page;
    page.body = std::make_unique<std::string>(item_->json);
    page.body->append(kPagePadding, '\0');
    const auto raw = std::string_view(*page.body).substr(0, item_->json.size());
    page.records.push_back({page.arena.copy(item_->id), raw, hash128(raw)});
    item_.reset();
    return page;
  }
  void recycle(Page) override {}
  ListEnd end() const override { return {true, {}, {}}; }

 private:
  std::optional<Document> item_;
};

Json* find_path(Json& document, std::string_view path) {
  Json* node = &document;
  for (const std::string& step : split(path, '.')) node = node == nullptr ? nullptr : node->find(step);
  return node;
}

/// The marker is Lockstep's own business, and so is the object that was made for it.
Json without_marker(Json body, const Resource& resource) {
  if (resource.marker.empty()) return body;
  Json* holder = find_path(body, resource.marker);
  const std::string path = resource.marker_path();
  if (holder == nullptr || !holder->erase(path.substr(path.rfind('.') + 1))) return body;
  if (holder->object()->empty() && resource.marker.find('.') == std::string::npos) body.erase(resource.marker);
  return body;
}

/// The column type that a value of a row tells.
ColumnType type_of(const Json& value) {
  if (value.integer() != nullptr) return ColumnType::Integer;
  if (value.real() != nullptr) return ColumnType::Real;
  if (value.boolean() != nullptr) return ColumnType::Boolean;
  return value.array() != nullptr || value.object() != nullptr ? ColumnType::Json : ColumnType::Text;
}

/// A table that can hold these rows: each column of the type of its first value, text where it has none; `id` the key.
Table table_for(const std::string& name, const Json::Array& rows) {
  Table table;
  table.name = name;
  table.columns = {{"id", ColumnType::Integer, false, {}}};
  table.primary_key = {"id"};
  const auto add = [&](bool nulls) {
    for (const Json& row : rows) {
      for (const Json::Member& cell : *row.object()) {
        if (cell.first == "id" && cell.second.text() != nullptr) table.columns[0].type = ColumnType::Key;
        if (table.find(cell.first) == nullptr && cell.second.is_null() == nulls)
          table.columns.push_back({cell.first, type_of(cell.second), true, {}});
      }
    }
  };
  add(false);
  add(true);
  return table;
}

std::vector<std::string> columns_of(const Json::Array& rows) {
  std::vector<std::string> columns;
  for (const Json& row : rows)
    for (const Json::Member& cell : *row.object())
      if (std::find(columns.begin(), columns.end(), cell.first) == columns.end()) columns.push_back(cell.first);
  return columns;
}

Value cell_value(const Table& table, const std::string& column, const Json& value, Arena& arena) {
  const Column* known = table.find(column);
  if (known != nullptr && known->type == ColumnType::Json && !value.is_null()) return Value::json(arena.copy(json::canonical(value)));
  return json::to_value(value, arena);
}

}  // namespace

void OneItem::hold(const std::optional<Json>& document) {
  item_ = document;
  if (!item_) return;
  Json* key = find_path(*item_, resource_.key);
  if (key == nullptr && resource_.key.find('.') == std::string::npos) (*item_)[resource_.key] = Json(kMadeId);
}

std::string OneItem::id() const {
  if (!item_) return {};
  Json copy = *item_;
  const Json* key = find_path(copy, resource_.key);
  if (key == nullptr) return {};
  return key->text() != nullptr ? *key->text() : json::to_text(*key);
}

Document OneItem::document() const { return {id(), json::to_text(*item_)}; }

std::unique_ptr<PageStream> OneItem::list(const Resource&, const ListQuery&, Call&) {
  return std::make_unique<OnePage>(item_ ? std::optional(document()) : std::nullopt);
}

std::optional<Document> OneItem::get(const Resource&, std::string_view id, Call&) {
  return item_ && id == this->id() ? std::optional(document()) : std::nullopt;
}

void OneItem::take(const Json& body) {
  for (const Json::Member& member : *body.object()) (*item_)[member.first] = member.second;
}

Document OneItem::create(const Resource&, const Json& body, Call&) {
  sent_.push_back(without_marker(body, resource_));
  hold(Json(Json::Object{}));
  take(body);
  return document();
}

Document OneItem::update(const Resource&, std::string_view, const Json& changed, Call&) {
  sent_.push_back(changed);
  take(changed);
  return document();
}

void ScratchTables::fill(const TestTables& tables) {
  store_.prepare(table_);
  for (const Table& table : referenced_tables(mapping_)) store_.prepare(table);
  for (const auto& [name, rows] : tables) {
    if (name == table_.name) {
      insert_into(table_, rows);
      continue;
    }
    const Table table = table_for(name, rows);
    store_.prepare(table);
    insert_into(table, rows);
  }
}

/// Rows that name other columns are inserted apart, so that a column's default applies where it is not named.
void ScratchTables::insert_into(const Table& table, const Json::Array& rows) {
  for (const Json& row : rows) insert_rows(table, columns_of({row}), {row});
}

void ScratchTables::insert_rows(const Table& table, const std::vector<std::string>& columns, const Json::Array& rows) {
  if (columns.empty()) return;
  Rows cells(columns.size());
  for (const Json& row : rows) {
    const std::span<Value> values = cells.add();
    for (std::size_t i = 0; i < columns.size(); ++i) values[i] = cell_value(table, columns[i], *row.find(columns[i]), cells.arena());
  }
  const std::unique_ptr<Lease> lease = store_.lease(kLease);
  const std::unique_ptr<Transaction> transaction = store_.begin(*lease);
  transaction->insert(table, Shape(columns), cells);
  transaction->commit();
}

void ScratchTables::insert(const Json& cells) { insert_into(table_, {cells}); }

Rows ScratchTables::read(const std::vector<std::string>& columns) {
  Filter filter;
  filter.order_by = table_.primary_key;
  return store_.read(table_, Shape(columns), filter);
}

bool ScratchTables::edit(const std::string& id, const Json& cells) {
  const std::vector<std::string> columns = columns_of({cells});
  if (columns.empty()) return true;
  const Rows keys = read(table_.primary_key), ids = read({mapping_.key().column}), held = read(columns);
  std::size_t row = 0;
  while (row < ids.size() && to_display(ids[row][0]) != id) ++row;
  if (row == ids.size()) return false;
  Arena arena;
  Guarded change;
  change.key.assign(keys[row].begin(), keys[row].end());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    change.columns.push_back(i);
    change.expected.push_back(held[row][i]);
    change.values.push_back(cell_value(table_, columns[i], *cells.find(columns[i]), arena));
  }
  const std::unique_ptr<Lease> lease = store_.lease(kLease);
  const std::unique_ptr<Transaction> transaction = store_.begin(*lease);
  const bool written = transaction->update(table_, Shape(columns), std::span(&change, 1)).front() == Outcome::Written;
  transaction->commit();
  return written;
}

std::vector<Json> ScratchTables::rows() {
  std::vector<std::string> columns;
  for (const Column& column : table_.columns) columns.push_back(column.name);
  const Shape shape(columns);
  const Rows found = read(columns);
  std::vector<Json> out;
  for (std::size_t i = 0; i < found.size(); ++i) out.push_back(row_object(shape, found[i]));
  return out;
}

}  // namespace lockstep
