#include "format/fits.h"

#include <map>
#include <regex>

namespace lockstep {

bool fits(std::string_view text, const std::string& pattern) {
  thread_local std::map<std::string, std::regex> compiled;
  auto found = compiled.find(pattern);
  if (found == compiled.end()) found = compiled.emplace(pattern, std::regex(pattern)).first;
  return std::regex_match(text.begin(), text.end(), found->second);
}

}  // namespace lockstep
