// Overlaps: a JSON column and the columns of its leaves hold the same places twice. A parent is therefore looked at in two parts: its own
// (what no leaf has a column for) and the places of its leaves. Only JSON of fields that changed is ever parsed.
#include <algorithm>
#include <optional>
#include <string>

#include "engine/decide/merge.h"
#include "format/json.h"
#include "mapping/convert.h"
#include "mapping/transform.h"

namespace lockstep::merging {
namespace {

/// The document as far as one parent's value tells it.
class ParentValue {
 public:
  ParentValue(const Field& parent, const Value& value) {
    readable_ = !value.is_unreadable();
    if (!readable_ || value.is_nothing()) return;
    try {
      parent.from.reach(document_) = json::from_value(value);
    } catch (const Error&) {
      // A path that leads through a scalar: it can only be compared as a whole, as an unreadable cell is.
      readable_ = false;
    }
  }

  bool readable() const { return readable_; }
  /// What stands at the place of a leaf; nothing stands as null.
  Json place(const Field& leaf) const {
    const Json* found = leaf.from.find(document_);
    return found == nullptr ? Json() : *found;
  }
  /// Do both tell the same outside the places of the leaves? An element that a leaf selects stands where it stands in its list: only one
  /// that the other value lacks, and that comes and goes with its leaf, is no difference.
  static bool own_same(const Mapping& mapping, const std::vector<std::size_t>& leaves, const ParentValue& a, const ParentValue& b) {
    Json one = a.document_, other = b.document_;
    for (const std::size_t leaf : leaves) {
      const Path& place = mapping.fields()[leaf].from;
      if (place.has_holder(one) && place.has_holder(other)) {
        place.reach(one) = place.reach(other) = Json();
      } else if (!a.place(mapping.fields()[leaf]).is_null()) {
        place.erase(one);
      } else if (!b.place(mapping.fields()[leaf]).is_null()) {
        place.erase(other);
      }
    }
    return json::canonical(one) == json::canonical(other);
  }

 private:
  Json document_;
  bool readable_ = true;
};

bool same_place(const Field& leaf, const Json& a, const Json& b) {
  if (!leaf.sets.empty()) {
    Arena arena(512);
    return same(leaf, as_json(json::to_value(a, arena), arena), as_json(json::to_value(b, arena), arena));
  }
  return json::canonical(a) == json::canonical(b);
}

/// What a converter of the hook makes of a place is not known here. A lookup's column is compared as the remote value that it stands for.
bool is_knowable(const Field& leaf) { return std::all_of(leaf.transforms.begin(), leaf.transforms.end(), transform::is_builtin); }

/// Does the leaf's column say what stands at its place in the parent's column?
bool agrees(const Field& leaf, const Json& place, const Value& column) {
  if (!is_knowable(leaf)) return false;
  Arena arena(512);
  if (place.is_null() && leaf.fallback) return same(leaf, cell_of(leaf, *leaf.fallback, arena), column);
  const std::optional<Value> value = read_place(leaf, place, arena);
  return value && same(leaf, *value, column);
}

/// One parent in its four states.
class Overlap {
 public:
  Overlap(const Mapping& mapping, const Facts& facts, std::size_t parent)
      : mapping_(mapping),
        facts_(facts),
        parent_(parent),
        known_(known(facts, parent)),
        here_(field(parent), facts.here[parent]),
        there_(field(parent), facts.there[parent]),
        base_here_(field(parent), known_ ? facts.base[parent].here : Value()),
        base_there_(field(parent), known_ ? facts.base[parent].there : Value()) {}

  bool readable() const { return here_.readable() && there_.readable() && base_here_.readable() && base_there_.readable(); }

