#include "scenarios/footprint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace lockstep::test {
namespace {

std::string columns_of(const std::string& file, const std::string& table) {
  return query(file, "SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('" + table + "') WHERE name <> 'id'").at(0).at(0);
}

/// Each database masks secrets by a key of its own.
void forget_masks(Cells& row) {
  const std::string begin = "[secret ";
  for (std::string& cell : row) {
    for (std::size_t at = cell.find(begin); at != std::string::npos; at = cell.find(begin, at + 1)) {
      const std::size_t mask = at + begin.size(), end = cell.find_first_not_of("0123456789abcdef", mask);
      if (end != std::string::npos && end > mask && cell[end] == ']') cell.erase(mask, end - mask);
    }
  }
}

std::map<std::string, Cells> by_first_cell(const std::string& what, const std::vector<Cells>& rows) {
  std::map<std::string, Cells> out;
  for (Cells row : rows) {
    forget_masks(row);
    if (!out.emplace(row[0], row).second) ADD_FAILURE() << "two " << what << " for " << row[0];
  }
  return out;
}

bool has_state(const std::string& file) {
  return query(file,
               "SELECT count(*) FROM sqlite_master WHERE name IN ('lockstep_link', 'lockstep_base', 'lockstep_fields', 'lockstep_change', "
               "'lockstep_sync', 'lockstep_rejected')")[0][0] == "6";
}

void add_state(const std::string& file, Footprint& out) {
  out.links =
      by_first_cell("links", query(file,
                                   "SELECT l.remote_id, a.vapi_assistant_id, l.remote_hash, l.row_hash, l.gone_at IS NULL, "
                                   "f.fields, b.document, b.held FROM lockstep_link l LEFT JOIN assistants a ON a.id = l.local_key "
                                   "LEFT JOIN lockstep_fields f ON f.id = l.fields_id LEFT JOIN lockstep_base b ON b.link_id = l.id"));
  for (Cells& entry :
       query(file,
             "SELECT c.remote_id, c.side, c.action, c.case_number, c.label, c.fields, l.remote_id, r.run IS NOT NULL FROM "
             "lockstep_change c LEFT JOIN lockstep_link l ON l.id = c.link_id LEFT JOIN lockstep_run r ON r.id = c.run_id")) {
    forget_masks(entry);
    out.changes[entry[0]].push_back(std::move(entry));
  }
  for (auto& [id, entries] : out.changes) std::sort(entries.begin(), entries.end());
  for (const char* sql : {"SELECT name, remote_count, local_count FROM lockstep_sync ORDER BY name",
                          "SELECT remote_id, reason FROM lockstep_rejected WHERE closed_at IS NULL ORDER BY remote_id"}) {
    for (Cells& row : query(file, sql)) out.rest.push_back(std::move(row));
  }
}

/// A cell may hold a whole document: the place where two differ is what helps.
std::string difference_of(const Cells& is, const Cells& expected) {
  for (std::size_t i = 0; i < is.size() && i < expected.size(); ++i) {
    if (is[i] == expected[i]) continue;
    const auto place =
        static_cast<std::size_t>(std::mismatch(is[i].begin(), is[i].end(), expected[i].begin(), expected[i].end()).first - is[i].begin());
    const std::size_t from = place < 40 ? 0 : place - 40;
    const std::string wanted = from < expected[i].size() ? expected[i].substr(from, 120) : "";
    return "cell " + std::to_string(i) + " is …" + is[i].substr(from, 120) + "… and not …" + wanted + "…";
  }
  return is.size() == expected.size() ? "" : "another number of cells";
}

template <class Value>
std::string ids_that_differ(const std::string& what, const std::map<std::string, Value>& is, const std::map<std::string, Value>& expected) {
  std::string out;
  for (const auto& [id, value] : expected) {
    const auto found = is.find(id);
    if (found == is.end()) {
      out += what + " of " + id + " is missing\n";
    } else if (!(found->second == value)) {
      out += what + " of " + id + " differs";
      if constexpr (std::is_same_v<Value, Cells>) out += ": " + difference_of(found->second, value);
      out += "\n";
    }
  }
  for (const auto& [id, value] : is) {
    if (!expected.contains(id)) out += what + " of " + id + " should not be there\n";
  }
  return out;
}

/// What `map` holds for an id, or nothing.
template <class Value>
Value value_at(const std::map<std::string, Value>& map, const std::string& id) {
  const auto found = map.find(id);
  return found == map.end() ? Value() : found->second;
}

}  // namespace

Footprint footprint_of(const std::string& file) {
  Footprint out;
  out.rows = by_first_cell("rows", query(file, "SELECT vapi_assistant_id, " + columns_of(file, "assistants") + " FROM assistants"));
  out.rest = query(file, "SELECT * FROM users ORDER BY id");
  if (has_state(file)) add_state(file, out);
  return out;
}

std::string difference(const Footprint& is, const Footprint& expected) {
  std::string out = ids_that_differ("the row", is.rows, expected.rows) + ids_that_differ("the link", is.links, expected.links) +
                    ids_that_differ("the journal", is.changes, expected.changes);
  for (const Cells& cells : is.rest) {
    if (std::find(expected.rest.begin(), expected.rest.end(), cells) == expected.rest.end())
      out += "unexpected: " + ::testing::PrintToString(cells) + "\n";
  }
  for (const Cells& cells : expected.rest) {
    if (std::find(is.rest.begin(), is.rest.end(), cells) == is.rest.end()) out += "missing: " + ::testing::PrintToString(cells) + "\n";
  }
  return out;
}

void expect_old_or_new(const Footprint& is, const Footprint& before, const Footprint& after) {
  std::set<std::string> ids;
  for (const Footprint* one : {&is, &before, &after}) {
    for (const auto& [id, row] : one->rows) ids.insert(id);
    for (const auto& [id, link] : one->links) ids.insert(id);
    for (const auto& [id, entries] : one->changes) ids.insert(id);
  }
  for (const std::string& id : ids) {
    SCOPED_TRACE("assistant " + id);
    const Cells row = value_at(is.rows, id), old_row = value_at(before.rows, id), new_row = value_at(after.rows, id);
    EXPECT_TRUE(row == old_row || row == new_row) << "neither the old row nor the new one: " << difference_of(row, new_row);
    const Cells link = value_at(is.links, id), new_link = value_at(after.links, id);
    EXPECT_TRUE(link == value_at(before.links, id) || link == new_link)
        << "neither the old link nor the new one: " << difference_of(link, new_link);
    if (old_row == new_row) continue;
    const auto entries = value_at(is.changes, id);
    EXPECT_TRUE(entries == value_at(row == new_row ? after.changes : before.changes, id)) << entries.size() << " journal entries";
    EXPECT_TRUE(row != new_row || link == new_link) << "the row is new and its link is not: " << difference_of(link, new_link);
  }
}

void expect_nothing_overwritten(const Footprint& is, const Footprint& before) {
  for (const auto& [id, row] : before.rows)
    EXPECT_TRUE(value_at(is.rows, id) == row) << id << ": " << difference_of(value_at(is.rows, id), row);
}

}  // namespace lockstep::test
