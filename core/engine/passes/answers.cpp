#include "engine/passes/answers.h"

#include <algorithm>

#include "common/text.h"
#include "engine/decide/answer.h"
#include "engine/decide/merge.h"
#include "engine/passes/chunk.h"
#include "engine/passes/documents.h"
#include "engine/sides/hook_result.h"
#include "engine/sides/unshown.h"
#include "format/json.h"
#include "mapping/sets.h"

namespace lockstep {

Answers::Answers(RunContext& run, Chunk& chunk, Documents& documents) : Pass(run), chunk_(chunk), documents_(documents) {}

void Answers::note_stored(const Item& item, Json& fields) const {
  if (fields.object() == nullptr || item.there.empty()) return;
  Arena arena;
  std::vector<FieldChange> sent = item.decision.remote_fields;
  sent.insert(sent.end(), item.added_fields.begin(), item.added_fields.end());
  for (const FieldChange& change : sent) {
    const Field& field = mapping_.fields()[change.ordinal];
    Json* entry = fields.find(field.column);
    if (entry == nullptr || field.write_only || item.there[change.ordinal].is_absent()) continue;
    // A default is filled in on reading; the document holds nothing.
    if (field.fallback && change.after.is_nothing() && lacks(item, change.ordinal)) continue;
    const Value stored = secrets_.mask(change.ordinal, item.there[change.ordinal], arena);
    if (!same(field, stored, change.after)) (*entry)["stored"] = json::to_kept(stored);
  }
}

bool Answers::lacks(const Item& item, std::size_t ordinal) const {
  const Json document = json::parse(item.raw);
  const Json* held = mapping_.place_in(ordinal, document).find(document);
  return held == nullptr || held->is_null();
}

void Answers::take_answer(Item& item, const Document& document, const Json& sent, Arrival& arrival) {
  const std::string_view old_id = item.id;
  const Json standing = item.raw.empty() ? Json(Json::Object{}) : json::parse(item.raw);
  item.id = chunk_.arena().copy(document.id);
  documents_.take_told(item, document.json, sent);
  item.account = chunk_.arena().copy(accounts_.text_of(item.raw));
  std::span<Value> answer = chunk_.arena().make<Value>(mapping_.fields().size());
  const HookVerdict refused = shaper_.shape({item.id, item.label, sync_.nouns.one}, item.raw, answer, chunk_.arena());
  if (refused) {
    tally_.warn(item, "answer", tally_.name_of(item) + " was written; of the answer nothing is taken over: " + *refused);
    const Row row = references_.to_remote(target_.fields(item.stored), chunk_.arena());
    for (std::size_t i = 0; i < row.size(); ++i) answer[i] = normalise(mapping_.fields()[i], row[i], chunk_.arena());
    for (const LostReference& lost : item.facts.lost_references) answer[lost.ordinal] = Value();
    answer[0] = Value::text(item.id);
  }
  for (const std::size_t ordinal : item.untold) answer[ordinal] = Value();
  for (std::size_t i = 0; i < answer.size() && !item.stored.empty(); ++i) {
    answer[i] = with_unshown(mapping_.fields()[i], answer[i], target_.fields(item.stored)[i], chunk_.arena());
  }
  item.there = answer;
  std::vector<Value> shown;
  for (std::size_t i = 0; i < answer.size(); ++i) shown.push_back(secrets_.mask(i, answer[i], chunk_.arena()));
  if (!refused) find_not_taken(item, standing, sent, shown);
  bring_back(item, shown);
  if (item.decision.remote != Action::Patch) take_identity(item, old_id, arrival);
  arrival.local_event = tally_.change_of(item);
  arrival.local_event.second = true;
}

/// What is to be written into the row: what the decision said, and what the server made of what was sent.
void Answers::bring_back(Item& item, Row shown) {
  // A run of one direction touches one side.
  const bool fill = undoing() || policy_.mode != Mode::Export || mapping_.fill();
  std::vector<FieldChange>& changes = item.decision.local_fields;
  for (const FieldChange& change : after_write(mapping_, item.facts, item.decision, shown, fill)) {
    const auto known = std::find_if(changes.begin(), changes.end(), [&](const FieldChange& one) { return one.ordinal == change.ordinal; });
    if (known == changes.end()) {
      changes.push_back(change);
    } else {
      known->after = change.after;
    }
  }
  if (item.decision.local == Action::None && !changes.empty()) item.decision.local = Action::Update;
}

void Answers::take_identity(Item& item, std::string_view old_id, Arrival& arrival) {
  std::vector<FieldChange>& changes = item.decision.local_fields;
  std::erase_if(changes, [](const FieldChange& change) { return change.ordinal == 0; });
  changes.insert(changes.begin(), {0, item.facts.here.front(), Value::text(item.id)});
  if (item.decision.local == Action::None) item.decision.local = Action::Link;
  if (changes.size() == 1) item.decision.local = Action::Link;
  if (old_id.empty()) return;
  Json& entry = arrival.remote_fields[mapping_.key().column];
  entry["before"] = Json(old_id);
  entry["after"] = Json(item.id);
  arrival.replaces = old_id;
}

/// What the server did not take is said once; the base then remembers what each side holds, and it is not sent again until it changes.
void Answers::find_not_taken(Item& item, const Json& standing, const Json& sent, Row shown) {
  std::vector<std::size_t>& out = item.decision.not_taken;
  const Json answer = json::parse(item.raw);
  out = not_taken(mapping_, item.decision, sent, answer, shown);
  item.decision.answered.clear();
  std::erase_if(out, [&](std::size_t ordinal) {
    const bool news = is_news(mapping_, ordinal, standing, sent, answer, *sync_.resource);
    if (news) item.decision.answered.push_back(ordinal);
    return news;
  });
  std::erase_if(out, [&](std::size_t ordinal) { return merging::contains(item.hook_sends, ordinal); });
  std::vector<std::string> values, nulls;
  for (const std::size_t ordinal : item.decision.not_taken) {
    const FieldChange& change = *merging::find(item.decision.remote_fields, ordinal);
    (change.after.is_nothing() ? nulls : values).push_back(mapping_.fields()[ordinal].column);
  }
  keep_what_the_hook_sent(item, shown);
  if (!nulls.empty()) {
    tally_.warn(item, "null_ignored",
                sync_.nouns.provider + " keeps its value where " + tally_.name_of(item) + " was emptied: " + join(nulls, ", "));
  }
  if (!values.empty()) {
    tally_.warn(item, "not_taken",
                sync_.nouns.provider + " did not take " + join(values, ", ") + ": " + tally_.name_of(item) +
                    " holds something else there; it is not sent again until it is edited");
  }
}

/// What the hook sent in the place of the row's value leaves the sides different, and is remembered like what was not taken.
void Answers::keep_what_the_hook_sent(Item& item, Row shown) {
  std::vector<std::string> columns;
  for (const std::size_t ordinal : item.hook_sends) {
    const FieldChange* change = merging::find(item.decision.remote_fields, ordinal);
    const Field& field = mapping_.fields()[ordinal];
    if (change == nullptr || field.write_only || same(field, change->after, shown[ordinal])) continue;
    item.decision.not_taken.push_back(ordinal);
    columns.push_back(field.column);
  }
  if (columns.empty()) return;
  tally_.warn(item, "not_taken",
              "the hook payload sent something else of " + tally_.name_of(item) + " than its row holds: " + join(columns, ", ") +
                  "; the row keeps its own, and it is not sent again until it is edited");
}

}  // namespace lockstep
