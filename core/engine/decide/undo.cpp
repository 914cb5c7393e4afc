#include "engine/decide/undo.h"

#include <algorithm>

#include "data/arena.h"
#include "engine/decide/merge.h"

namespace lockstep {
namespace {

bool is_empty(const Value& value) {
  return value.is_nothing() || (value.is_view() && (value.as_view().empty() || value.as_view() == "[]" || value.as_view() == "{}"));
}

/// What one side is to get back.
class Restoring {
 public:
  Restoring(const Mapping& mapping, Row now, Side side, Undo& undo) : mapping_(mapping), now_(now), side_(side), undo_(undo) {}

  void leave_all(Stays why) {
    for (const Written& written : undo_.written(side_)) leave(written, why);
  }

  /// Calls `restore` for what is still as the run left it, `already` for what holds its old value again.
  template <class Restore, class Already>
  void look(Restore restore, Already already) {
    const bool remote = side_ == Side::Remote;
    for (const Written& written : undo_.written(side_)) {
      const Field& field = mapping_.fields()[written.ordinal];
      const Value& now = now_[written.ordinal];
      if (!remote && field.remote_owned() && follows_remote(field, now, written)) continue;
      const bool taken_out = remote && was_taken_out(field, now, written);
      const bool as_left = taken_out || (merging::equal(field, now, written.after) && !merging::equal(field, now, written.before));
      if (as_left && written.written_since) {
        leave(written, Stays::WrittenSince);
      } else if (taken_out) {
        restore(FieldChange{written.ordinal, Value::null(), written.before}, written);
      } else if (merging::equal(field, now, written.before)) {
        already(written);
      } else if (merging::equal(field, now, written.after) && remote && !merging::sendable(field, now)) {
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
  /// The document lacks it since, and what is compared is the column's default.
  bool was_taken_out(const Field& field, const Value& now, const Written& written) const {
    if (!merging::contains(undo_.lacking, written.ordinal) || written.before.is_nothing()) return false;
    if (!written.after.is_nothing() && !merging::equal(field, now, written.after)) return false;
    return written.raw ? !written.raw->is_null() : !merging::equal(field, now, written.before);
  }
  void leave(const Written& written, Stays why) { undo_.left.push_back({side_, mapping_.fields()[written.ordinal].column, why}); }

  const Mapping& mapping_;
  Row now_;
  Side side_;
  Undo& undo_;
};

/// An object's column and that of its leaf are restored together or not at all, for the row must not say two things: where one was edited
/// since, or holds the edit that the run has sent, the other stays too.
class RestoredTogether {
 public:
  RestoredTogether(const Mapping& mapping, const Facts& facts, Decision& out, Undo& undo)
      : mapping_(mapping), facts_(facts), out_(out), undo_(undo) {}

  void keep() {
    for (std::size_t i = 0; i < out_.local_fields.size();) {
      const std::optional<Stays> why = held_by_another(out_.local_fields[i]);
      if (!why) {
        ++i;
        continue;
      }
      undo_.left.push_back({Side::Local, mapping_.fields()[out_.local_fields[i].ordinal].column, *why});
      out_.local_fields.erase(out_.local_fields.begin() + static_cast<std::ptrdiff_t>(i));
      i = 0;
    }
  }

 private:
  std::optional<Stays> held_by_another(const FieldChange& change) const {
    const Field& field = mapping_.fields()[change.ordinal];
    for (const std::size_t parent : field.parents) {
      if (merging::agree(mapping_, parent, facts_.here[parent], change.ordinal, change.after)) continue;
      if (const auto why = stays(parent)) return why;
    }
    for (const std::size_t leaf : field.leaves) {
      if (merging::agree(mapping_, change.ordinal, change.after, leaf, facts_.here[leaf])) continue;
      if (const auto why = stays(leaf)) return why;
    }
    return std::nullopt;
  }

  std::optional<Stays> stays(std::size_t ordinal) const {
    for (const Left& left : undo_.left) {
      if (left.side == Side::Local && left.column == mapping_.fields()[ordinal].column && is_edit(left.why)) return left.why;
    }
    const auto wrote = [&](const std::vector<Written>& all) {
      return std::any_of(all.begin(), all.end(), [&](const Written& written) { return written.ordinal == ordinal; });
    };
    return wrote(undo_.remote) && !wrote(undo_.local) ? std::optional(Stays::EditedBefore) : std::nullopt;
  }

  static bool is_edit(Stays why) { return why == Stays::EditedSince || why == Stays::WrittenSince || why == Stays::EditedBefore; }

  const Mapping& mapping_;
  const Facts& facts_;
  Decision& out_;
  Undo& undo_;
};

const Written& of(const std::vector<Written>& all, std::size_t ordinal) {
  return *std::find_if(all.begin(), all.end(), [&](const Written& written) { return written.ordinal == ordinal; });
}

/// The run gave both sides something that the row did not hold: a decision between two edits, where the sides differed.
bool was_decided(const Mapping& mapping, const Undo& undo, std::size_t ordinal) {
  const Field& field = mapping.fields()[ordinal];
  const Value& here = of(undo.local, ordinal).before;
  const Written& there = of(undo.remote, ordinal);
  return !merging::equal(field, here, there.sent) && !merging::equal(field, here, there.before);
}

std::vector<Value> answered_as_sent(const Facts& facts, const Decision& decision) {
  std::vector<Value> there(facts.there.begin(), facts.there.end());
  for (const FieldChange& change : decision.remote_fields) there[change.ordinal] = change.after;
  return there;
}

/// Which sides the next run has to look at again, by the base that will be remembered.
void note_pending(const Mapping& mapping, const Facts& facts, Row answer, Decision& out) {
  Arena arena;
  const Facts after = facts_after(mapping, facts, out, answer, arena);
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

Decision decide_rollback(const Mapping& mapping, const Facts& facts, Undo& undo, const AnswerToCome& answer) {
  Decision out;
  out.restores = true;
  undo.left.clear();
  Restoring here(mapping, facts.here, Side::Local, undo), there(mapping, facts.there, Side::Remote, undo);
  if (facts.here.empty() || facts.there.empty()) {
    const Stays why = facts.here.empty() ? Stays::RowGone : Stays::ItemGone;
    here.leave_all(why);
    there.leave_all(why);
    return out;
  }
  here.look(
      [&](const FieldChange& change, const Written& written) {
        out.local_fields.push_back(change);
        if (written.adopted || is_empty(change.after)) out.forgotten.push_back(change.ordinal);
      },
      [](const Written&) {});
  RestoredTogether(mapping, facts, out, undo).keep();
  if (undo.item_gone) {
    there.leave_all(Stays::ItemGone);
  } else {
    // An earlier rollback that was cut off may have sent it already: then only the base has not heard of it.
    const auto already = [&](const Written& written) {
      if (merging::known(facts, written.ordinal) && merging::edited_there(mapping, facts, written.ordinal))
        out.restored_there.push_back(written.ordinal);
    };
    there.look(
        [&](const FieldChange& change, const Written& written) {
          out.remote_fields.push_back(change);
          if (written.raw) out.raw.emplace_back(change.ordinal, *written.raw);
          if (written.adopted || is_empty(change.after)) out.forgotten.push_back(change.ordinal);
        },
        already);
  }
  for (const FieldChange& change : out.local_fields) {
    if (merging::find(out.remote_fields, change.ordinal) != nullptr && was_decided(mapping, undo, change.ordinal))
      out.forgotten.push_back(change.ordinal);
  }
  // A parent is laid into the document before its leaves.
  std::stable_sort(out.remote_fields.begin(), out.remote_fields.end(), [&](const FieldChange& a, const FieldChange& b) {
    return mapping.fields()[a.ordinal].from.steps().size() < mapping.fields()[b.ordinal].from.steps().size();
  });
  for (const FieldChange& change : out.remote_fields) out.restored_there.push_back(change.ordinal);
  if (!out.local_fields.empty()) out.local = Action::Update;
  if (!out.remote_fields.empty()) out.remote = Action::Patch;
  out.take_base = !out.nothing() || !out.restored_there.empty();
  note_pending(mapping, facts, answer ? answer(out) : answered_as_sent(facts, out), out);
  return out;
}

}  // namespace lockstep
