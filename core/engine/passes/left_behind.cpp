#include "engine/passes/left_behind.h"

#include "common/text.h"
#include "engine/passes/agreed_rows.h"

namespace lockstep {

LeftBehind::LeftBehind(RunContext& run, AgreedRows& agreed_rows) : Pass(run), agreed_rows_(agreed_rows) {}

void LeftBehind::find_left_behind() {
  std::optional<std::unordered_map<std::string, std::string>> remade;
  for (const auto& [link, borne] : locals_.bearing_another()) {
    if (locals_.of_link(link) != LocalRows::LinkRow::Missing || locals_.out_of_reach(link) || locals_.find(links_[link].remote_id))
      continue;
    const std::string key(links_[link].local_key);
    if (!remade) remade = state_.remade();
    const auto made_of_it = [&](std::string_view id) {
      const auto found = remade->find(std::string(id));
      return found != remade->end() && found->second == key;
    };
    if (!made_of_it(links_[link].remote_id) && !made_of_it(borne) && !is_agreed_outside(link)) continue;
    locals_.leave(link);
    left_behind_.emplace(link, borne);
  }
}

Rows LeftBehind::row_outside(std::size_t link) {
  const std::vector<OwnedRow> keys{key_values(links_[link].local_key, target_.key_types)};
  return read_by_key(*sync_.store, target_, keys, true);
}

/// The cells of the row outside say that it is the one that the link was about.
bool LeftBehind::is_agreed_outside(std::size_t link) {
  const Rows rows = row_outside(link);
  const std::int64_t ids[] = {links_[link].id};
  const auto bases = state_.load_bases(ids);
  if (rows.empty() || bases.empty()) return false;
  return agreed_rows_.is_agreed_with(links_[link], bases.begin()->second, rows[0]);
}

void LeftBehind::tell_left_behind() {
  for (const auto& [link, borne] : left_behind_) {
    if (!seen_[link] || links_[link].left_at != 0) continue;
    Item item;
    item.id = item.label = links_[link].remote_id;
    item.key = links_[link].local_key;
    const Rows rows = row_outside(link);
    const Value label = rows.empty() ? Value() : target_.fields(rows[0])[mapping_.label()];
    if (label.tag() == Value::Tag::Text && !label.as_view().empty()) item.label = label.as_view();
    tally_.warn(item, "left_behind",
                tally_.name_of(item) + " stays in " + sync_.nouns.provider + " without a row: " + row_name(item.key) +
                    ", whose it was, is none of this sync's any more and goes on with " + in_quotes(borne) +
                    "; nothing was deleted. To hear no more of it, run: lockstep forget " + std::string(item.id) + sync_option());
  }
}

}  // namespace lockstep
