#include "format/name_globs.h"

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

void append_plain_name(std::string& out, std::string_view name) {
  for (const char c : name) {
    if (c == '_' || c == '-') continue;
    out += lower(c);
  }
}

std::string plain_name(std::string_view name) {
  std::string out;
  append_plain_name(out, name);
  return out;
}

bool glob_matches(std::string_view glob, std::string_view name) {
  std::size_t at = 0, here = 0, star = std::string_view::npos, retry = 0;
  while (here < name.size()) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      retry = here;
    } else if (at < glob.size() && glob[at] == name[here]) {
      ++at;
      ++here;
    } else if (star != std::string_view::npos) {
      // The last star takes one more byte; what earlier ones took need never change.
      at = star + 1;
      here = ++retry;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

void NameGlobs::add(std::string glob, int number) {
  const bool told_by_last = !glob.empty() && glob.back() != '*';
  std::vector<Glob>& list = told_by_last ? by_last_[static_cast<unsigned char>(glob.back())] : others_;
  const bool suffix = glob.rfind('*') == 0;
  list.push_back({std::move(glob), number, suffix});
}

bool NameGlobs::may_end_with(char last) const {
  return last == '_' || last == '-' || !others_.empty() || !by_last_[static_cast<unsigned char>(lower(last))].empty();
}

int NameGlobs::find(std::string_view plain) const {
  int best = -1;
  const auto look = [&](const std::vector<Glob>& globs) {
    for (const Glob& glob : globs) {
      if (glob.number <= best) continue;
      const bool fits = glob.suffix ? plain.ends_with(std::string_view(glob.text).substr(1)) : glob_matches(glob.text, plain);
      if (fits) best = glob.number;
    }
  };
  if (!plain.empty()) look(by_last_[static_cast<unsigned char>(plain.back())]);
  look(others_);
  return best;
}

}  // namespace lockstep
