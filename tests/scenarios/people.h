// People: what those who work on both sides do, and the accidents that happen to them.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/ledger.h"
#include "scenarios/two_sided.h"

namespace lockstep::test {

/// A history whose people act. Each act is noted, and the ledger knows of it.
class People : public TwoSidedHistory {
 protected:
  People(std::uint64_t seed, TwoSidedStage& stage);
  ~People() = default;

  /// An edit of either side, or an accident.
  void act();
  /// Directly before a run: nobody edits a column that is new in between.
  void lose_a_column();
  void back_up();
  /// What no run can decide by itself: rules as they were, each id in one row.
  void mend();

  void make_remotely();
  /// The items of another organisation in the place of ours, until `run` returns.
  void with_another_account(const std::function<void()>& run);
  void remember_secret(const std::string& secret) { secrets_.push_back(secret); }

  Ledger ledger_;
  std::vector<std::string> secrets_;  ///< that no output and no state table may show

 private:
  struct Backup {
    std::string name;
    Ledger::Agreements agreements;
  };

  std::string fresh(const std::string& side);
  std::string a_value(const Watched& field, const std::string& side);
  void have_edited() { ledger_.forget_what_is_gone(); }

  void edit_remotely();
  void remove_remotely();
  void rotate_a_secret();
  void make_locally();
  void edit_locally(const std::string& key);
  void edit_member_locally(const std::string& key, const Watched& field);
  void spoil_a_cell(const std::string& key);
  void use_key_again(const std::string& key);
  void copy_row(const std::string& key);
  void change_rules();
  void restore();
  std::optional<std::string> some_row();

  std::vector<Backup> backups_;
  int texts_ = 0, names_ = 0, numbers_ = 0;
};

}  // namespace lockstep::test
