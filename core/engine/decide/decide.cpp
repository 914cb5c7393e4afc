// The table of the guarantees, read from its most special rows to its plain ones. What both sides say field by field is in merge.h.
#include "engine/decide/decide.h"

#include <algorithm>
#include <array>

#include "common/text.h"
#include "engine/decide/merge.h"

namespace lockstep {
namespace {

using merging::Standing;
using merging::Standings;

bool any(const Standings& standings, std::initializer_list<Standing> wanted) {
  return std::any_of(standings.begin(), standings.end(),
                     [&](Standing standing) { return std::find(wanted.begin(), wanted.end(), standing) != wanted.end(); });
}

/// Rows 4 to 12.
int plain_case(const Facts& facts, const Standings& standings) {
  const bool clash = any(standings, {Standing::Clash, Standing::Disagreement});
  const bool here = any(standings, {Standing::Here});
  const bool there = any(standings, {Standing::There});
  if (facts.base.empty()) {
    if (clash) return 6;
    return here || there || any(standings, {Standing::Follows}) ? 5 : 4;
  }
  if (clash) return 12;
  if (here && there) return 10;
  if (here) return 8;
  if (there || any(standings, {Standing::Follows})) return 9;
  if (any(standings, {Standing::RuleChanged})) return 25;
  return any(standings, {Standing::Agreed}) ? 11 : 7;
}

class Decider {
 public:
  Decider(const Mapping& mapping, const Policy& policy, const Facts& facts, std::span<const Verdict> verdicts)
      : mapping_(mapping), policy_(policy), facts_(facts), verdicts_(verdicts) {}

  Decision run() {
    const bool here = !facts_.here.empty();
    const bool there = !facts_.there.empty();
    if (facts_.rows_share_id) {
      fail(20, Note::RowsShareId);
    } else if (here && there) {
      both();
    } else if (here) {
      local_only();
    } else if (there) {
      remote_only();
    } else {
      neither();
    }
    if (holds_unreadable()) merging::note(out_, Note::Unreadable);
    if (!facts_.lost_references.empty()) merging::note(out_, Note::LostReference);
    return std::move(out_);
  }

 private:
  bool holds_unreadable() const {
    for (std::size_t ordinal = 0; ordinal < facts_.here.size(); ++ordinal) {
      if (facts_.here[ordinal].is_unreadable() && merging::lost_reference(facts_, ordinal) == nullptr) return true;
    }
    return false;
  }
  bool writes_local() const { return merging::writes_local(policy_.mode); }
  bool writes_remote() const { return merging::writes_remote(policy_.mode); }
  bool has_link() const { return facts_.linked || !facts_.base.empty(); }
  bool gone() const { return facts_.gone_confirmed || facts_.gone_remembered; }
  bool may_create() const { return policy_.can_create && !policy_.existing_only; }
  /// The row names a remote item, also where no link was ever stored.
  /// An empty text is what a form stores for none.
  bool row_has_id() const {
    const Value& id = facts_.here.front();
    return !id.is_nothing() && !(id.tag() == Value::Tag::Text && trim(id.as_view()).empty());
  }

  void say(int case_number, Note note) {
    out_.case_number = case_number;
    merging::note(out_, note);
  }
  void fail(int case_number, Note note) {
    say(case_number, note);
    out_.error = true;
  }

  void neither() {
    if (!has_link()) {
      out_.case_number = 1;
    } else if (facts_.gone_remembered) {
      out_.case_number = 15;
    } else {
      say(15, facts_.gone_confirmed ? Note::Gone : Note::Unknown);
    }
  }

  void remote_only() {
    const bool known_before = has_link();
    out_.case_number = known_before ? 14 : 3;
    if (known_before && facts_.stays_gone) return;
    if (known_before) merging::note(out_, Note::MissingLocal);
    if (writes_local() && !policy_.existing_only) return insert();
    if (!known_before) merging::note(out_, Note::RemoteOnly);
  }

  void insert() {
    out_.local = Action::Insert;
    out_.take_base = true;
    out_.local_fields.reserve(mapping_.fields().size());
    for (std::size_t ordinal = 0; ordinal < mapping_.fields().size(); ++ordinal) {
      if (!mapping_.fields()[ordinal].write_only) out_.local_fields.push_back({ordinal, Value(), facts_.there[ordinal]});
    }
  }

