// Hook witness: a hook that remembers which of its functions were called.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "hook/hook.h"

namespace lockstep {

class HookWitness : public Hook {
 public:
  explicit HookWitness(std::shared_ptr<Hook> hook) : hook_(std::move(hook)) {}

  /// The functions that the hook has and nobody called: "assign_owner", "transform.cents".
  std::vector<std::string> silent() const;
  /// The stage `row` has seen or set a value in this column: a rule whose value comes from the hook was tried, too.
  bool filled(std::string_view column) const { return filled_.contains(column); }

  std::unique_ptr<Hook> another() const override { return std::make_unique<HookWitness>(hook_->another()); }
  bool has(Stage stage) const override { return hook_->has(stage); }
  std::vector<std::string> transforms() const override { return hook_->transforms(); }
  Hash128 fingerprint() const override { return hook_->fingerprint(); }
  void attach(HookHost* host) override { hook_->attach(host); }
  void turn_to(std::string_view record) override { hook_->turn_to(record); }
  std::string hopeless() const override { return hook_->hopeless(); }
  HookVerdict record(const HookSubject& subject, std::string_view raw, std::optional<std::string>& changed) override;
  HookVerdict transform(std::string_view name, const Value& in, Value& out, Arena& arena) override;
  HookVerdict assign_owner(const HookSubject& subject, std::string_view raw, std::vector<std::pair<std::string, Json>>& columns) override;
  HookVerdict row(const HookSubject& subject, const Shape& shape, std::span<Value> row, std::string_view raw, Arena& arena) override;
  HookVerdict match(const HookSubject& subject, std::string_view raw, const std::vector<Json>& candidates,
                    std::optional<std::size_t>& chosen) override;
  HookVerdict conflict(const HookSubject& subject, std::string_view field, const Json& here, const Json& there, const Json& base,
                       std::optional<Json>& winner) override;
  HookVerdict payload(const HookSubject& subject, Json& body, const Json& row) override;
  HookVerdict skip_when(const HookSubject& subject, const Json& row, bool& skip) override;
  HookVerdict changed(const HookSubject& subject, const Json& change) override;

 private:
  std::shared_ptr<Hook> hook_;
  std::set<std::string, std::less<>> called_, filled_;
};

}  // namespace lockstep
