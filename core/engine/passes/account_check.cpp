#include "engine/passes/account_check.h"

#include <algorithm>
#include <utility>

#include "engine/decide/merge.h"
#include "engine/passes/chunk.h"
#include "engine/passes/guards.h"

namespace lockstep {

AccountCheck::AccountCheck(RunContext& run, Chunk& chunk) : Pass(run), chunk_(chunk) {}

void AccountCheck::know_accounts() {
  known_links_ = links_present();
  accounts_.know(links_, state_);
}

void AccountCheck::check_accounts(const Batch& batch) {
  if (options_.allow_account_change) return;
  for (const ReadRecord& record : batch.records) accounts_.check_organisation(record.organisation);
  if (!std::exchange(first_page_, false)) return;
  names_known_ = std::any_of(batch.records.begin(), batch.records.end(), [this](const ReadRecord& record) { return is_known(record); });
  const bool told =
      std::any_of(batch.records.begin(), batch.records.end(), [](const ReadRecord& record) { return !record.organisation.empty(); });
  if (accounts_.is_elsewhere()) return check_address();
  if (names_known_ || told || id_stream_ != nullptr || batch.records.empty() || known_links_ < kLinksThatTell) return;
  throw Accounts::knows_none(known_links_, sync_.nouns.many);
}

/// At another address the items that are known speak for it. An empty list says nothing.
void AccountCheck::check_address() {
  if (options_.allow_account_change || !accounts_.is_elsewhere()) return;
  if (!names_known_) throw accounts_.knows_none_elsewhere(sync_.nouns.many);
  tally_.problem({Problem::Severity::Warning, {}, {}, "address_changed", accounts_.where() + "; it lists the same " + sync_.nouns.many});
}

void AccountCheck::check_empty_list() {
  if (first_page_) check_address();
  if (remote_count_ > 0 || options_.allow_account_change || options_.allow_mass_change) return;
  if (whole() || id_stream_ != nullptr || !merging::writes_remote(policy_.mode) || known_links_ < kSmallestMass) return;
  throw Accounts::knows_none(known_links_, sync_.nouns.many);
}

void AccountCheck::check_asked(std::span<const Item> items) {
  if (options_.allow_account_change) return;
  bool asked = false;
  for (const Item& item : items) {
    if (!item.asked) continue;
    asked = true;
    accounts_.check_organisation(accounts_.organisation(item.raw));
  }
  if (!asked) return;
  names_known_ = true;
  check_address();
}

/// By its link, or the row that carries its id.
bool AccountCheck::is_known(const ReadRecord& record) const { return record.link != kNoIndex || locals_.find(record.id).has_value(); }

std::size_t AccountCheck::links_present() const {
  std::size_t present = 0;
  for (std::size_t i = 0; i < links_.size(); ++i) present += links_[i].gone_at == 0 ? 1U : 0U;
  return present;
}

void AccountCheck::take_account(Item& item) {
  const Link* link = link_of(item);
  if (item.raw.empty() || !item.account.empty()) return;
  if (link != nullptr && !link->account.empty() && !options_.allow_account_change) return;
  item.account = chunk_.arena().copy(item.organisation ? accounts_.text_with(*item.organisation) : accounts_.text_of(item.raw));
}

void AccountCheck::remember_accounts() {
  if (!whole()) return;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if ((i < seen_.size() && !seen_[i]) || links_[i].gone_at != 0) continue;
    Account account = Account::read(links_[i].account);
    if (!links_[i].account.empty() && account.address == accounts_.address()) continue;
    account.address = accounts_.address();
    if (links_[i].account.empty() && accounts_.told()) {
      const auto bases = state_.load_bases(std::span(&links_[i].id, 1));
      if (!bases.empty()) account.organisation = accounts_.organisation(bases.begin()->second.document);
    }
    if (account.text() != links_[i].account) writer_->put_account(i, account.text());
  }
}

}  // namespace lockstep
