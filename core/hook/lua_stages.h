// LuaHook: the stages of hook.h as calls of the script's functions.
#pragma once

#include <functional>

#include "hook/failure_streaks.h"
#include "hook/hook.h"
#include "hook/lua_script.h"

namespace lockstep::hook {

class LuaHook final : public Hook {
 public:
  /// `script` has been loaded without mistakes.
  explicit LuaHook(std::unique_ptr<LuaScript> script);

  std::unique_ptr<Hook> another() const override { return std::unique_ptr<Hook>(new LuaHook(script_->another(), fingerprint_)); }
  bool has(Stage stage) const override { return script_->declares(stage); }
  std::vector<std::string> transforms() const override { return script_->transforms(); }
  Hash128 fingerprint() const override { return fingerprint_; }
  void attach(HookHost* host) override;
  void turn_to(std::string_view record) override { record_ = record; }
  std::string hopeless() const override { return streaks_.hopeless(); }

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
  LuaHook(std::unique_ptr<LuaScript> script, const Hash128& fingerprint) : script_(std::move(script)), fingerprint_(fingerprint) {}

  using Step = std::function<void(lua_State*)>;

  /// The values that a function returned: `count` of them from stack index `first` on; nil when there are none.
  struct Results {
    int first;
    int count;
  };
  using Take = std::function<void(lua_State*, Results)>;

  /// `push` pushes the arguments but ctx, which then lie at indices 2, 3, …; `take` reads what came back unless that was a rejection.
  /// A stage that the script does not have goes well. `transform` is the name at that stage.
  HookVerdict call(Stage stage, const HookSubject* subject, const Step& push, const Take& take, std::string_view transform = {});

  HookVerdict try_call(Stage stage, const HookSubject* subject, const Step& push, const Take& take, std::string_view transform,
                       std::optional<std::string>& failure);

  std::unique_ptr<LuaScript> script_;
  Hash128 fingerprint_;
  FailureStreaks streaks_;
  std::string record_;  ///< whose values the transforms are given
};

}  // namespace lockstep::hook
