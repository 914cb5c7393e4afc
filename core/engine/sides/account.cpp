#include "engine/sides/account.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "format/path.h"

namespace lockstep {
namespace {

/// More bases than these are not asked whose they are.
constexpr std::size_t kBasesAsked = 100;

constexpr const char* kAccountHint = "check key and address; if this is meant, add --allow-account-change";
constexpr const char* kOrganisationHint = "check key and address; to go on with the other account on purpose, add --allow-account-change";

std::string any_of(const std::set<std::string, std::less<>>& names) {
  return names.size() == 1 ? *names.begin() : *names.begin() + " and " + std::to_string(names.size() - 1) + " more";
}

}  // namespace

std::vector<std::string> keys_of(std::string_view path) {
  std::vector<std::string> keys;
  if (path.empty()) return keys;
  const Path parsed = Path::parse(path);
  for (const Path::Step& step : parsed.steps()) keys.push_back(step.key);
  return keys;
}

Account Account::read(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, space)), std::string(text.substr(space + 1))};
}

Accounts::Accounts(const Resource& resource) : path_(keys_of(resource.account)), address_(resource.address) {}

std::string Accounts::organisation(std::string_view raw) { return path_.empty() ? std::string() : peek_.scalar(raw, path_).value_or(""); }

/// Items that are gone say whose they were only while no other link does.
void Accounts::know(const Links& links, State& state) {
  for (const bool gone : {false, true}) {
    std::string_view last;
    for (std::size_t i = 0; i < links.size(); ++i) {
      if ((links[i].gone_at != 0) != gone || links[i].account.empty() || links[i].account == last) continue;
      last = links[i].account;
      Account account = Account::read(last);
      if (!account.address.empty()) addresses_.insert(std::move(account.address));
      if (!account.organisation.empty()) organisations_.insert(std::move(account.organisation));
    }
    if (!addresses_.empty() || !organisations_.empty()) break;
  }
  if (organisations_.empty() && told()) know_bases(links, state);
}

void Accounts::know_bases(const Links& links, State& state) {
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < links.size() && ids.size() < kBasesAsked; ++i) ids.push_back(links[i].id);
  if (ids.empty()) return;
  for (const auto& [id, base] : state.load_bases(ids)) {
    std::string named = organisation(base.document);
    if (!named.empty()) organisations_.insert(std::move(named));
  }
}

Error Accounts::knows_none_elsewhere(const std::string& nouns) const {
  return {ErrorKind::Rejected, where() + ", whose list names none of their " + nouns + "; nothing was written", kAccountHint};
}

Error Accounts::knows_none(std::size_t known, const std::string& nouns) {
  return {ErrorKind::Rejected,
          "the first page of the list names none of the " + std::to_string(known) + " known " + nouns + "; nothing was written",
          kAccountHint};
}

std::string Accounts::where() const { return "the linked rows belong to " + any_of(addresses_) + ", and this run asks " + address_; }

void Accounts::check_organisation(std::string_view organisation) const {
  if (organisation.empty() || organisations_.empty() || organisations_.contains(organisation)) return;
  throw Error(ErrorKind::Rejected,
              "the list shows another account: " + std::string(organisation) + "; the linked rows belong to " + any_of(organisations_) +
                  "; nothing of it was written",
              kOrganisationHint);
}

}  // namespace lockstep
