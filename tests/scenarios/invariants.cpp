#include "scenarios/invariants.h"

#include <filesystem>

#include "format/json.h"

namespace lockstep::test {

std::vector<std::string> forbidden_requests(const std::vector<sandbox::LoggedRequest>& requests) {
  std::vector<std::string> found;
  for (const sandbox::LoggedRequest& entry : requests) {
    const auto& request = entry.request;
    if (request.method == "DELETE" || request.method == "PUT" || (request.method == "POST" && request.path.starts_with("/phone-number"))) {
      found.push_back(request.method + " " + request.path);
    }
  }
  return found;
}

std::vector<std::string> vanished(const Dump& before, const Dump& after) {
  std::vector<std::string> found;
  for (const auto& [table, rows] : before) {
    const auto now = after.find(table);
    for (const auto& [key, cells] : rows) {
      if (now == after.end() || !now->second.contains(key)) found.push_back(table + " " + key);
    }
  }
  return found;
}

std::vector<std::string> unjournaled(const Dump& before, const Dump& after, const std::string& table, const std::string& file) {
  std::vector<std::string> found;
  if (!before.contains(table) || !after.contains(table)) return found;
  std::map<std::string, std::string> journal;  // key → all its entries
  if (dump(file, true).contains("lockstep_change")) {
    for (const Cells& row : query(file, "SELECT local_key, fields FROM lockstep_change WHERE fields IS NOT NULL"))
      journal[row[0]] += row[1] + "\n";
  }
  for (const auto& [key, cells] : before.at(table)) {
    const auto now = after.at(table).find(key);
    if (now == after.at(table).end()) continue;
    for (const auto& [column, value] : cells) {
      if (now->second.at(column) == value) continue;
      if (journal[key].find(json::quote(column) + ":") == std::string::npos)
        found.push_back(table + " " + key + " " + column + ": " + value);
    }
  }
  return found;
}

std::vector<std::string> leaked(const std::string& text, const std::string& where, const std::vector<std::string>& secrets) {
  std::vector<std::string> found;
  for (const std::string& secret : secrets) {
    const auto at = text.find(secret);
    if (at != std::string::npos) found.push_back(secret + " in " + where + ": …" + text.substr(at < 60 ? 0 : at - 60, 160));
  }
  return found;
}

std::string state_text(const std::string& file) {
  std::string text;
  for (const auto& [table, rows] : dump(file, true)) {
    for (const auto& [key, cells] : rows) {
      for (const auto& [column, value] : cells) text += table + "." + column + "=" + value + "\n";
    }
  }
  return text;
}

}  // namespace lockstep::test
