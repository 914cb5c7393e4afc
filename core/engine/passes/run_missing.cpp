// What a list no longer names, where the mapping says what becomes of such a row (mapping/standing.h). The remote side of a missing record
// is what it was last known as, with the values of `on_missing` laid over it; from there on it is decided, guarded, planned, written and
// journaled like any other record.

#include <algorithm>

#include "engine/passes/run.h"
#include "engine/sides/hook_result.h"
#include "format/json.h"

namespace lockstep {
bool Run::list_concludes() const {
  if (mapping_.on_missing().empty() || rollback_) return false;
  return policy_.mode != Mode::Export || !policy_.can_create;
}

/// Of the present list, as a link remembers it; never 0.
std::int64_t Run::scope() const {
  const Hash128 scope = stream_->end().scope;
  const auto number = static_cast<std::int64_t>(hash128({reinterpret_cast<const char*>(&scope), sizeof scope}, 0x5c09e).low);
  return number == 0 ? 1 : number;
}

/// Linked records that a list of the same scope has named before, and this one does not.
std::vector<Item> Run::missing_from_list() {
  std::vector<Item> missing = find_missing();
  const std::int64_t now = scope();
  std::erase_if(missing, [&](const Item& item) { return item.link == kNoIndex || links_[item.link].scope != now; });
  return missing;
}

void Run::conclude_by_list() {
  if (!whole()) {
    // Some ids alone say nothing of the list.
    tell_unknown_ids({});
    return count_local_only();
  }
  std::vector<Item> missing = missing_from_list();
  const Missing count = count_missing(missing);
  if (remote_count_ == 0 && count.news > 0) {
    throw Error(
        ErrorKind::Rejected,
        "the list is empty, and " + std::to_string(count.news) + " " + sync_.nouns.many + " were known; nothing was concluded from it",
        "check that the key may see them");
  }
  if (!options_.allow_mass_change && count.news * 2 > count.known) refuse_missing(count);
  conclude_each(std::move(missing), &Run::settle_missing);
}

void Run::settle_missing(std::vector<Item> missing) {
  arena_.clear();
  load_bases(missing);
  load_rows(missing);
  for (Item& item : missing) {
    check_stop();
    const bool news = links_[item.link].gone_at == 0;
    if (options_.dry_run) gone_.insert(item.link);
    if (!stand_in_last_known(item)) {
      // The row is gone, too.
      if (news) writer_->mark_gone(item, clock_.now());
      continue;
    }
    decide_item(item);
    ++report_.missing_remote;
    if (news)
      tally_.warn(item, "missing_remote", tally_.name_of(item) + " is not in " + sync_.nouns.provider + " any more; nothing was deleted");
    decided(item);
    if (!as_planned(item)) continue;
    if (item.decision.local != Action::None) {
      wait_for_missing(item);
    } else if (news) {
      writer_->agree(item);
    }
  }
  writer_->flush();
}

void Run::wait_for_missing(const Item& item) {
  count_waiting(item);
  if (options_.dry_run) {
    tally_.written(tally_.change_of(item));
  } else {
    spool_.push(item.id, {}, {}, item.link, item.local, {});
  }
}

/// False when there is no row.
bool Run::stand_in_last_known(Item& item) {
  if (item.stored.empty()) return false;
  const std::vector<Field>& fields = mapping_.fields();
  item.absent = true;
  item.there = arena_.make<Value>(fields.size());
  const Row stored = target_.fields(item.stored);
  const Value& label = stored[mapping_.label()];
  item.label = label.tag() == Value::Tag::Text && !label.as_view().empty() ? arena_.copy(label.as_view()) : item.id;
  bool known = item.base != nullptr;
  if (known) {
    host_.mute(true);
    known = !shaper_.shape({item.id, item.label, sync_.nouns.one}, padded_copy(item.base->document, arena_), item.there, arena_);
    host_.mute(false);
  }
  for (std::size_t i = 0; i < fields.size() && !known; ++i) {
    item.there[i] =
        fields[i].lookup ? references_.remote_of(i, stored[i]).value_or(Value::null()) : normalise(fields[i], stored[i], arena_);
  }
  for (const MissingValue& value : mapping_.on_missing()) {
    std::string problem;
    item.there[value.ordinal] = take_cell(fields[value.ordinal], cell_of(fields[value.ordinal], value.value, arena_), arena_, problem);
  }
  return true;
}

/// Every record that this list has named is known under its scope from now on.
void Run::remember_scope() {
  if (options_.dry_run || !list_concludes() || !whole()) return;
  const std::int64_t now = scope();
  std::uint64_t moved = 0;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if ((i < seen_.size() && !seen_[i]) || links_[i].scope == now || links_[i].gone_at != 0) continue;
    moved += links_[i].scope == 0 ? 0U : 1U;
    writer_->put_scope(i, now);
  }
  if (moved > 0) {
    tally_.problem(
        {Problem::Severity::Warning,
         {},
         {},
         "scope_changed",
         "the list was asked for with other credentials, or at another address, than before: what it does not name is left as it is"});
  }
}

}  // namespace lockstep
