// What would change too much at once: asked before the first overwrite, and again while sending.
#include <algorithm>

#include "engine/run.h"
#include "format/json.h"

namespace lockstep {
namespace {

constexpr const char* kMassHint = "if that is meant, add --allow-mass-change";

}  // namespace

bool Run::is_mass(std::uint64_t part, std::uint64_t whole) const {
  return !options_.allow_mass_change && lockstep::is_mass(part, whole, sync_.mass_change.missing);
}

/// An overwrite waits.
void Run::count_waiting(const Item& item) {
  guards_.count(item.decision);
  const bool patched = item.decision.remote == Action::Patch;
  if (patched && guards_.may_be_restored() && !goes_back(item)) guards_.edited();
}

/// Everything that would be sent stood there before: the journal knows it as a value that was replaced.
bool Run::goes_back(const Item& item) {
  const Link* link = link_of(item);
  if (link == nullptr) return false;
  const std::vector<ChangeEntry> changes = state_.changes({.run = {}, .record = std::string(item.id), .field = {}, .since = 0, .limit = 0});
  return std::all_of(item.decision.remote_fields.begin(), item.decision.remote_fields.end(), [&](const FieldChange& change) {
    if (identical(change.before, change.after)) return true;
    const Json after = json::to_kept(change.after);
    return std::any_of(changes.begin(), changes.end(), [&](const ChangeEntry& entry) {
      const Json* field = entry.link_id == link->id ? entry.fields.find(mapping_.fields()[change.ordinal].column) : nullptr;
      const Json* before = field == nullptr ? nullptr : field->find("before");
      return before != nullptr && *before == after;
    });
  });
}

/// A rollback, and a run about some ids, were told what to change.
std::uint64_t Run::items_that_may_change() const { return rollback_ || id_stream_ != nullptr ? 0 : remote_count_; }

std::optional<Error> Run::refusal_of(const Guards& guards) const {
  if (options_.allow_mass_change) return std::nullopt;
  auto why = guards.refusal(known_links_, items_that_may_change(), sync_.nouns.many + " in " + sync_.nouns.provider);
  if (!why) return std::nullopt;
  return Error(ErrorKind::Rejected, *why, kMassHint);
}

void Run::check_guards() {
  if (const auto refusal = refusal_of(guards_))
    throw Error(ErrorKind::Rejected, refusal->message() + "; nothing was overwritten", kMassHint);
}

/// What a record is to be sent may be other than what waited. True when there may be one more.
bool Run::may_send(const Item& item) {
  sent_.count(item.decision);
  if (!stopped_by_guard_) stopped_by_guard_ = refusal_of(sent_);
  return !stopped_by_guard_;
}

}  // namespace lockstep
