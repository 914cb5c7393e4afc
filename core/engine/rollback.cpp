#include "engine/rollback.h"

#include <algorithm>

#include "engine/merge.h"
#include "engine/outlook.h"
#include "engine/reader.h"
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

bool is_empty(const Value& value) {
  return value.is_nothing() || (value.is_view() && (value.as_view().empty() || value.as_view() == "[]" || value.as_view() == "{}"));
}

struct Telling {
  const char* code;
  std::string reason;
};

Telling tell(Stays why, const Nouns& nouns) {
  switch (why) {
    case Stays::EditedSince: return {"edited_since", "it was edited since"};
    case Stays::RowGone: return {"missing", "the row is not in the database any more"};
    case Stays::ItemGone: return {"missing", "the " + nouns.one + " is not in " + nouns.provider + " any more"};
    case Stays::Unlinked: return {"missing", "the row and the " + nouns.one + " are not linked any more"};
    case Stays::Moved: return {"moved", "the row is another sync's by now"};
    case Stays::Secret: return {"secret", "it is or holds a secret, which the journal does not keep"};
    case Stays::ReferenceGone: return {"missing", "the row that it referred to is not in the database any more"};
    case Stays::NotTaken: return {"not_taken", nouns.provider + " takes it only where it still holds a value"};
    case Stays::IdReplaced: return {"id_replaced", "the " + nouns.one + " with the old ID is gone, and the new ID stays"};
    case Stays::NoRule: break;
  }
  return {"no_rule", "the mapping has no rule for it any more"};
}

/// What one side is to get back.
class Side {
 public:
  Side(const Mapping& mapping, Row now, bool remote, Undo& undo) : mapping_(mapping), now_(now), remote_(remote), undo_(undo) {}

  void leave_all(const std::vector<Written>& all, Stays why) {
    for (const Written& written : all) leave(written, why);
  }

  /// Calls `restore` for what is still as the run left it, `already` for what holds its old value again.
  template <class Restore, class Already>
  void look(const std::vector<Written>& all, Restore restore, Already already) {
    for (const Written& written : all) {
      const Field& field = mapping_.fields()[written.ordinal];
      const Value& now = now_[written.ordinal];
      if (!remote_ && field.remote_owned() && follows_remote(field, now, written)) continue;
      if (merging::equal(field, now, written.before)) {
        already(written);
      } else if (merging::equal(field, now, written.after) && remote_ && !merging::sendable(field, now)) {
        leave(written, Stays::NotTaken);
      } else if (merging::equal(field, now, written.after)) {
        restore(FieldChange{written.ordinal, now, written.before.is_absent() ? Value::null() : written.before}, written);
      } else {
        leave(written, Stays::EditedSince);
      }
    }
  }

 private:
  /// What the remote alone decides is no edit of anybody: it comes with the answer where the remote is restored too, and what it has become
  /// since is not worth a word.
  bool follows_remote(const Field& field, const Value& now, const Written& written) const {
    return !undo_.remote.empty() || !merging::equal(field, now, written.after);
  }
  void leave(const Written& written, Stays why) { undo_.left.push_back({remote_, mapping_.fields()[written.ordinal].column, why}); }

  const Mapping& mapping_;
  Row now_;
  bool remote_;
  Undo& undo_;
};