  void local_only() {
    const bool identified = has_link() || row_has_id();
    if (facts_.intent == IntentState::MarkerFound) return say(16, Note::Unknown);
    if (facts_.intent == IntentState::Suspected) return fail(17, Note::CreateUnresolved);
    if (facts_.intent == IntentState::AtWork && writes_remote() && policy_.can_repeat_create) return fail(17, Note::OutcomeUnknown);
    if (facts_.intent == IntentState::AtWork || facts_.intent == IntentState::MarkerMissing) return open_create(identified);
    if (identified) return missing_remotely();
    if (facts_.by_natural_key) return no_natural_match();
    out_.case_number = 2;
    if (!writes_remote() || !may_create()) return merging::note(out_, Note::LocalOnly);
    create();
  }

  /// Row 17: the create of an earlier run is open, and a complete list does not show its marker.
  void open_create(bool identified) {
    if (!policy_.can_repeat_create) return fail(17, Note::CreateUnresolved);
    if (!writes_remote() || !may_create()) return say(17, Note::CreatePending);
    out_.case_number = 17;
    return identified ? recreate() : create();
  }

  void missing_remotely() {
    out_.case_number = facts_.by_natural_key ? 23 : 13;
    if (!gone()) return merging::note(out_, Note::Unknown);
    if (facts_.stays_gone) return facts_.gone_remembered ? void() : merging::note(out_, Note::MissingRemote);
    if (facts_.by_natural_key || !writes_remote() || !may_create()) return merging::note(out_, Note::MissingRemote);
    recreate();
  }

  void no_natural_match() {
    if (facts_.natural_matches <= 1) return say(22, Note::NotKnownRemotely);
    say(22, Note::SeveralMatches);
    out_.error = writes_remote();
  }

  /// An item is the whole row or nothing.
  void create() {
    if (!merging::unreadable(mapping_, facts_).empty()) return;
    out_.remote = Action::Create;
    merge_against_nothing({});
  }

  void recreate() {
    out_.remote = Action::Recreate;
    merge_against_nothing(facts_.base);
  }

  /// What the row adds to a new item: all of it, or its edits where the base's document is posted again.
  void merge_against_nothing(std::span<const BaseField> known) {
    std::vector<BaseField> base(known.begin(), known.end());
    std::vector<Value> there(mapping_.fields().size(), Value::null());
    for (std::size_t ordinal = 0; ordinal < base.size(); ++ordinal) {
      // No document holds a secret: the row's is sent again. So is what the last document did not hold, however it came to differ.
      const bool told = base[ordinal].not_taken || base[ordinal].no_opinion;
      const bool lacks = !told && base[ordinal].there.is_nothing() && !facts_.here[ordinal].is_nothing();
      if (mapping_.fields()[ordinal].secret || lacks) base[ordinal] = {};
      // What the item that is gone did not take, the new one may.
      if (base[ordinal].not_taken) base[ordinal] = {base[ordinal].there, base[ordinal].there};
      if (!base[ordinal].there.is_absent()) there[ordinal] = base[ordinal].there;
    }
    Facts facts = facts_;
    facts.there = there;
    facts.base = base;
    Policy policy = policy_;
    policy.force = false;
    // What the row lacks comes with the answer; only a conflict that awaits a decision may be settled in the row.
    if (facts_.awaiting.empty()) policy.mode = Mode::Export;
    Standings standings = merging::compare(mapping_, facts);
    merging::weigh_overlaps(mapping_, Mode::Export, facts, standings, &out_.leaves_taken);
    if (!out_.leaves_taken.empty()) merging::note(out_, Note::LeavesTaken);
    merging::settle(mapping_, policy, facts, verdicts_, standings, out_);
    // An item is the whole row or nothing.
    if (!out_.opposed.empty()) out_.remote = Action::None;
    if (!out_.local_fields.empty()) out_.local = Action::Update;
    out_.take_base = true;
    await_verdicts();
  }

  void both() {
    const bool finds_link = !has_link() && !row_has_id();
    if (finds_link && facts_.by_natural_key && facts_.natural_matches != 1) return no_natural_match();
    Standings standings = merging::compare(mapping_, facts_);
    merging::weigh_overlaps(mapping_, policy_.mode, facts_, standings);
    merging::settle(mapping_, policy_, facts_, verdicts_, standings, out_);
    out_.case_number = case_of(standings, finds_link);
    if (facts_.id == IdState::Emptied) merging::note(out_, Note::IdRestored);
    if (facts_.id == IdState::Changed) merging::note(out_, Note::IdChanged);
    choose_actions();
    await_verdicts();
  }

