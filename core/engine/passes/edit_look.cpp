#include "engine/passes/edit_look.h"

#include <unordered_map>

#include "engine/sides/host.h"
#include "engine/sides/local.h"
#include "engine/sides/reader.h"
#include "engine/sides/references.h"
#include "engine/sides/row_scope.h"
#include "state/state.h"

namespace lockstep {

EditLook look_for_edits(const Sync& sync, const Clock& clock, std::stop_token stop) {
  const Mapping& mapping = *sync.mapping;
  Hook* const hook = sync.hook.get();
  const Target target = inspect_target(*sync.store, mapping, RowScope::asks_hook(hook));
  EditLook look;
  if (!target.exists) return look;
  State state(*sync.store);
  const auto entry = state.ready() ? state.find_sync(identity_of(sync)) : std::nullopt;
  const Links links = entry ? state.load_links(entry->id) : Links();
  Host host(*sync.store, clock, [](log::Level, std::string_view) {});
  if (hook != nullptr) hook->attach(&host);
  RowScope scope(mapping, target, hook, sync.nouns.one);
  References references(mapping, *sync.store);
  std::unordered_map<std::string, Hash128> hashes;
  const auto keep = [&](Row row) {
    hashes[key_text(target.key(row))] = references.hash(target.fields(row));
    return true;
  };
  LocalRows rows;
  rows.scan(*sync.store, target, mapping, links, references, scope, keep, std::move(stop));
  if (hook != nullptr) hook->attach(nullptr);
  bool plain = true;
  for (const LocalRow& row : rows.rows()) {
    look.rows.emplace(row.key, hashes[std::string(row.key)]);
    plain = plain && row.link != kNoIndex && !row.shares_id && links[row.link].remote_id == row.id;
    if (plain) look.ids.emplace_back(row.id);
  }
  if (!plain) look.ids.clear();
  return look;
}

}  // namespace lockstep
