#include "engine/write/agreement.h"

#include <algorithm>
#include <utility>

#include "common/log.h"
#include "engine/decide/merge.h"
#include "engine/sides/contested.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// A record that is left different is looked at by every run, so that it can be told of.
bool holds_not_taken(const Json& held) {
  return held.object() != nullptr && std::any_of(held.object()->begin(), held.object()->end(),
                                                 [](const Json::Member& field) { return field.second.find("not_taken") != nullptr; });
}

/// Told by every run, until somebody names the row that is meant.
bool leaves_lost_reference(const Item& item) {
  const auto& lost = item.facts.lost_references;
  return std::any_of(lost.begin(), lost.end(),
                     [&](const LostReference& each) { return merging::find(item.decision.local_fields, each.ordinal) == nullptr; });
}

/// So is one of which the remote holds what a column cannot.
bool holds_unread(const Item& item) {
  for (std::size_t i = 1; i < item.there.size(); ++i) {
    if (item.there[i].is_absent() && !merging::contains(item.untold, i)) return true;
  }
  return false;
}

}  // namespace

Agreement::Agreement(Parts parts, UnitOfWork& work, std::int64_t sync_id, std::int64_t fields_id)
    : parts_(parts),
      work_(work),
      sides_(parts.mapping, parts.secrets, parts.target, parts.facts, parts.references, work.scratch()),
      sync_id_(sync_id),
      fields_id_(fields_id) {}

/// What a write means to the record's standing: a row that is written may be one that comes or goes.
Happening Agreement::happening(const Item& item, Happening written) const {
  const auto known = parts_.links.by_remote(item.id);
  const bool was_gone = known && parts_.links[*known].gone_at != 0;
  if (item.decision.restores) return Happening::Nothing;
  if (item.absent) return was_gone ? Happening::Nothing : Happening::WentMissing;
  if (was_gone) return Happening::Returned;
  // A row that was deleted in the database and comes back is no news of the remote.
  return written == Happening::Inserted && known ? Happening::Nothing : written;
}

void Agreement::put(const Item& item, std::string_view local_key, Row stored, Row written) {
  const Decision& decision = item.decision;
  // A row with edits that are still to be sent stays "different", so that every later run looks at it.
  bool here_open =
      !decision.pending_local.empty() || leaves_lost_reference(item) ||
      std::any_of(decision.conflicts.begin(), decision.conflicts.end(), [](const FieldConflict& c) { return c.reported_only; });
  // A record whose lookup misses is mapped again next time.
  bool there_open = !decision.pending_remote.empty() || parts_.references.misses(item.there);
  const std::string_view document = item.absent ? known_document(item) : masked_raw(item, parts_.secrets, work_.scratch());
  const auto [held, prints, to_come] = sides_.after(item, document, stored, written, prints_of(parts_.mapping, stored));
  there_open |= to_come;
  here_open |= holds_not_taken(held) || holds_unread(item);
  const std::optional<std::size_t> known = parts_.links.by_remote(item.id);
  Link link = known ? parts_.links[*known] : Link{};
  const Link before = link;
  link.remote_id = item.id;
  link.local_key = local_key;
  if (!item.account.empty()) link.account = item.account;
  // A row that has not followed a changed rule yet is mapped again next time.
  there_open |= std::any_of(decision.follows.begin(), decision.follows.end(),
                            [&](std::size_t ordinal) { return merging::find(decision.local_fields, ordinal) == nullptr; });
  link.remote_hash = there_open ? Hash128{} : item.hash;
  link.row_hash = here_open                                             ? Hash128{}
                  : stored.data() == item.there.data() && item.row_hash ? item.row_hash
                                                                        : parts_.references.hash(stored);
  link.gone_at = !item.absent ? 0 : before.gone_at != 0 ? before.gone_at : parts_.clock.now();
  const std::string cells = parts_.facts.pack_prints(prints, kept_prints(item, before));
  const bool base_changed =
      !(item.absent && document.empty()) && (item.base == nullptr || item.base->document != document || !(item.base->held == held) ||
                                             item.base->cells != cells || !parts_.facts.is_under_present_rules(before));
  if (base_changed) link.fields_id = fields_id_;
  const bool link_changed = !known || before.local_key != link.local_key || !(before.remote_hash == link.remote_hash) ||
                            !(before.row_hash == link.row_hash) || before.fields_id != link.fields_id || before.account != link.account ||
                            before.gone_at != link.gone_at;
  if (link_changed || base_changed) work_.need_run();
  take_key_from_others(known, local_key);
  std::size_t index = known.value_or(0);
  if (link_changed) index = work_.batch().put_link(link);
  if (base_changed) work_.batch().put_base(parts_.links[index].id, packed(item, document), held, cells);
  settle_conflicts(item, parts_.links[index], stored, held);
}