/// An object's column and that of its leaf are restored together or not at all, for the row must not say two things: where one was edited
/// since, the other stays too.
void keep_together(const Mapping& mapping, const Facts& facts, Decision& out, Undo& undo) {
  const auto edited = [&](std::size_t ordinal) {
    return std::any_of(undo.left.begin(), undo.left.end(), [&](const Left& left) {
      return !left.remote && left.why == Stays::EditedSince && left.column == mapping.fields()[ordinal].column;
    });
  };
  const auto contradicts = [&](const FieldChange& change) {
    const Field& field = mapping.fields()[change.ordinal];
    const auto parent = std::any_of(field.parents.begin(), field.parents.end(), [&](std::size_t other) {
      return edited(other) && !merging::agree(mapping, other, facts.here[other], change.ordinal, change.after);
    });
    return parent || std::any_of(field.leaves.begin(), field.leaves.end(), [&](std::size_t other) {
             return edited(other) && !merging::agree(mapping, change.ordinal, change.after, other, facts.here[other]);
           });
  };
  while (true) {
    const auto found = std::find_if(out.local_fields.begin(), out.local_fields.end(), contradicts);
    if (found == out.local_fields.end()) return;
    undo.left.push_back({false, mapping.fields()[found->ordinal].column, Stays::EditedSince});
    out.local_fields.erase(found);
  }
}

/// Which sides the next run has to look at again, by the base that will be remembered.
void note_pending(const Mapping& mapping, const Facts& facts, Decision& out) {
  Arena arena;
  const Facts after = facts_after(mapping, facts, out, arena);
  for (std::size_t ordinal = 1; ordinal < after.base.size(); ++ordinal) {
    const Field& field = mapping.fields()[ordinal];
    const BaseField& next = after.base[ordinal];
    const Value &here = after.here[ordinal], &there = after.there[ordinal];
    if (field.remote_owned() && !out.remote_fields.empty()) continue;  // comes with the answer
    if (field.write_only || next.there.is_absent() || merging::equal(field, here, there)) continue;
    const bool news_here = !field.remote_owned() && !merging::equal(field, here, next.here);
    if (news_here) out.pending_local.push_back(ordinal);
    if (field.remote_owned() || !merging::equal(field, there, next.there)) out.pending_remote.push_back(ordinal);
  }
}

}  // namespace

Decision decide_rollback(const Mapping& mapping, const Facts& facts, Undo& undo) {
  Decision out;
  out.restores = true;
  undo.left.clear();
  Side here(mapping, facts.here, false, undo), there(mapping, facts.there, true, undo);
  if (facts.here.empty() || facts.there.empty()) {
    const Stays why = facts.here.empty() ? Stays::RowGone : Stays::ItemGone;
    here.leave_all(undo.local, why);
    there.leave_all(undo.remote, why);
    return out;
  }
  here.look(
      undo.local,
      [&](const FieldChange& change, const Written& written) {
        out.local_fields.push_back(change);
        if (written.adopted || is_empty(change.after)) out.forgotten.push_back(change.ordinal);
      },
      [](const Written&) {});
  keep_together(mapping, facts, out, undo);
  if (undo.item_gone) {
    there.leave_all(undo.remote, Stays::ItemGone);
  } else {
    // An earlier rollback that was cut off may have sent it already: then only the base has not heard of it.
    const auto already = [&](const Written& written) {
      if (merging::known(facts, written.ordinal) && merging::edited_there(mapping, facts, written.ordinal))
        out.restored_there.push_back(written.ordinal);
    };
    there.look(
        undo.remote,
        [&](const FieldChange& change, const Written& written) {
          out.remote_fields.push_back(change);
          if (written.raw) out.raw.emplace_back(change.ordinal, *written.raw);
          if (written.adopted || is_empty(change.after)) out.forgotten.push_back(change.ordinal);
        },
        already);
  }
  // A parent is laid into the document before its leaves.
  std::stable_sort(out.remote_fields.begin(), out.remote_fields.end(), [&](const FieldChange& a, const FieldChange& b) {
    return mapping.fields()[a.ordinal].from.steps().size() < mapping.fields()[b.ordinal].from.steps().size();
  });
  for (const FieldChange& change : out.remote_fields) out.restored_there.push_back(change.ordinal);
  if (!out.local_fields.empty()) out.local = Action::Update;
  if (!out.remote_fields.empty()) out.remote = Action::Patch;
  out.take_base = !out.nothing() || !out.restored_there.empty();
  note_pending(mapping, facts, out);
  return out;
}

