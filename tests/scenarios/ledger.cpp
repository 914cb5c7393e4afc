#include "scenarios/ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "common/text.h"
#include "format/json.h"
#include "scenarios/database_kind.h"
#include "scenarios/two_sided.h"

namespace lockstep::test {
namespace {

using Kind = Watched::Kind;

/// An object that holds places of watched columns: people may spoil it, and what it held must be in the journal.
const Watched kParent{"model", "model", Kind::Json};

std::vector<Watched> all_columns() {
  std::vector<Watched> all = watched();
  std::erase_if(all, [](const Watched& field) { return !field.member.empty(); });
  all.push_back(kParent);
  return all;
}

std::optional<Json> parsed(const std::string& text) {
  try {
    return json::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The cell as JSON; nullopt where it is not what its column says.
std::optional<Json> readable(const Watched& field, const Stored& cell) {
  if (cell.type == "null") return Json();
  if (cell.type == "blob" || !is_utf8(cell.bytes)) return std::nullopt;
  if (field.kind == Kind::Text) return Json(cell.bytes);
  if (field.kind == Kind::Real && cell.type != "real" && cell.type != "integer") return std::nullopt;
  // Infinity is spelled "Inf".
  return parsed(cell.bytes);
}

/// Without the case of letters, which a converter of the mapping may change; nothing is empty.
std::string comparable(const Json& value) { return value.is_null() ? "" : to_lower(json::canonical(value)); }

/// What the cell of a member's object, or of the field itself, holds.
std::optional<Json> read_whole(const Watched& field, const Stored& cell) { return readable(field.member.empty() ? field : kParent, cell); }

/// The value in the cell; an object that cannot be read holds none of its members.
std::optional<Json> shown(const Watched& field, const Stored& cell) {
  const auto object = read_whole(field, cell);
  if (field.member.empty()) return object;
  const Json* member = object ? object->find(field.member) : nullptr;
  return member == nullptr ? Json() : *member;
}

std::string comparable(const Watched& field, const Stored& cell) {
  const auto value = shown(field, cell);
  return value ? comparable(*value) : "unreadable " + cell.type + " " + cell.bytes;
}

std::string comparable(const Watched& field, const Json& item) {
  const Json* value = value_in(item, field.path);
  return value == nullptr ? "" : comparable(*value);
}

/// What the journal must say of a cell that was overwritten.
bool tells_of(const Json& before, const Watched& field, const Stored& cell) {
  if (const auto value = readable(field, cell)) return json::canonical(before) == json::canonical(*value);
  // A number that is none is kept as it is spelled, and SQLite spells it otherwise.
  if (cell.type == "real") return json::canonical(before).find(R"({"$unreadable":{"real":)") == 0;
  const auto storage = cell.type == "blob" ? Value::Storage::Blob : Value::Storage::Text;
  return json::canonical(before) == json::canonical(json::to_kept(Value::unreadable(storage, cell.bytes)));
}

using Journal = std::map<std::string, std::vector<Json>>;  ///< key of a row → fields of all its entries

Journal journal_of(const std::string& file) {
  Journal journal;
  for (const Cells& row : query(file, "SELECT local_key, fields FROM lockstep_change WHERE side = 'local' AND fields IS NOT NULL"))
    journal[row[0]].push_back(json::parse(row[1]));
  return journal;
}

bool holds(const std::vector<Json>& entries, const Watched& field, const Stored& cell) {
  return std::any_of(entries.begin(), entries.end(), [&](const Json& fields) {
    const Json* change = fields.find(field.column);
    const Json* before = change == nullptr ? nullptr : change->find("before");
    return before != nullptr && tells_of(*before, field, cell);
  });
}

/// One line says both.
bool is_told(const std::string& said, const std::string& first, const std::string& then) {
  const std::size_t at = said.find(first);
  return at != std::string::npos && said.substr(at, said.find('\n', at) - at).find(then, first.size()) != std::string::npos;
}

std::map<std::string, int> names_of_rows(const Shot& shot) {
  std::map<std::string, int> names;
  for (const auto& [key, row] : shot.rows) ++names[row.name];
  return names;
}

std::map<std::string, int> names_of_items(const Shot& shot) {
  std::map<std::string, int> names;
  for (const auto& [id, item] : shot.items) ++names[item.text_at("name")];
  return names;
}

}  // namespace

const std::vector<Watched>& watched() {
  static const std::vector<Watched> all = {{"first_message", "firstMessage", Kind::Text},
                                           {"end_call_message", "endCallMessage", Kind::Text},
                                           {"voicemail_message", "voicemailMessage", Kind::Text},
                                           {"model_name", "model.model", Kind::Text},
                                           {"end_call_phrases", "endCallPhrases", Kind::Json},
                                           {"model_temperature", "model.temperature", Kind::Real},
                                           {"model", "model.promptCacheKey", Kind::Text, "promptCacheKey"}};
  return all;
}

Shot Ledger::look() const {
  Shot shot;
  const std::vector<Watched> columns = all_columns();
  std::string sql = "SELECT id, vapi_assistant_id, name";
  for (const Watched& field : columns) sql += ", " + field.column;
  for (const std::vector<Stored>& cells : kind_of(file_).rows(file_, sql + " FROM assistants", nullptr)) {
    Shot::RowShot& row = shot.rows[cells[0].bytes];
    row.remote_id = cells[1].bytes;
    row.name = cells[2].bytes;
    for (std::size_t i = 0; i < columns.size(); ++i) row.cells[columns[i].column] = cells[3 + i];
  }
  shot.items = world_of(sandbox_);
  return shot;
}

void Ledger::wrote(const std::string& text) { written_[text] = since_[text] = step_; }

/// The journal, the conflicts and the promises.
std::string Ledger::journal_text() const {
  std::string all;
  for (const char* sql :
       {"SELECT fields FROM lockstep_change", "SELECT body FROM lockstep_intent", "SELECT here, there FROM lockstep_conflict"})
    for (const Cells& row : query(file_, sql))
      for (const std::string& cell : row) all += cell + "\n";
  return all;
}

/// Where a value is safe: on either side and in the journal. What both sides agreed on once is no such place.
std::string Ledger::everywhere() const {
  std::string all = sandbox_.state() + journal_text();
  for (const auto& [key, row] : look().rows) {
    for (const auto& [column, cell] : row.cells) all += cell.bytes + "\n";
  }
  return to_lower(all);
}

/// A column that is empty in every row, and was not before, counts as new: nobody empties all rows one by one.
void Ledger::forget_blank_columns() {
  const Shot shot = look();
  for (const Watched& field : watched()) {
    const bool blank = std::all_of(shot.rows.begin(), shot.rows.end(), [&](const auto& row) {
      const Stored& cell = row.second.cells.at(field.column);
      return cell.type != "blob" && cell.bytes.empty();
    });
    if (blank) forget_column(field.name());
  }
}

void Ledger::forget_what_is_gone() {
  forget_blank_columns();
  const std::string all = everywhere();
  std::erase_if(written_, [&](const auto& entry) { return all.find(entry.first) == std::string::npos; });
}

void Ledger::forget_column(const std::string& column) {
  for (auto& [pair, fields] : agreed_) fields.erase(column);
}

void Ledger::check(const Shot& before, const Told& told, const std::string& said) {
  const Shot after = look();
  expect_journaled(before, after, said);
  expect_edits_kept(before, after, told, said);
  expect_no_twins(before, after, said);
  expect_nothing_lost(said);
  agree(after);
}

void Ledger::expect_journaled(const Shot& before, const Shot& after, const std::string& said) const {
  const Journal journal = journal_of(file_);
  for (const auto& [key, row] : before.rows) {
    const auto now = after.rows.find(key);
    if (now == after.rows.end()) continue;
    for (const Watched& field : all_columns()) {
      const Stored& was = row.cells.at(field.column);
      if (was == now->second.cells.at(field.column) || was.type == "null") continue;
      const auto entries = journal.find(key);
      if (entries == journal.end() || !holds(entries->second, field, was))
        ADD_FAILURE() << "not in the journal: row " << key << " " << field.column << " " << was.type << " " << was.bytes << "\n" << said;
    }
  }
  // Of a field with a converter the journal keeps what the rule makes of the document.
  const std::string converted = to_lower(journal_text());
  for (const std::string& value : unjournaled_remote(before.items, after.items, file_)) {
    if (converted.find(to_lower(value.substr(value.find(": ") + 2))) == std::string::npos)
      ADD_FAILURE() << "not in the journal: item " << value << "\n" << said;
  }
}

/// One field of a pair, before and after a run.
struct Ledger::Change {
  std::string key, id, column;
  std::string here, there, here_now, there_now;
};

void Ledger::expect_edits_kept(const Shot& before, const Shot& after, const Told& told, const std::string& said) {
  for (const auto& [key, row] : before.rows) {
    const auto now = after.rows.find(key);
    const auto item = before.items.find(row.remote_id);
    if (now == after.rows.end() || now->second.remote_id != row.remote_id || item == before.items.end()) continue;
    const auto item_now = after.items.find(row.remote_id);
    if (item_now == after.items.end()) continue;
    for (const Watched& field : watched()) {
      weigh({key, row.remote_id, field.name(), comparable(field, row.cells.at(field.column)), comparable(field, item->second),
             comparable(field, now->second.cells.at(field.column)), comparable(field, item_now->second)},
            told, said);
    }
  }
}

void Ledger::weigh(const Change& change, const Told& told, const std::string& said) {
  const auto tell = [&](const std::string& what, const std::string& was, const std::string& is) {
    ADD_FAILURE() << what << ": row " << change.key << ", item " << change.id << ", " << change.column << ": " << was << " → " << is << "\n"
                  << said;
  };
  const bool written_here = change.here != change.here_now, written_there = change.there != change.there_now;
  if (!written_here && !written_there) return;
  auto& fields = agreed_[{change.key, change.id}];
  const auto agreed = fields.find(change.column);
  if (told.undoes >= 0 || told.by_hand) {
    const auto is_newer = [&](const std::string& value) {
      return std::any_of(since_.begin(), since_.end(),
                         [&](const auto& entry) { return entry.second > told.undoes && value.find(entry.first) != std::string::npos; });
    };
    if (told.undoes >= 0 && written_here && is_newer(change.here)) tell("rolled back an edit of the row", change.here, change.here_now);
    if (told.undoes >= 0 && written_there && is_newer(change.there))
      tell("rolled back an edit of the item", change.there, change.there_now);
    fields.erase(change.column);
    return;
  }
  if (agreed == fields.end()) return;
  // Row 19: what this row and another item agreed on is nothing that these two did.
  if (said.find("(ID: " + change.id + ") bears another ID in the database than it had") != std::string::npos) return;
  // An object is one field: both sides may have edited other members of it.
  if (change.column.find('.') != std::string::npos && is_told(said, "(ID: " + change.id + ") was edited on both sides: ", "model")) return;
  const bool edited_here = change.here != agreed->second, edited_there = change.there != agreed->second;
  if (written_here && edited_here && !edited_there && !told.replaces)
    tell("an item that nobody edited overwrote an edit of the row", change.here, change.here_now);
  if (written_there && edited_there && !edited_here)
    tell("a row that nobody edited overwrote an edit of the item", change.there, change.there_now);
}

/// As many rows and items of a name as people have made, at the most; no id in more rows than people have put it in.
void Ledger::expect_no_twins(const Shot& before, const Shot& after, const std::string& said) const {
  const auto compare = [&](const char* what, const std::map<std::string, int>& were, const std::map<std::string, int>& are) {
    for (const auto& [name, made] : made_) {
      const auto was = were.find(name), is = are.find(name);
      const int allowed = std::max(was == were.end() ? 0 : was->second, made);
      if (is != are.end() && is->second > allowed) ADD_FAILURE() << is->second << " " << what << " named " << name << "\n" << said;
    }
  };
  compare("rows", names_of_rows(before), names_of_rows(after));
  compare("items", names_of_items(before), names_of_items(after));
  std::map<std::string, int> ids;
  for (const auto& [key, row] : before.rows) --ids[row.remote_id];
  std::map<std::string, int> bear;
  for (const auto& [key, row] : after.rows) {
    ++ids[row.remote_id];
    ++bear[row.remote_id];
  }
  for (const auto& [id, more] : ids) {
    if (!id.empty() && more > 0 && bear[id] > 1) ADD_FAILURE() << bear[id] << " rows bear the id " << id << "\n" << said;
  }
}

void Ledger::expect_nothing_lost(const std::string& said) const {
  const std::string all = everywhere();
  for (const auto& [text, step] : written_) {
    if (all.find(text) == std::string::npos) ADD_FAILURE() << "lost: " << text << "\n" << said;
  }
}

void Ledger::agree(const Shot& after) {
  std::map<std::string, int> bear;
  for (const auto& [key, row] : after.rows) ++bear[row.remote_id];
  for (const auto& [key, row] : after.rows) {
    const auto item = after.items.find(row.remote_id);
    if (item == after.items.end() || bear[row.remote_id] > 1) continue;
    for (const Watched& field : watched()) {
      const std::string here = comparable(field, row.cells.at(field.column));
      if (here == comparable(field, item->second)) agreed_[{key, row.remote_id}][field.name()] = here;
    }
  }
}

std::vector<Ledger::Difference> Ledger::differences() const {
  std::vector<Difference> out;
  const Shot shot = look();
  std::set<std::string> paired;
  for (const auto& [key, row] : shot.rows) {
    const auto item = shot.items.find(row.remote_id);
    if (item == shot.items.end()) {
      out.push_back({"row " + key + " has no item", {row.name, "row " + key + " of"}});
      continue;
    }
    paired.insert(row.remote_id);
    for (const Watched& field : watched()) {
      const Stored& cell = row.cells.at(field.column);
      const std::string here = comparable(field, cell), there = comparable(field, item->second);
      if (here == there) continue;
      const std::string what = "row " + key + " " + field.column + ": " + here + " / " + there;
      out.push_back({what, {}});
      if (!read_whole(field, cell)) out.back().words = {"row " + key + ", column " + field.column};
    }
  }
  for (const std::string& id : sandbox_.ids()) {
    if (!paired.contains(id)) out.push_back({"item " + id + " has no row", {sandbox_.item(id)->text_at("name"), id}});
  }
  return out;
}

}  // namespace lockstep::test