  int case_of(const Standings& standings, bool finds_link) const {
    if (facts_.intent == IntentState::MarkerFound) return 16;
    if (facts_.settled != nullptr) return facts_.base.empty() ? 6 : 12;
    if (facts_.id == IdState::Emptied) return 18;
    if (facts_.id == IdState::Changed) return 19;
    if (finds_link) return 21;
    if (facts_.by_natural_key && facts_.base.empty() && assignment_only_here(standings)) return 24;
    return plain_case(facts_, standings);
  }

  /// A reference (a phone number's assistant) that only the row holds.
  bool assignment_only_here(const Standings& standings) const {
    for (std::size_t ordinal = 1; ordinal < standings.size(); ++ordinal) {
      const Field& field = mapping_.fields()[ordinal];
      if ((field.lookup || !field.twins.empty()) && standings[ordinal] == Standing::Here) return true;
    }
    return false;
  }

  void choose_actions() {
    if (!out_.remote_fields.empty()) out_.remote = Action::Patch;
    if (!out_.local_fields.empty()) out_.local = Action::Update;
    // Also where an item was made anew, and the row still bears the id of the one that is gone.
    if (!row_has_id() || (facts_.intent == IntentState::MarkerFound && !identical(facts_.here.front(), facts_.there.front()))) {
      if (out_.local == Action::None) out_.local = Action::Link;
      out_.local_fields.insert(out_.local_fields.begin(), {0, facts_.here.front(), facts_.there.front()});
    }
    out_.take_base = base_moves();
  }

  /// Would the base be another one if the writes went through as they are meant?
  bool base_moves() const {
    if (facts_.base.empty() || !out_.nothing()) return true;
    const std::vector<BaseField> next = next_base(mapping_, facts_, out_, facts_.here, facts_.there);
    for (std::size_t ordinal = 1; ordinal < next.size(); ++ordinal) {
      const Field& field = mapping_.fields()[ordinal];
      const bool was_known = merging::known(facts_, ordinal);
      if (was_known == next[ordinal].there.is_absent()) return true;
      if (was_known && !merging::equal(field, next[ordinal].here, facts_.base[ordinal].here)) return true;
      if (was_known && !merging::equal(field, next[ordinal].there, facts_.base[ordinal].there)) return true;
    }
    return false;
  }

  /// Until the hook has spoken only the conflicts count.
  void await_verdicts() {
    if (!out_.needs_verdicts) return;
    Decision asking;
    asking.case_number = out_.case_number;
    asking.conflicts = std::move(out_.conflicts);
    std::erase_if(asking.conflicts, [&](const FieldConflict& each) { return merging::contains(facts_.undecided, each.ordinal); });
    asking.needs_verdicts = true;
    out_ = std::move(asking);
  }

  const Mapping& mapping_;
  const Policy& policy_;
  const Facts& facts_;
  std::span<const Verdict> verdicts_;
  Decision out_;
};

}  // namespace

bool Decision::has(Note note) const { return std::find(notes.begin(), notes.end(), note) != notes.end(); }

Decision decide(const Mapping& mapping, const Policy& policy, const Facts& facts, std::span<const Verdict> verdicts) {
  return Decider(mapping, policy, facts, verdicts).run();
}

std::string_view to_string(Action action) {
  static constexpr Words<Action> kActions({{Action::None, "none"},
                                           {Action::Insert, "insert"},
                                           {Action::Update, "update"},
                                           {Action::Link, "link"},
                                           {Action::Create, "create"},
                                           {Action::Patch, "patch"},
                                           {Action::Recreate, "recreate"}});
  return kActions.word(action);
}

const Words<FieldConflict::Winner>& winner_words() {
  using Winner = FieldConflict::Winner;
  static constexpr Words<Winner> kWinners({{Winner::Here, to_string(Side::Local), "the database's value"},
                                           {Winner::There, to_string(Side::Remote), "the remote's value"},
                                           {Winner::Hook, "hook", "the value that the hook gave"},
                                           {Winner::Person, "person", "what a person said"},
                                           {Winner::Nobody, "nobody", "it awaits a person"}});
  return kWinners;
}

}  // namespace lockstep
