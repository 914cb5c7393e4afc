#include "engine/passes/waiting.h"

#include "engine/decide/merge.h"

namespace lockstep {
namespace {

std::unique_ptr<Spool>& made(std::unique_ptr<Spool>& spool) {
  if (!spool) spool = std::make_unique<Spool>();
  return spool;
}

}  // namespace

Waiting::Waiting(RunContext& run) : Pass(run) {}

std::unique_ptr<Spool> Waiting::begin_last_try(std::unique_ptr<Spool> refused) {
  last_try_ = refused != nullptr;
  return refused;
}

void Waiting::postpone(const Item& item) {
  const bool inserts = item.decision.local == Action::Insert;
  const Row there = item.absent ? Row() : Row(item.there);
  made(inserts ? refused_inserts_ : refused_updates_)
      ->push(item.id, item.absent ? std::string_view() : item.raw, item.hash, item.link, item.local, there);
}

bool Waiting::may_wait_for_others(const Arrival& arrival) const {
  const bool writes_rows = undoing() || merging::writes_local(policy_.mode);
  return !last_try_ && writes_rows && arrival.tell_local && arrival.item->decision.remote == Action::Patch;
}

void Waiting::postpone_rest(const Item& item, const std::vector<FieldChange>& rest) {
  Decision to_come;
  to_come.local = Action::Update;
  to_come.local_fields = rest;
  half_written_.insert_or_assign(std::string(item.id), fingerprint(to_come));
  postpone(item);
}

bool Waiting::is_rest(const Item& item) const {
  const auto rest = half_written_.find(std::string(item.id));
  return rest != half_written_.end() && rest->second == fingerprint(item.decision);
}

}  // namespace lockstep
