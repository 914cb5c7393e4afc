#include "engine/passes/instants.h"

#include <algorithm>
#include <limits>

#include "format/json.h"

namespace lockstep {
namespace {

constexpr Micros kEver = std::numeric_limits<Micros>::max();

/// When a column held `value`, by the values that were replaced there.
Instants held(const std::string& column, const Json& value, std::span<const ChangeEntry> changes) {
  Instants spans;
  Micros since = -kEver;
  for (auto entry = changes.rbegin(); entry != changes.rend(); ++entry) {
    const Json* field = entry->fields.find(column);
    const Json* before = field == nullptr ? nullptr : field->find("before");
    if (before == nullptr) continue;
    if (*before == value) spans.push_back({since, entry->at});
    since = entry->at;
  }
  return spans;
}

/// Since when a column has held what it holds.
Instants kept(const std::string& column, std::span<const ChangeEntry> changes) {
  const auto last =
      std::find_if(changes.begin(), changes.end(), [&](const ChangeEntry& entry) { return entry.fields.find(column) != nullptr; });
  return {{last == changes.end() ? -kEver : last->at, kEver}};
}

}  // namespace

Instants overlap(const Instants& one, const Instants& other) {
  Instants both;
  for (auto a = one.begin(), b = other.begin(); a != one.end() && b != other.end();) {
    const TimeSpan span{std::max(a->from, b->from), std::min(a->to, b->to)};
    if (span.from < span.to) both.push_back(span);
    a->to < b->to ? ++a : ++b;
  }
  return both;
}

std::optional<Instants> instants_of(const Mapping& mapping, std::span<const FieldChange> fields, std::span<const ChangeEntry> changes) {
  Instants all{{-kEver, kEver}};
  std::vector<bool> changed(mapping.fields().size(), false);
  for (const FieldChange& change : fields) {
    if (identical(change.before, change.after)) continue;
    changed[change.ordinal] = true;
    const Instants spans = held(mapping.fields()[change.ordinal].column, json::to_kept(change.after), changes);
    if (spans.empty()) return std::nullopt;
    all = overlap(all, spans);
  }
  for (std::size_t ordinal = 1; ordinal < changed.size(); ++ordinal) {
    // What the remote alone decides is never sent, whatever a backup holds.
    if (changed[ordinal] || mapping.fields()[ordinal].remote_owned()) continue;
    all = overlap(all, kept(mapping.fields()[ordinal].column, changes));
  }
  return all;
}

}  // namespace lockstep
