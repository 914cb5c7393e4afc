// redact(): finds every spelling of every registered secret in the text as it came, then masks the union of what was found, so that
// secrets that overlap leave no remainder. A text without any costs a search for each spelling and one copy.
#include <algorithm>
#include <cstring>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include "common/fragment_index.h"
#include "common/log.h"
#include "common/spelling.h"
#include "common/text.h"

namespace lockstep {
namespace {

constexpr std::size_t kShortest = 6;
constexpr std::string_view kMask = "[redacted]";

using Ranges = FragmentIndex::Ranges;

struct Secrets {
  std::shared_mutex mutex;
  std::vector<std::string> spellings;  ///< that are searched one by one: those too short for the index
  FragmentIndex fragments;
  std::set<std::string, std::less<>> values;
};

/// Never destroyed: other static objects may log while the program ends.
Secrets& secrets() {
  static Secrets& instance = *new Secrets;
  return instance;
}

/// Like text.find(word, from), at the speed of memmem: the library's find looks at each occurrence of the first letter.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
  if (from > text.size() || word.size() > text.size() - from) return std::string_view::npos;
  const void* found = memmem(text.data() + from, text.size() - from, word.data(), word.size());
  return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

void find_secrets(std::string_view text, Ranges& found) {
  Secrets& known = secrets();
  const std::shared_lock lock(known.mutex);
  for (const std::string& spelling : known.spellings) {
    for (std::size_t at = find_word(text, spelling, 0); at != std::string_view::npos; at = find_word(text, spelling, at + 1)) {
      found.emplace_back(at, at + spelling.size());
    }
  }
  known.fragments.find(text, found);
}

bool ends_token(char c) {
  return static_cast<unsigned char>(c) <= ' ' || std::string_view("\"'\\,;<>(){}").find(c) != std::string_view::npos;
}

/// "https://user:password@host": what stands between the colon and the last "@" of the authority.
void find_passwords(std::string_view text, Ranges& found) {
  constexpr std::string_view kBegin = "://";
  for (std::size_t at = find_word(text, kBegin, 0); at != std::string_view::npos; at = find_word(text, kBegin, at + 1)) {
    const std::size_t begin = at + kBegin.size();
    std::size_t end = begin;
    while (end < text.size() && !ends_token(text[end]) && std::string_view("/?#").find(text[end]) == std::string_view::npos) ++end;
    const std::string_view authority = text.substr(begin, end - begin);
    const std::size_t host = authority.rfind('@');
    if (host == std::string_view::npos) continue;
    const std::size_t colon = authority.substr(0, host).find(':');
    if (colon != std::string_view::npos && colon + 1 < host) found.emplace_back(begin + colon + 1, begin + host);
  }
}

void find_bearers(std::string_view text, Ranges& found) {
  // "earer" is searched and the letter before it looked at, so that both cases are found by the fast search.
  constexpr std::string_view kStem = "earer";
  for (std::size_t at = find_word(text, kStem, 0); at != std::string_view::npos; at = find_word(text, kStem, at + 1)) {
    if (at == 0 || (text[at - 1] != 'B' && text[at - 1] != 'b')) continue;
    std::size_t begin = at + kStem.size();
    const std::size_t stem_end = begin;
    while (text.substr(begin).starts_with(' ') || text.substr(begin).starts_with("%20")) begin += text[begin] == ' ' ? 1 : 3;
    std::size_t end = begin;
    while (end < text.size() && !ends_token(text[end])) ++end;
    if (begin > stem_end && end > begin) found.emplace_back(begin, end);
  }
}

std::string mask(std::string_view text, Ranges& ranges) {
  std::sort(ranges.begin(), ranges.end());
  std::string out;
  std::size_t done = 0;
  for (std::size_t i = 0; i < ranges.size();) {
    const std::size_t begin = ranges[i].first;
    std::size_t end = ranges[i].second;
    while (++i < ranges.size() && ranges[i].first < end) end = std::max(end, ranges[i].second);
    out.append(text, done, begin - done).append(kMask);
    done = end;
  }
  return out.append(text, done);
}

}  // namespace

void register_secret(std::string_view value) {
  value = trim(value);
  if (value.size() < kShortest) return;
  std::vector<std::string> fresh = spellings(value);
  for (std::string& coded : encodings(value)) {
    if (coded.size() >= FragmentIndex::kShortest) fresh.push_back(std::move(coded));
  }
  Secrets& known = secrets();
  const std::unique_lock lock(known.mutex);
  if (!known.values.emplace(value).second) return;
  for (std::string& spelling : fresh) {
    const bool searched = std::find(known.spellings.begin(), known.spellings.end(), spelling) != known.spellings.end();
    if (spelling.size() >= FragmentIndex::kShortestText && spelling.find('\0') == std::string::npos) {
      known.fragments.add(spelling);
    } else if (!searched) {
      known.spellings.push_back(std::move(spelling));
    }
  }
}

std::vector<std::string> registered_secrets() {
  Secrets& known = secrets();
  const std::shared_lock lock(known.mutex);
  return {known.values.begin(), known.values.end()};
}

std::string redact(std::string_view text) {
  Ranges found;
  find_secrets(text, found);
  find_bearers(text, found);
  find_passwords(text, found);
  if (found.empty()) return std::string(text);
  return mask(text, found);
}

}  // namespace lockstep
