#include "rules.h"

#include <algorithm>
#include <cctype>

#include "common/text.h"

namespace lockstep::sqlite {
namespace {

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

/// Behind the text, name or comment that begins at `at`; `at` itself where none does.
std::size_t behind_quoted(std::string_view sql, std::size_t at) {
  const auto behind = [&](std::string_view end, std::size_t from) {
    const std::size_t found = sql.find(end, from);
    return found == std::string_view::npos ? sql.size() : found + end.size();
  };
  switch (sql[at]) {
    case '\'':
    case '"':
    case '`': return behind(sql.substr(at, 1), at + 1);
    case '[': return behind("]", at + 1);
    case '-': return sql.substr(at).starts_with("--") ? behind("\n", at) : at;
    case '/': return sql.substr(at).starts_with("/*") ? behind("*/", at) : at;
    default: return at;
  }
}

/// Behind the parenthesis that closes the one at `open`.
std::size_t behind_parentheses(std::string_view sql, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < sql.size();) {
    if (const std::size_t behind = behind_quoted(sql, at); behind != at) {
      at = behind;
      continue;
    }
    depth += sql[at] == '(' ? 1 : sql[at] == ')' ? -1 : 0;
    ++at;
    if (depth == 0) return at;
  }
  return sql.size();
}

bool is_word_at(std::string_view lower, std::size_t at, std::string_view word) {
  const std::size_t end = at + word.size();
  return lower.substr(at).starts_with(word) && (at == 0 || !in_word(lower[at - 1])) && (end >= lower.size() || !in_word(lower[end]));
}

std::size_t skip_blanks(std::string_view sql, std::size_t at) {
  while (at < sql.size() && std::isspace(static_cast<unsigned char>(sql[at])) != 0) ++at;
  return at;
}

}  // namespace

std::vector<std::string> checks_in(std::string_view statement) {
  constexpr std::string_view kCheck = "check";
  const std::string lower = to_lower(statement);
  std::vector<std::string> checks;
  for (std::size_t at = 0; at < statement.size();) {
    if (const std::size_t behind = behind_quoted(statement, at); behind != at) {
      at = behind;
      continue;
    }
    const std::size_t open = is_word_at(lower, at, kCheck) ? skip_blanks(lower, at + kCheck.size()) : lower.size();
    if (open >= lower.size() || lower[open] != '(') {
      ++at;
      continue;
    }
    at = behind_parentheses(statement, open);
    checks.push_back("CHECK " + std::string(statement.substr(open, at - open)));
  }
  return checks;
}

bool may_raise(std::string_view trigger) {
  const std::string lower = to_lower(trigger);
  const auto has = [&](std::string_view word, std::size_t until) {
    for (std::size_t at = lower.find(word); at < until; at = lower.find(word, at + 1)) {
      if (is_word_at(lower, at, word)) return true;
    }
    return false;
  };
  const std::size_t body = std::min(lower.find("begin"), lower.size());
  return has("raise", lower.size()) && !has("delete", body);
}

std::vector<std::string> named_in(std::string_view text, const std::vector<Column>& columns) {
  const std::string lower = to_lower(text);
  std::vector<std::string> named;
  for (const Column& column : columns) {
    const std::string name = to_lower(column.name);
    for (std::size_t at = lower.find(name); at != std::string::npos; at = lower.find(name, at + 1)) {
      if (!is_word_at(lower, at, name)) continue;
      named.push_back(column.name);
      break;
    }
  }
  return named;
}

}  // namespace lockstep::sqlite