  bool place_changed_here(std::size_t leaf) const {
    return !same_place(field(leaf), here_.place(field(leaf)), base_here_.place(field(leaf)));
  }
  bool place_changed_there(std::size_t leaf) const {
    return !same_place(field(leaf), there_.place(field(leaf)), base_there_.place(field(leaf)));
  }
  bool places_differ(std::size_t leaf) const { return !same_place(field(leaf), here_.place(field(leaf)), there_.place(field(leaf))); }
  bool agrees_here(std::size_t leaf) const { return agrees(field(leaf), here_.place(field(leaf)), facts_.here[leaf]); }
  bool agrees_there(std::size_t leaf) const { return agrees(field(leaf), there_.place(field(leaf)), facts_.there[leaf]); }

  /// The row's leaf column was edited too, and says the same.
  bool covered(std::size_t leaf) const { return !field(leaf).remote_owned() && edited_here(mapping_, facts_, leaf) && agrees_here(leaf); }

  /// How a clash of the parent stands once its leaves are left to themselves.
  Standing weigh_clash() const {
    if (!readable()) return Standing::Clash;
    if (!known_) return explained() ? Standing::Follows : Standing::Clash;
    bool uncovered = false;
    bool uncovered_clash = false;
    for (const std::size_t leaf : leaves()) {
      if (!place_changed_here(leaf) || covered(leaf)) continue;
      uncovered = true;
      if (place_changed_there(leaf) && places_differ(leaf)) uncovered_clash = true;
    }
    // The same edit on both sides is none that they could differ about.
    const bool apart = !own_same(here_, there_);
    const bool own_here = apart && !own_same(here_, base_here_);
    if (!own_here && !uncovered) return Standing::There;
    const bool own_there = apart && !own_same(there_, base_there_);
    return !own_there && !uncovered_clash ? Standing::Here : Standing::Clash;
  }

  /// The row's object was edited at a place over whose column a person has been asked: to send it would settle that.
  bool meets_open_conflict() const {
    return readable() && std::any_of(leaves().begin(), leaves().end(), [&](std::size_t leaf) {
             return contains(facts_.undecided, leaf) && place_changed_here(leaf) && places_differ(leaf);
           });
  }

  /// The place of a leaf that was edited in the row was edited there too and tells something else. An object that says nothing there leaves
  /// it to the leaf.
  bool disagrees(std::size_t leaf) const {
    if (!readable() || field(leaf).write_only || !place_changed_here(leaf) || agrees_here(leaf)) return false;
    return facts_.here[leaf].is_nothing() || !here_.place(field(leaf)).is_null();
  }

 private:
  const Field& field(std::size_t ordinal) const { return mapping_.fields()[ordinal]; }
  const std::vector<std::size_t>& leaves() const { return field(parent_).leaves; }
  bool own_same(const ParentValue& a, const ParentValue& b) const { return ParentValue::own_same(mapping_, leaves(), a, b); }

  /// Without a base: the sides differ only in places whose columns differ in the same way.
  bool explained() const {
    return own_same(here_, there_) && std::all_of(leaves().begin(), leaves().end(), [&](std::size_t leaf) {
             return !places_differ(leaf) || (agrees_here(leaf) && agrees_there(leaf));
           });
  }

