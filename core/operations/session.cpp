#include "operations/session.h"

namespace lockstep {

Session::Session(const Workspace& workspace, std::stop_token stop) : workspace_(workspace), stop_(std::move(stop)) {}

Session::~Session() = default;

Sync* Session::load(std::string_view name) {
  if (const auto known = syncs_.find(name); known != syncs_.end()) return known->second.get();
  const Sync* shared = workspace_.load(name);
  if (shared == nullptr) return nullptr;
  auto own = std::make_unique<Sync>(*shared);
  if (own->hook) own->hook = shared->hook->another();
  return syncs_.emplace(name, std::move(own)).first->second.get();
}

std::vector<Sync*> Session::load_all(std::span<const std::string> names) {
  workspace_.load_all(names);
  std::vector<Sync*> syncs;
  for (const std::string& name : names) syncs.push_back(load(name));
  return syncs;
}

std::vector<Sync*> Session::load_to_run(std::span<const std::string> names) {
  std::vector<Sync*> syncs = load_all(names);
  workspace_.clashes_of(names).raise();
  return syncs;
}

void Session::open(Sync& sync) {
  sync.store = &store(configuration().sync(sync.name)->store);
  sync.neighbours = workspace_.neighbours_of(sync.name);
}

Store& Session::store(std::string_view name) {
  const auto known = stores_.find(name);
  if (known != stores_.end()) return *known->second;
  return *stores_.emplace(name, workspace_.open_store(name, stop_)).first->second;
}

}  // namespace lockstep
