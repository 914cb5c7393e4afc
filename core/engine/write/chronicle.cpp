#include "engine/write/chronicle.h"

#include <algorithm>

#include "format/json.h"

namespace lockstep {
namespace {

using On = EventRule::On;

bool takes(const EventRule& rule, const FieldChange& change) {
  if (std::find(rule.ordinals.begin(), rule.ordinals.end(), change.ordinal) == rule.ordinals.end()) return false;
  switch (rule.on) {
    case On::Set: return change.before.is_nothing() && !change.after.is_nothing();
    case On::Clear: return !change.before.is_nothing() && change.after.is_nothing();
    case On::Change:
    case On::MovedElement: return true;
    default: return false;
  }
}

On moment_of(Happening happening) {
  return happening == Happening::Inserted ? On::Insert : happening == Happening::WentMissing ? On::Missing : On::Return;
}

/// The texts of a JSON list; nothing for anything else.
std::vector<std::string> elements_of(const Value& value) {
  std::vector<std::string> elements;
  if (value.tag() != Value::Tag::Json) return elements;
  const Json list = json::parse(value.as_view());
  if (list.array() == nullptr) return elements;
  for (const Json& element : *list.array()) {
    if (element.text() != nullptr) elements.push_back(*element.text());
  }
  return elements;
}

Value text_cell(const Json& value, Arena& arena) {
  if (value.is_null()) return Value::null();
  return Value::text(arena.copy(value.text() != nullptr ? *value.text() : json::canonical(value)));
}

Value optional_cell(const std::string& text, Arena& arena) { return text.empty() ? Value::null() : Value::text(arena.copy(text)); }

}  // namespace

void Chronicle::know_rows(Store& store) {
  const auto& events = mapping_.events();
  if (!events || !events->any(On::MovedElement) || !target_.exists) return;
  const Rows rows = store.read(target_.table, *mapping_.shape(), {target_.constants, {}, 0});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& key = rows[i][0];
    if (key.tag() != Value::Tag::Text) continue;
    keys_.emplace(key.as_view());
    for (const EventRule& rule : events->rules) {
      if (rule.on != On::MovedElement) continue;
      for (const std::size_t ordinal : rule.ordinals) {
        for (std::string& element : elements_of(normalise(mapping_.fields()[ordinal], rows[i][ordinal], rows_arena_))) {
          owners_.emplace(std::move(element), key.as_view());
        }
      }
    }
  }
}

std::vector<Json> Chronicle::copied(const Item& item) const {
  std::vector<Json> values;
  for (const std::string& name : mapping_.events()->copied) {
    if (const auto ordinal = mapping_.find(name)) {
      values.push_back(json::to_readable(item.there[*ordinal]));
      continue;
    }
    const auto constant =
        std::find_if(mapping_.constants().begin(), mapping_.constants().end(), [&](const Constant& each) { return each.column == name; });
    Json& value = values.emplace_back();
    if (constant != mapping_.constants().end()) value = Json(constant->value);
  }
  return values;
}

void Chronicle::tell(const Item& item, Happening happening, std::string_view run, Micros at) {
  if (!mapping_.events() || item.there.empty() || item.decision.restores) return;
  Event common;
  common.at = at;
  common.run = run;
  common.copied = copied(item);
  if (happening > Happening::Updated || happening == Happening::Inserted) {
    for (const EventRule& rule : mapping_.events()->rules) {
      if (rule.on != moment_of(happening)) continue;
      Event event = common;
      event.name = rule.name;
      events_.push_back(std::move(event));
    }
  }
  for (const FieldChange& change : item.decision.local_fields) {
    // Of a new record only what has a rule of its own is told: that a date is set, that it takes an element from another.
    if (happening == Happening::Inserted && change.after.is_nothing()) continue;
    tell_change(item, change, common);
  }
}

void Chronicle::tell_change(const Item& item, const FieldChange& change, const Event& common) {
  const bool inserts = item.decision.local == Action::Insert;
  for (const EventRule& rule : mapping_.events()->rules) {
    if (!takes(rule, change) || (inserts && rule.on == On::Change)) continue;
    if (rule.on == On::MovedElement) {
      if (tell_moved(item, rule, change, common)) return;
      continue;
    }
    Event event = common;
    event.name = rule.name;
    event.field = mapping_.fields()[change.ordinal].column;
    event.before = json::to_readable(change.before);
    event.after = json::to_readable(change.after);
    events_.push_back(std::move(event));
    return;
  }
}

/// An element that is new in this list and was in another's, or names another record.
bool Chronicle::tell_moved(const Item& item, const EventRule& rule, const FieldChange& change, const Event& common) {
  const std::vector<std::string> before = elements_of(change.before);
  bool moved = false;
  for (const std::string& element : elements_of(change.after)) {
    if (std::find(before.begin(), before.end(), element) != before.end()) continue;
    const auto owner = owners_.find(element);
    if (owner == owners_.end() && !keys_.contains(element)) continue;
    const std::string& from = owner == owners_.end() ? element : owner->second;
    if (from == item.id) continue;
    Event event = common;
    event.name = rule.name;
    event.field = element;
    event.before = Json(from);
    event.after = Json(std::string(item.id));
    events_.push_back(std::move(event));
    moved = true;
  }
  return moved;
}

void Chronicle::write(Transaction& transaction) {
  const Table& table = mapping_.events()->table;
  std::vector<std::string> columns;
  for (std::size_t i = 1; i < table.columns.size(); ++i) columns.push_back(table.columns[i].name);
  const Shape shape(std::move(columns));
  Rows rows(shape.size());
  for (const Event& event : events_) {
    const std::span<Value> cells = rows.add();
    Arena& arena = rows.arena();
    std::size_t at = 0;
    cells[at++] = Value::text(arena.copy(format_time(event.at)));
    cells[at++] = optional_cell(event.run, arena);
    cells[at++] = Value::text(arena.copy(event.name));
    for (const Json& value : event.copied) cells[at++] = text_cell(value, arena);
    cells[at++] = optional_cell(event.field, arena);
    cells[at++] = text_cell(event.before, arena);
    cells[at++] = text_cell(event.after, arena);
  }
  try {
    transaction.insert(table, shape, rows, Keys::Unwanted);
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Rejected) throw;
    throw Error(ErrorKind::Storage, "table " + table.name + " refuses an event: " + failure.message(),
                "the row was not written without it");
  }
}

}  // namespace lockstep
