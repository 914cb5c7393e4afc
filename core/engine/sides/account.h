// Account: whose items a list shows: the address of the API and, where its documents tell, the organisation. It belongs to each link, so
// that the key or the address of somebody else is met before anything is written on either side.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"
#include "data/resource.h"
#include "format/peek.h"
#include "state/state.h"

namespace lockstep {

/// As a link keeps it: "https://api.vapi.ai 9f0c…"; the organisation is empty where no document tells it.
struct Account {
  std::string address;
  std::string organisation;

  /// Empty when neither is known.
  std::string text() const { return address.empty() && organisation.empty() ? std::string() : address + " " + organisation; }
  static Account read(std::string_view text);
};

/// The keys of a plain path, for a Peek; none for an empty one.
std::vector<std::string> keys_of(std::string_view path);

class Accounts {
 public:
  explicit Accounts(const Resource& resource);

  bool told() const { return !path_.empty(); }
  const std::vector<std::string>& path() const { return path_; }
  const std::string& address() const { return address_; }
  /// The organisation that a document names; empty: none.
  std::string organisation(std::string_view raw);
  std::string text_of(std::string_view raw) { return text_with(organisation(raw)); }
  std::string text_with(std::string_view organisation) const { return Account{address_, std::string(organisation)}.text(); }

  /// What the links belong to. Those that have no account yet (they were made by version 0.1.0) have the organisation of their base.
  void know(const Links& links, State& state);
  /// The API is at another address than the links belong to: its list has to name some of them.
  bool is_elsewhere() const { return !address_.empty() && !addresses_.empty() && !addresses_.contains(address_); }
  /// Why a run stops whose list names none of the items that are known: at another address; at the same one, though `known` are linked.
  Error knows_none_elsewhere(const std::string& nouns) const;
  static Error knows_none(std::size_t known, const std::string& nouns);
  /// "the linked rows belong to A, and this run asks B"
  std::string where() const;
  /// Throws Error{Rejected} for an organisation that the links do not belong to; an empty one says nothing.
  void check_organisation(std::string_view organisation) const;

 private:
  void know_bases(const Links& links, State& state);

  std::vector<std::string> path_;
  std::string address_;
  json::Peek peek_;
  std::set<std::string, std::less<>> addresses_, organisations_;
};

}  // namespace lockstep
