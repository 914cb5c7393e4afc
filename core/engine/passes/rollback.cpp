#include "engine/passes/rollback.h"

#include <algorithm>

#include "common/text.h"
#include "engine/decide/merge.h"
#include "engine/sides/reader.h"
#include "format/json.h"

namespace lockstep {
namespace {

bool created_by(const ChangeEntry& entry) { return entry.action == "create" || entry.action == "recreate" || entry.action == "link"; }

/// The rows of the table in which nothing had been agreed on.
bool adopts(const ChangeEntry& entry) {
  return (entry.case_number >= 4 && entry.case_number <= 6) || entry.case_number == 21 || entry.case_number == 24;
}

/// The row bore the id of an item that is gone.
bool replaces_id(const ChangeEntry& entry, const std::string& key) {
  const Json* id = entry.fields.find(key);
  const Json* before = id == nullptr ? nullptr : id->find("before");
  return before != nullptr && !before->is_null();
}

struct Telling {
  const char* code;
  std::string reason;
};

Telling tell(Stays why, const Nouns& nouns) {
  switch (why) {
    case Stays::EditedSince: return {"edited_since", "it was edited since"};
    case Stays::WrittenSince: return {"edited_since", "it was edited since, to the same value again"};
    case Stays::RowGone: return {"missing", "the row is not in the database any more, or its key is another row's"};
    case Stays::ItemGone: return {"missing", "the " + nouns.one + " is not in " + nouns.provider + " any more"};
    case Stays::Unlinked: return {"missing", "the row and the " + nouns.one + " are not linked any more"};
    case Stays::Moved: return {"moved", "the row is another sync's by now"};
    case Stays::Secret: return {"secret", "it is or holds a secret, which the journal does not keep"};
    case Stays::ReferenceGone: return {"missing", "the row that it referred to is not in the database any more"};
    case Stays::NotTaken: return {"not_taken", nouns.provider + " takes it only where it still holds a value"};
    case Stays::EditedBefore:
      return {"edited_before", "it goes with a column of the same object that was edited before the run, and stays"};
    case Stays::IdReplaced: return {"id_replaced", "the " + nouns.one + " with the old ID is gone, and the new ID stays"};
    case Stays::Exchanged: return {"no_rule", "its name means another column by now"};
    case Stays::HookSent:
      return {"hook_sent", "the hook payload sent it, and no column holds it: set it where " + nouns.provider + " is administered"};
    case Stays::NoRule: break;
  }
  return {"no_rule", "the mapping has no rule for it any more"};
}

}  // namespace

/// As sides are compared; nullopt for a reference to a row that is gone. The journal of the row has references as the cells that it held.
std::optional<Value> Rollback::value(Side side, std::size_t ordinal, const Json& json) {
  const Field& field = mapping_.fields()[ordinal];
  const Value given = kept_cell(field, json, arena_);
  if (!field.lookup || given.is_nothing() || given.is_unreadable()) return normalise(field, given, arena_);
  return referred_(side, ordinal, given);
}

bool Rollback::hides_secret(std::size_t ordinal, const Json& before) const {
  if (secrets_.is_secret(ordinal) || mapping_.fields()[ordinal].write_only) return true;
  return secrets_.is_masked(ordinal, before.text() != nullptr ? *before.text() : json::to_text(before));
}

void Rollback::take_field(Undo& undo, Side side, const std::string& column, const Json& values, bool adopted) {
  const Json* before = values.find("before");
  const Json* after = values.find("stored") != nullptr ? values.find("stored") : values.find("after");
  const std::optional<std::size_t> ordinal = mapping_.find(column);
  if (ordinal == std::size_t{0}) {  // an id once set stays
    const bool replaced = side == Side::Local && before != nullptr && !before->is_null() && after != nullptr && !(*before == *after);
    if (replaced) undo.lost.push_back({side, column, Stays::IdReplaced});
    return;
  }
  if (!ordinal && column.starts_with(kBodyMember)) return undo.lost.push_back({side, column, Stays::HookSent});
  if (!ordinal || before == nullptr || after == nullptr) return undo.lost.push_back({side, column, Stays::NoRule});
  if (exchanged_.contains(to_lower(column))) return undo.lost.push_back({side, column, Stays::Exchanged});
  if (hides_secret(*ordinal, *before)) return undo.lost.push_back({side, column, Stays::Secret});
  const std::optional<Value> old = value(side, *ordinal, *before);
  if (!old) return undo.lost.push_back({side, column, Stays::ReferenceGone});
  // What the run wrote is told apart from everything else where its row is gone.
  const Value written = value(side, *ordinal, *after).value_or(Value());
  const Json* given = values.find("after");
  const Value sent = given == nullptr ? written : value(side, *ordinal, *given).value_or(Value());
  std::vector<Written>& fields = undo.written(side);
  const auto known = std::find_if(fields.begin(), fields.end(), [&](const Written& each) { return each.ordinal == *ordinal; });
  if (known != fields.end()) {
    known->after = written;
    known->sent = sent;
  } else {
    const Json* raw = side == Side::Remote ? values.find("raw") : nullptr;
    fields.push_back({*ordinal, *old, written, adopted, raw == nullptr ? std::nullopt : std::optional(*raw), false, sent});
  }
}

void Rollback::take(Undo& undo, Side side, const Json& fields, bool adopted) {
  if (fields.object() == nullptr) return;
  for (const auto& [column, values] : *fields.object()) take_field(undo, side, column, values, adopted);
}

void Rollback::add(const ChangeEntry& entry, std::uint32_t link, Stays unpaired) {
  const bool remote = entry.side == Side::Remote;
  if (created_by(entry) || (!remote && entry.fields.is_null())) {
    const std::string action = entry.fields.is_null() && !remote ? "create" : entry.action;
    created_.push_back({entry.local_key, entry.remote_id, entry.label, entry.side, action});
    if (remote || !replaces_id(entry, mapping_.key().column)) return;
  }
  Undo& undo = link == kNoIndex ? unlinked_.emplace_back() : pairs_[link];
  undo.local_key = entry.local_key;
  undo.remote_id = entry.remote_id;
  undo.label = entry.label;
  undo.unpaired = unpaired;
  take(undo, entry.side, entry.fields, adopts(entry));
}

void Rollback::add(const IntentEntry& intent, std::uint32_t link) {
  if (link == kNoIndex || intent.action != "update") return;
  Undo& undo = pairs_[link];
  if (undo.remote_id.empty()) {
    undo.local_key = intent.local_key;
    undo.remote_id = intent.remote_id;
    undo.label = intent.remote_id;
  }
  take(undo, Side::Remote, intent.body, false);
}

void Rollback::mark_written_since(std::uint32_t link, const LaterWrites::OfLink& later) {
  Undo& undo = pairs_.at(link);
  for (const Side side : {Side::Local, Side::Remote}) {
    for (Written& written : undo.written(side)) {
      written.written_since = later.taken_back.contains({side, mapping_.fields()[written.ordinal].column}) ||
                              std::any_of(later.writes.begin(), later.writes.end(),
                                          [&](const LaterWrites::Write& each) { return shows_another(each, side, written); });
    }
  }
}

/// Did the side hold something else than the run left there, by what was written later? What was written on the other side has followed
/// this one; an object says what its leaves held, and the other way round.
bool Rollback::shows_another(const LaterWrites::Write& later, Side side, const Written& written) {
  const bool same_side = later.side == side;
  if (later.column.empty()) return same_side;
  const std::optional<std::size_t> ordinal = mapping_.find(later.column);
  if (!ordinal || (!same_side && later.restores)) return false;
  const Field& field = mapping_.fields()[written.ordinal];
  const auto differs = [&](const Json& json) {
    const std::optional<Value> held = value(later.side, *ordinal, json);
    if (*ordinal == written.ordinal) return !held || !merging::equal(field, *held, written.after);
    if (!held) return false;
    if (merging::contains(field.parents, *ordinal)) return !merging::agree(mapping_, *ordinal, *held, written.ordinal, written.after);
    return merging::contains(field.leaves, *ordinal) && !merging::agree(mapping_, written.ordinal, written.after, *ordinal, *held);
  };
  return differs(later.after) || (same_side && differs(later.before));
}

Outlooks Rollback::next() const {
  Outlooks out{};
  for (const auto& [link, undo] : pairs_) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += undo.next[i];
  }
  return out;
}

std::vector<SkippedField> Rollback::skipped(const Nouns& nouns) const {
  std::vector<SkippedField> out;
  const auto list = [&](const Undo& undo, const Left& left) {
    const Telling telling = tell(left.why, nouns);
    out.push_back({undo.local_key, undo.remote_id, undo.label, left.side, left.column, telling.code, telling.reason});
  };
  for (const auto& [link, undo] : pairs_) {
    for (const Left& left : undo.left) list(undo, left);
    for (const Left& left : undo.lost) list(undo, left);
  }
  for (const Undo& undo : unlinked_) {
    for (const Written& each : undo.local) list(undo, {Side::Local, mapping_.fields()[each.ordinal].column, undo.unpaired});
    for (const Written& each : undo.remote) list(undo, {Side::Remote, mapping_.fields()[each.ordinal].column, undo.unpaired});
    for (const Left& left : undo.lost) list(undo, left);
  }
  return out;
}

}  // namespace lockstep