/// As sides are compared; nullopt for a reference to a row that is gone. The journal of the row has references as the cells that it held.
std::optional<Value> Rollback::value(bool remote, std::size_t ordinal, const Json& json) {
  const Field& field = mapping_.fields()[ordinal];
  const Value given = kept_cell(field, json, arena_);
  if (remote || !field.lookup || given.is_nothing() || given.is_unreadable()) return normalise(field, given, arena_);
  return referred_(ordinal, given);
}

bool Rollback::hides_secret(std::size_t ordinal, const Json& before) const {
  if (secrets_.is_secret(ordinal) || mapping_.fields()[ordinal].write_only) return true;
  return secrets_.is_masked(ordinal, before.text() != nullptr ? *before.text() : json::to_text(before));
}

void Rollback::take_field(Undo& undo, bool remote, const std::string& column, const Json& values, bool adopted) {
  const Json* before = values.find("before");
  const Json* after = values.find("stored") != nullptr ? values.find("stored") : values.find("after");
  const std::optional<std::size_t> ordinal = mapping_.find(column);
  if (ordinal == std::size_t{0}) {  // an id once set stays
    const bool replaced = !remote && before != nullptr && !before->is_null() && after != nullptr && !(*before == *after);
    if (replaced) undo.lost.push_back({false, column, Stays::IdReplaced});
    return;
  }
  if (!ordinal || before == nullptr || after == nullptr) return undo.lost.push_back({remote, column, Stays::NoRule});
  if (hides_secret(*ordinal, *before)) return undo.lost.push_back({remote, column, Stays::Secret});
  const std::optional<Value> old = value(remote, *ordinal, *before);
  if (!old) return undo.lost.push_back({remote, column, Stays::ReferenceGone});
  // What the run wrote is told apart from everything else where its row is gone.
  const Value written = value(remote, *ordinal, *after).value_or(Value());
  std::vector<Written>& fields = remote ? undo.remote : undo.local;
  const auto known = std::find_if(fields.begin(), fields.end(), [&](const Written& each) { return each.ordinal == *ordinal; });
  if (known != fields.end()) {
    known->after = written;
  } else {
    const Json* raw = remote ? values.find("raw") : nullptr;
    fields.push_back({*ordinal, *old, written, adopted, raw == nullptr ? std::nullopt : std::optional(*raw)});
  }
}

void Rollback::take(Undo& undo, bool remote, const Json& fields, bool adopted) {
  if (fields.object() == nullptr) return;
  for (const auto& [column, values] : *fields.object()) take_field(undo, remote, column, values, adopted);
}

void Rollback::add(const ChangeEntry& entry, std::uint32_t link, Stays unpaired) {
  const bool remote = entry.side == "remote";
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
  take(undo, remote, entry.fields, adopts(entry));
}

void Rollback::add(const IntentEntry& intent, std::uint32_t link) {
  if (link == kNoIndex || intent.action != "update") return;
  Undo& undo = pairs_[link];
  if (undo.remote_id.empty()) {
    undo.local_key = intent.local_key;
    undo.remote_id = intent.remote_id;
    undo.label = intent.remote_id;
  }
  take(undo, true, intent.body, false);
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
    out.push_back(
        {undo.local_key, undo.remote_id, undo.label, left.remote ? "remote" : "local", left.column, telling.code, telling.reason});
  };
  for (const auto& [link, undo] : pairs_) {
    for (const Left& left : undo.left) list(undo, left);
    for (const Left& left : undo.lost) list(undo, left);
  }
  for (const Undo& undo : unlinked_) {
    for (const Written& each : undo.local) list(undo, {false, mapping_.fields()[each.ordinal].column, undo.unpaired});
    for (const Written& each : undo.remote) list(undo, {true, mapping_.fields()[each.ordinal].column, undo.unpaired});
    for (const Left& left : undo.lost) list(undo, left);
  }
  return out;
}

}  // namespace lockstep
