// What a rollback says of the next runs is what these do, also where an object's column and that of its leaf hold one place twice.

#include <list>

#include "engine/two_way_world.h"

namespace lockstep {
namespace {

constexpr const char* kFields =
    "  model: json\n"
    "  temperature: {from: model.temperature, type: real}\n"
    "  prompt: {from: model.prompt, type: text}\n";

std::string model(const std::string& temperature, const std::string& prompt) {
  return R"({"kind":"m","prompt":")" + prompt + R"(","temperature":)" + temperature + "}";
}

class OutlookWorld : public test::TwoWayWorld {
 public:
  OutlookWorld() : TwoWayWorld(kFields) {}
  void here(const char* column, const Value& value) { edit("i1", column, value); }
  void here_model(const std::string& temperature, const std::string& prompt) { here_model(model(temperature, prompt)); }
  void here_model(const std::string& json) { here("model", Value::json(kept_.emplace_back(json))); }
  void there_model(const std::string& temperature, const std::string& prompt) { there("model", model(temperature, prompt)); }
  void there(const char* member, const std::string& json) { items.items["i1"][member] = json::parse(json); }

 private:
  std::list<std::string> kept_;
};

struct Act {
  const char* name;
  std::function<void(OutlookWorld&)> carry_out;
};

const std::vector<Act>& acts() {
  static const std::vector<Act> kActs{
      {"row's text", [](OutlookWorld& w) { w.here("name", Value::text("L")); }},
      {"row's text emptied", [](OutlookWorld& w) { w.here("name", Value::null()); }},
      {"row's object", [](OutlookWorld& w) { w.here_model("0.9", "Be"); }},
      {"row's object, own part", [](OutlookWorld& w) { w.here_model(R"({"kind":"other","prompt":"Be","temperature":0.5})"); }},
      {"row's object without its leaves", [](OutlookWorld& w) { w.here_model(R"({"kind":"m"})"); }},
      {"row's object emptied", [](OutlookWorld& w) { w.here("model", Value::null()); }},
      {"row's leaf", [](OutlookWorld& w) { w.here("temperature", Value::real(0.9)); }},
      {"row's leaf emptied", [](OutlookWorld& w) { w.here("temperature", Value::null()); }},
      {"row's object and leaf",
       [](OutlookWorld& w) {
         w.here_model("0.9", "Be");
         w.here("temperature", Value::real(0.9));
       }},
      {"row's leaves",
       [](OutlookWorld& w) {
         w.here("prompt", Value::text("L"));
         w.here("temperature", Value::real(0.9));
       }},
      {"remote's text", [](OutlookWorld& w) { w.there("name", R"("R")"); }},
      {"remote's object", [](OutlookWorld& w) { w.there_model("0.7", "RR"); }},
      {"remote's object, one leaf", [](OutlookWorld& w) { w.there_model("0.7", "Be"); }},
      {"remote's object gone", [](OutlookWorld& w) { w.there("model", "null"); }},
      {"text on both sides",
       [](OutlookWorld& w) {
         w.here("name", Value::text("L"));
         w.there("name", R"("R")");
       }},
      {"row's leaf, remote's other one",
       [](OutlookWorld& w) {
         w.here("temperature", Value::real(0.9));
         w.there_model("0.5", "RR");
       }},
      {"leaf on both sides",
       [](OutlookWorld& w) {
         w.here("temperature", Value::real(0.9));
         w.there_model("0.7", "Be");
       }},
      {"object on both sides",
       [](OutlookWorld& w) {
         w.here_model("0.9", "Be");
         w.there_model("0.7", "Be");
       }},
      {"row's object, remote's other leaf",
       [](OutlookWorld& w) {
         w.here_model("0.9", "Be");
         w.there_model("0.5", "RR");
       }},
  };
  return kActs;
}

std::string told(const Outlook& next) {
  return "rows " + std::to_string(next.filled + next.overwritten) + ", items " + std::to_string(next.sent) + ", awaiting " +
         std::to_string(next.awaiting);
}

std::string told(const SyncReport& report) {
  return "rows " + std::to_string(report.updated_local) + ", items " + std::to_string(report.updated_remote) + ", awaiting " +
         std::to_string(report.awaiting);
}

void expect_true_outlook(const Act& act, Mode first, OnConflict on_conflict, LocalEdits local_edits) {
  OutlookWorld world;
  world.on_conflict = on_conflict;
  world.local_edits = local_edits;
  world.put("i1", R"("name":"A","slot":1,"model":)" + model("0.5", "Be"));
  world.run(Mode::Import);
  act.carry_out(world);
  const SyncReport done = world.run(first);
  const SyncReport undone = world.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{done.run}; });
  if (undone.updated_local + undone.updated_remote == 0) return;
  for (std::size_t i = 0; i < kModes.size(); ++i) {
    const SyncReport foreseen = world.run(kModes[i], [](RunOptions& options) { options.dry_run = true; });
    EXPECT_EQ(told(undone.next[i]), told(foreseen))
        << act.name << ": rollback of " << to_string(first) << ", " << to_string(on_conflict)
        << (local_edits == LocalEdits::Keep ? ", keep" : ", replace") << "; then " << to_string(kModes[i]);
  }
}

TEST(Outlook, WhatIsSaidOfTheNextRunsIsWhatTheyDo) {
  for (const Act& act : acts()) {
    for (const Mode first : kModes) {
      for (const OnConflict on_conflict : {OnConflict::Remote, OnConflict::Local, OnConflict::Manual})
        for (const LocalEdits local_edits : {LocalEdits::Keep, LocalEdits::Replace})
          expect_true_outlook(act, first, on_conflict, local_edits);
    }
  }
}

}  // namespace
}  // namespace lockstep
