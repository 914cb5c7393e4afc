#include "engine/passes/account_look.h"

#include <algorithm>

#include "engine/passes/guards.h"
#include "engine/sides/account.h"
#include "engine/sides/target.h"

namespace lockstep {
namespace {

/// By a link, or by the row that carries its id.
bool names_known(const Sync& sync, const Links& links, const Page& page) {
  std::vector<Value> ids;
  for (const Record& record : page.records) {
    if (links.by_remote(record.id)) return true;
    ids.push_back(Value::text(record.id));
  }
  const Target target = inspect_target(*sync.store, *sync.mapping);
  if (ids.empty() || !target.exists) return false;
  return !sync.store->read(target.table, target.shape, {{{sync.mapping->key().column, Filter::Op::In, std::move(ids)}}, {}, 1}).empty();
}

}  // namespace

void check_account(const Sync& sync, const Document& document) {
  State state(*sync.store);
  const auto entry = state.ready() ? state.find_sync(identity_of(sync)) : std::nullopt;
  if (!entry) return;
  Accounts accounts(*sync.resource);
  accounts.know(state.load_links(entry->id), state);
  accounts.check_organisation(accounts.organisation(document.json));
  if (accounts.is_elsewhere()) throw accounts.knows_none_elsewhere(sync.nouns.many);
}

void check_account(const Sync& sync, const Page& page) {
  State state(*sync.store);
  const auto entry = state.ready() ? state.find_sync(identity_of(sync)) : std::nullopt;
  if (!entry) return;
  const Links links = state.load_links(entry->id);
  Accounts accounts(*sync.resource);
  accounts.know(links, state);
  bool told = false;
  for (const Record& record : page.records) {
    const std::string organisation = accounts.organisation(record.raw);
    accounts.check_organisation(organisation);
    told = told || !organisation.empty();
  }
  if (page.records.empty() || names_known(sync, links, page)) return;
  if (accounts.is_elsewhere()) throw accounts.knows_none_elsewhere(sync.nouns.many);
  std::size_t present = 0;
  for (std::size_t i = 0; i < links.size(); ++i) present += links[i].gone_at == 0 ? 1U : 0U;
  if (!told && present >= kLinksThatTell) throw Accounts::knows_none(present, sync.nouns.many);
}

}  // namespace lockstep
