#include "engine/passes/persons_word.h"

#include "common/text.h"
#include "engine/decide/merge.h"
#include "engine/passes/chunk.h"
#include "engine/passes/columns.h"
#include "engine/sides/given_value.h"
#include "engine/sides/hook_result.h"

namespace lockstep {

PersonsWord::PersonsWord(RunContext& run, Chunk& chunk, Columns& columns) : Pass(run), chunk_(chunk), columns_(columns) {}

bool PersonsWord::may_resolve(const Facts& facts) const {
  return !facts.here.empty() && !facts.there.empty() && mapping_.find(resolved_column()).has_value();
}

/// The column that a person's word is about, as it is called now.
std::string PersonsWord::resolved_column() const {
  std::string column = options_.resolution()->column;
  for (const Columns::ColumnNames& names : columns_.renamed()) {
    const auto renamed = names.find(to_lower(column));
    if (renamed != names.end()) column = renamed->second;
  }
  return column;
}

/// The person saw what stood there when the conflict was found. What another has written since must not go unseen.
void PersonsWord::check_seen(const Item& item, std::size_t ordinal, const Resolution& resolution) const {
  const Field& field = mapping_.fields()[ordinal];
  Arena scratch;
  const auto moved = [&](const Json& seen, const Value& now) { return !same(field, facts_.comparable_kept(ordinal, seen, scratch), now); };
  const bool here = moved(resolution.here, item.facts.here[ordinal]);
  const Value& shown = item.facts.there[ordinal];
  // States of earlier versions do not say what stands where the column cannot hold it.
  const bool there = shown.is_absent() ? !resolution.there.is_null() && !(resolution.there == kept_there(item, ordinal, shown))
                                       : moved(resolution.there, shown);
  if (!here && !there) return;
  const std::string where = here && there ? "on both sides" : here ? "in the database" : "in " + sync_.nouns.provider;
  throw Error(ErrorKind::Conflict, tally_.name_of(item) + ": " + field.column + " was edited " + where + " since this conflict was found",
              "see how both sides stand: lockstep plan " + sync_.name + " --mode full --id " + std::string(item.id));
}

/// What the mapping's rules say of a value that a person gave, as if it stood in the row already.
std::string PersonsWord::refused_by_rules(const Item& item, std::size_t ordinal) const {
  std::vector<Value> row(item.facts.here.begin(), item.facts.here.end());
  row[ordinal] = *person_.winner;
  for (const FieldProblem& problem : validate(mapping_, row)) {
    if (problem.ordinal == ordinal) return problem.message;
  }
  return {};
}

const Verdict* PersonsWord::settled_by_person(const Item& item) {
  const Resolution& resolution = *options_.resolution();
  const std::optional<std::size_t> ordinal = mapping_.find(resolved_column());
  check_seen(item, *ordinal, resolution);
  person_ = {*ordinal, resolution.take == Resolution::Take::Local ? item.facts.here[*ordinal] : item.facts.there[*ordinal]};
  if (person_.winner->is_absent() && resolution.take == Resolution::Take::Remote) {
    throw Error(ErrorKind::Invalid, resolved_column() + " cannot hold what " + sync_.nouns.provider + " has",
                "use: --take local, or --value");
  }
  if (person_.winner->is_unreadable()) {
    const LostReference* lost = merging::lost_reference(item.facts, *ordinal);
    throw Error(ErrorKind::Invalid, lost == nullptr ? tally_.unreadable(item, *ordinal) : tally_.lost_reference(item, *lost),
                "put the cell right, or use: --take remote, or --value");
  }
  if (resolution.take != Resolution::Take::Value) return &person_;
  const Field& field = mapping_.fields()[*ordinal];
  const auto refuse_secrets = [&](const Value& value) {
    if (!secrets_.is_secret(*ordinal) && !secrets_.is_masked(*ordinal, value)) return;
    throw Error(ErrorKind::Invalid, field.column + " holds secrets, which no command line should", "use: --take local, or --take remote");
  };
  refuse_secrets(item.facts.here[*ordinal]);
  refuse_secrets(item.facts.there[*ordinal]);
  std::string problem;
  person_.winner = take_cell(field, cell_of(field, value_given(field, resolution.value), chunk_.arena()), chunk_.arena(), problem);
  refuse_secrets(secrets_.mask(*ordinal, *person_.winner, chunk_.arena()));
  if (problem.empty()) problem = refused_by_rules(item, *ordinal);
  if (!problem.empty()) throw Error(ErrorKind::Invalid, "--value: " + problem);
  return &person_;
}

}  // namespace lockstep