/// A row that goes with another item by now is that of its former link no more.
void Agreement::take_key_from_others(std::optional<std::size_t> link, std::string_view local_key) {
  const std::optional<std::size_t> other = parts_.links.by_key(local_key);
  if (!other || other == link) return;
  Link former = parts_.links[*other];
  former.local_key = {};
  work_.batch().put_link(former);
}

/// Of a record that the list no longer names. Empty: none was kept.
std::string_view Agreement::known_document(const Item& item) const {
  return item.base == nullptr ? std::string_view() : std::string_view(item.base->document);
}

std::string_view Agreement::packed(const Item& item, std::string_view document) {
  return item.packed.empty() ? packer_.pack(document, work_.scratch()) : item.packed;
}

/// Of columns that are not mapped: what the agreement before this one said about them.
KeptPrints Agreement::kept_prints(const Item& item, const Link& before) const {
  // A row that is made again has nothing in them.
  if (item.base == nullptr || item.facts.base.empty() || item.decision.local == Action::Insert) return {};
  return parts_.facts.kept_prints(before, *item.base);
}

/// It was decided now, or both sides have come to agree on it.
bool Agreement::is_over(const Item& item, std::size_t ordinal) const {
  // Also where the sides stay different: the server may have made something else of the value that won.
  const bool won = std::any_of(item.decision.conflicts.begin(), item.decision.conflicts.end(), [&](const FieldConflict& conflict) {
    return conflict.winner != FieldConflict::Winner::Nobody && !conflict.reported_only && conflict.ordinal == ordinal;
  });
  return won || ending(parts_.mapping, item.facts, item.decision, ordinal) != Ending::Stays;
}

void Agreement::settle_conflicts(const Item& item, const Link& link, Row stored, const Json& held) {
  for (const ConflictEntry& open : conflicts_) {
    const auto ordinal = parts_.mapping.find(open.field);
    // A column that is mapped no longer is left to the pass that closes conflicts.
    if (open.link_id != link.id || !ordinal) continue;
    if (held.find(open.field) == nullptr || is_over(item, *ordinal)) {
      work_.batch().close_conflict(open, parts_.clock.now());
      continue;
    }
    // Where somebody else had moved it, the next run meets that.
    ConflictEntry now = open;
    if (!merging::is_open(item.decision, *ordinal) && show_what_was_sent(item, *ordinal, stored, now)) work_.batch().put_conflict(now);
  }
  for (const FieldConflict& conflict : item.decision.conflicts) {
    if (conflict.winner == FieldConflict::Winner::Nobody) leave_to_a_person(item, link, stored, conflict);
  }
}

void Agreement::leave_to_a_person(const Item& item, const Link& link, Row stored, const FieldConflict& conflict) {
  ConflictEntry left{0,
                     sync_id_,
                     {},
                     link.id,
                     std::string(link.local_key),
                     std::string(item.id),
                     redact(item.label),
                     parts_.mapping.fields()[conflict.ordinal].column,
                     json::to_kept(conflict.base),
                     json::to_kept(conflict.here),
                     kept_there(item, conflict.ordinal, conflict.there),
                     parts_.clock.now()};
  show_what_was_sent(item, conflict.ordinal, stored, left);
  work_.batch().put_conflict(left);
}

/// Of a conflict about an object whose leaf was sent, or the other way round: what the remote holds in it by now is this run's own doing,
/// and no edit that stands in the way of a decision.
bool Agreement::show_what_was_sent(const Item& item, std::size_t ordinal, Row stored, ConflictEntry& conflict) {
  if (item.there.empty() || item.there[ordinal].is_absent()) return false;
  if (!merging::overlaps_what_was_sent(parts_.mapping.fields()[ordinal], item.decision)) return false;
  const BaseField now = sides_.of_field(item, stored, ordinal);
  conflict.here = json::to_kept(now.here);
  conflict.there = json::to_kept(now.there);
  return true;
}

}  // namespace lockstep
