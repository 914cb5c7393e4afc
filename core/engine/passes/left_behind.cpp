#include "engine/passes/left_behind.h"

#include <set>

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
  find_renumbered();
}

/// The row has left and got another key since.
void LeftBehind::find_renumbered() {
  if (target_.constants.empty()) return;
  std::set<std::size_t> known;
  for (const auto& [link, borne] : locals_.bearing_another()) known.insert(link);
  for (std::size_t link = 0; link < links_.size(); ++link) {
    const bool missing = locals_.of_link(link) == LocalRows::LinkRow::Missing && !locals_.out_of_reach(link) && links_[link].gone_at == 0;
    if (!missing || known.contains(link) || links_[link].local_key.empty() || locals_.find(links_[link].remote_id)) continue;
    std::string borne = made_outside(link);
    if (borne.empty()) continue;
    locals_.leave(link);
    left_behind_.emplace(link, std::move(borne));
  }
}

/// By the journal: the item that another sync has made of the link's row, and that a row outside bears. Empty: none.
std::string LeftBehind::made_outside(std::size_t link) {
  for (const ChangeEntry& change : state_.changes({.record = std::string(links_[link].local_key)})) {
    const bool makes =
        change.side == Side::Remote && (change.action == to_string(Action::Create) || change.action == to_string(Action::Recreate));
    if (makes && change.sync_id != entry_.id && change.local_key == links_[link].local_key && is_borne(change.remote_id))
      return change.remote_id;
  }
  return {};
}

/// By a row of the table, whosever it is.
bool LeftBehind::is_borne(const std::string& id) {
  const Filter bearers{{{mapping_.key().column, Filter::Op::Equal, {Value::text(id)}}}, {}, 1};
  return !id.empty() && !sync_.store->read(target_.table, target_.shape, bearers).empty();
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
