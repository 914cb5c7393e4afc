// AccountCheck: whose items a run meets: another account than that of the links stops it before its first write.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;

class AccountCheck : private Pass {
 public:
  AccountCheck(RunContext& run, Chunk& chunk);

  /// What the links belong to.
  void know_accounts();
  /// A whole page is looked at before anything of it is written.
  void check_accounts(const Batch& batch);
  /// A record that is as its link knows it names nothing new.
  void take_account(Item& item);
  /// After a complete list: what it named belongs to its account, also where nothing else is news of it.
  void remember_accounts();
  /// At the end of a list. One that named nothing does not tell whose it is: a run of a part, in which nothing is concluded from it, makes
  /// nothing at an account that shows none of the items that are known.
  void check_empty_list();
  /// Of items that were asked for by their ids, before anything is written to them.
  void check_asked(std::span<const Item> items);
  /// Links of items that were there when the run began.
  std::uint64_t known_links() const { return known_links_; }

 private:
  void check_address();
  bool is_known(const ReadRecord& record) const;
  std::size_t links_present() const;

  Chunk& chunk_;
  bool names_known_ = false;       ///< the first page named something known
  bool first_page_ = true;         ///< of the list has not come yet
  std::uint64_t known_links_ = 0;  ///< links of items that were there when the run began
};

}  // namespace lockstep
