#include "engine/decide/plan.h"

#include <unordered_set>

namespace lockstep {
namespace {

/// A record is known by its remote id; a row that has none by its key.
std::string name_of(std::string_view remote_id, std::string_view local_key) {
  return remote_id.empty() ? "row " + std::string(local_key) : "id " + std::string(remote_id);
}

Moved moved_since(const Sighting& then, const Sighting& now) {
  return {now.remote_id, now.local_key, now.label, !(then.here == now.here), !(then.there == now.there)};
}

void add(std::vector<Value>& values, const std::vector<FieldChange>& changes) {
  for (const FieldChange& change : changes) {
    values.push_back(Value::integer(static_cast<std::int64_t>(change.ordinal)));
    values.push_back(change.before);
    values.push_back(change.after);
  }
}

}  // namespace

void Sightings::leave(std::string_view remote_id, const Hash128& here, const Hash128& there) {
  const Hash128 one = Hasher().text(remote_id).number(here.high).number(here.low).number(there.high).number(there.low).digest();
  unchanged.high += one.high;
  unchanged.low += one.low;
}

Hash128 fingerprint(const Decision& decision) {
  if (decision.nothing()) return {};
  std::vector<Value> values{Value::integer(static_cast<std::int64_t>(decision.local)),
                            Value::integer(static_cast<std::int64_t>(decision.remote))};
  add(values, decision.local_fields);
  values.push_back(Value::null());
  add(values, decision.remote_fields);
  return hash_row(values);
}

Expectation::Expectation(const std::vector<Sighting>& records) {
  for (const Sighting& record : records) records_.insert_or_assign(name_of(record.remote_id, record.local_key), record);
}

const Sighting* Expectation::find(std::string_view remote_id, std::string_view local_key) const {
  const auto found = records_.find(name_of(remote_id, local_key));
  return found == records_.end() ? nullptr : &found->second;
}

std::vector<Moved> find_moved(const Sightings& then, const Sightings& now) {
  std::vector<Moved> moved;
  const Expectation before(then.records), after(now.records);
  for (const Sighting& record : now.records) {
    const Sighting* known = before.find(record.remote_id, record.local_key);
    if (known == nullptr) {
      moved.push_back({record.remote_id, record.local_key, record.label, record.here_moved, record.there_moved});
    } else if (!(known->here == record.here && known->there == record.there && known->base == record.base &&
                 known->decision == record.decision && known->refused.empty() == record.refused.empty())) {
      moved.push_back(moved_since(*known, record));
    }
  }
  std::unordered_set<std::string_view> rows;
  for (const Sighting& record : now.records) rows.insert(record.local_key);
  for (const Sighting& record : then.records) {
    if (after.find(record.remote_id, record.local_key) != nullptr) continue;
    // A row that has got its id meanwhile is told of under that id.
    if (record.remote_id.empty() && rows.contains(record.local_key)) continue;
    moved.push_back({record.remote_id, record.local_key, record.label, bool(record.here), bool(record.there)});
  }
  if (moved.empty() && !(then.unchanged == now.unchanged)) moved.push_back({{}, {}, {}, true, true});
  return moved;
}

}  // namespace lockstep
