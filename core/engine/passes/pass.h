// Pass: the base of every pass of a run: what they share (RunContext), under the names by which all of them call it.
#pragma once

#include "engine/passes/run_context.h"

namespace lockstep {

class Pass {
 public:
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

 protected:
  explicit Pass(RunContext& run);
  ~Pass() = default;

  void check_stop() const { context_.check_stop(); }
  std::uint64_t seed() const { return context_.seed(); }
  bool undoing() const { return context_.undoing(); }
  bool list_concludes() const { return context_.list_concludes(); }
  bool whole() const { return context_.whole(); }
  bool about_one_record() const { return options_.resolution() || options_.open_create(); }
  const Link* link_of(const Item& item) const { return item.link == kNoIndex ? nullptr : &links_[item.link]; }
  /// Nothing here is known of the item but the item.
  static bool is_unowned(const Item& item) {
    return item.local == kNoIndex && item.link == kNoIndex && item.key.empty() && !item.id.empty();
  }
  /// What this run's list names is there: a 404 for it proves nothing but that one of two answers is wrong.
  std::string contradiction() const;
  /// " --sync NAME", where commands about one pair must say whose it is.
  std::string sync_option() const { return sync_.configured.size() > 1 ? " --sync " + sync_.name : std::string(); }
  std::string row_name(std::string_view key) const { return "row " + std::string(key) + " of " + target_.table.name; }

 private:
  RunContext& context_;

 protected:
  const Clock& clock_;
  const std::stop_token& stop_;
  Sync& sync_;
  const RunOptions& options_;
  Observer& observer_;
  const Mapping& mapping_;
  Policy& policy_;
  SyncReport& report_;
  Tally& tally_;

  State& state_;
  SyncEntry& entry_;
  std::string& former_name_;
  DatabaseEntry& database_;
  std::unique_ptr<Lease>& own_lease_;
  Lease*& lease_;
  RunEntry& run_;
  std::unique_ptr<Writer>& writer_;

  Links& links_;
  SecretPaths& secrets_;
  Target& target_;
  RowScope& scope_;
  LocalRows& locals_;
  Host& host_;
  Shaper& shaper_;
  References& references_;
  NaturalKeys& natural_;
  FactsBuilder& facts_;
  Chronicle& chronicle_;
  Accounts& accounts_;
  Neighbours& neighbours_;
  Rejections& rejections_;

  Meter& meter_;
  Call& call_;
  Reachability& reachability_;
  std::unique_ptr<PageStream>& stream_;
  IdStream*& id_stream_;
  std::uint64_t& remote_count_;
  std::vector<bool>& seen_;
  std::unordered_set<std::uint32_t>& links_set_aside_;
};

}  // namespace lockstep