  const Mapping& mapping_;
  const Facts& facts_;
  std::size_t parent_;
  bool known_;
  ParentValue here_, there_, base_here_, base_there_;
};

bool would_be_sent(Standing standing) {
  return standing == Standing::Here || standing == Standing::Clash || standing == Standing::Disagreement;
}

/// A leaf of what the remote emptied is part of that conflict: sending it alone would bring the parent back.
void join_emptied(const Field& parent, Standings& standings) {
  for (const std::size_t leaf : parent.leaves) {
    if (standings[leaf] == Standing::Here) standings[leaf] = Standing::Clash;
  }
}

/// An unknown leaf whose column is empty there only because it cannot show what the remote holds at its place is nothing to be filled: that
/// would overwrite a value that nobody has seen. What a converter makes of the place may well be nothing.
/// A new item holds no secret of the document that it is made from.
void join_unshown(const Mapping& mapping, const Facts& facts, std::size_t parent, bool is_new_item, Standings& standings) {
  const Field& field = mapping.fields()[parent];
  for (const std::size_t ordinal : field.leaves) {
    const Field& leaf = mapping.fields()[ordinal];
    if (standings[ordinal] != Standing::Here || known(facts, ordinal) || leaf.write_only || !leaf.transforms.empty()) continue;
    if (is_new_item && leaf.secret) continue;
    if (!ParentValue(field, facts.there[parent]).place(leaf).is_null()) standings[ordinal] = Standing::Clash;
  }
}

void weigh_disagreements(const Mapping& mapping, const Facts& facts, std::size_t parent, Standings& standings,
                         std::vector<std::size_t>* taken) {
  const std::vector<std::size_t>& leaves = mapping.fields()[parent].leaves;
  if (std::none_of(leaves.begin(), leaves.end(), [&](std::size_t leaf) { return would_be_sent(standings[leaf]); })) return;
  const Overlap overlap(mapping, facts, parent);
  for (const std::size_t leaf : leaves) {
    if (!would_be_sent(standings[leaf]) || !overlap.disagrees(leaf)) continue;
    if (taken != nullptr && (!known(facts, parent) || !known(facts, leaf))) {
      if (is_knowable(mapping.fields()[leaf]) && !contains(*taken, leaf)) taken->push_back(leaf);
      continue;
    }
    standings[leaf] = Standing::Disagreement;
    standings[parent] = Standing::Disagreement;
  }
}

}  // namespace

void weigh_overlaps(const Mapping& mapping, Mode mode, const Facts& facts, Standings& standings, std::vector<std::size_t>* taken) {
  for (std::size_t parent = 1; parent < standings.size(); ++parent) {
    const Field& field = mapping.fields()[parent];
    join_unshown(mapping, facts, parent, taken != nullptr, standings);
    if (field.leaves.empty() || standings[parent] != Standing::Clash) continue;
    standings[parent] = Overlap(mapping, facts, parent).weigh_clash();
    if (standings[parent] == Standing::Clash && facts.there[parent].is_nothing()) join_emptied(field, standings);
  }
  // An import sends nothing, so what the row says twice need not agree yet.
  if (!writes_remote(mode)) return;
  for (std::size_t parent = 1; parent < standings.size(); ++parent) {
    if (standings[parent] == Standing::Here && Overlap(mapping, facts, parent).meets_open_conflict()) standings[parent] = Standing::Clash;
    if (would_be_sent(standings[parent])) weigh_disagreements(mapping, facts, parent, standings, taken);
  }
}

bool agree(const Mapping& mapping, std::size_t parent, const Value& object, std::size_t leaf, const Value& column) {
  const Field& field = mapping.fields()[leaf];
  const ParentValue value(mapping.fields()[parent], object);
  return !value.readable() || column.is_unreadable() || !is_knowable(field) || agrees(field, value.place(field), column);
}

bool differ_where_sent(const Mapping& mapping, std::size_t parent, const Value& a, const Value& b, const Decision& decision) {
  const Field& field = mapping.fields()[parent];
  std::vector<std::size_t> sent;
  for (const std::size_t leaf : field.leaves) {
    if (find_sent(decision, leaf) != nullptr) sent.push_back(leaf);
  }
  const ParentValue one(field, a), other(field, b);
  return one.readable() && other.readable() && ParentValue::own_same(mapping, sent, one, other);
}

std::vector<std::size_t> leaves_to_keep(const Mapping& mapping, const Facts& facts, const FieldChange& sent, const Decision& decision) {
  std::vector<std::size_t> kept;
  const Field& field = mapping.fields()[sent.ordinal];
  if (field.leaves.empty() || !equal(field, sent.after, facts.here[sent.ordinal])) return kept;
  const Overlap overlap(mapping, facts, sent.ordinal);
  for (const std::size_t leaf : field.leaves) {
    if (mapping.fields()[leaf].write_only || find(decision.remote_fields, leaf) != nullptr || !overlap.places_differ(leaf)) continue;
    if (!overlap.place_changed_here(leaf) || overlap.covered(leaf)) kept.push_back(leaf);
  }
  return kept;
}

}  // namespace lockstep::merging
