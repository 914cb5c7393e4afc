#include "engine/passes/table_look.h"

#include <algorithm>

#include "engine/sides/host.h"
#include "engine/sides/row_scope.h"
#include "engine/sides/scan.h"

namespace lockstep {
namespace {

std::string rows(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " row" : " rows"); }

}  // namespace

std::string TableLook::text() const {
  std::string out = rows(inside);
  if (outside > 0) out += "; " + rows(outside) + " outside, left alone by `where` or skip_when";
  if (unclaimed > 0) out += ", " + rows(unclaimed) + " of them with nothing in a column of `where`";
  if (!keyless.empty()) out += "; " + rows(keyless.size()) + " without a primary key, which no run can touch";
  if (!lacks_modified.empty()) out += "; no column " + lacks_modified + ", without which `newest` cannot tell which side is newer";
  return out;
}

TableLook look_at_rows(Store& store, const Sync& sync, const Clock& clock, std::stop_token stop) {
  const Mapping& mapping = *sync.mapping;
  Hook* const hook = sync.hook.get();
  const Target target = inspect_target(store, mapping, RowScope::asks_hook(hook));
  require_fillable_key(target, mapping, hook != nullptr && hook->has(Hook::Stage::AssignOwner));
  if (sync.on_conflict == OnConflict::Newest) require_modified(target, mapping);
  Host host(store, clock, [](log::Level, std::string_view) {});
  if (hook != nullptr) hook->attach(&host);
  RowScope scope(mapping, target, hook, mapping.table_name());
  TableLook look;
  if (mapping.modified() && !target.has_modified) look.lacks_modified = mapping.modified()->column;
  const auto each = [&](Row row) {
    const Row key = target.key(row);
    const bool keyless = std::any_of(key.begin(), key.end(), [](const Value& value) { return value.is_nothing(); });
    const bool unclaimed =
        std::any_of(target.constant_at.begin(), target.constant_at.end(), [&](std::size_t at) { return row[at].is_nothing(); });
    const RowScope::Place place = scope.of(row);
    if (keyless) {
      look.keyless.push_back(keyless_name(target, mapping, row));
    } else if (place == RowScope::Place::Inside) {
      ++look.inside;
    }
    if (place != RowScope::Place::Outside) return;
    ++look.outside;
    if (unclaimed) ++look.unclaimed;
  };
  scan_rows(
      store, target, {}, [](const Rows&) {}, each, stop);
  if (hook != nullptr) hook->attach(nullptr);
  return look;
}

}  // namespace lockstep
