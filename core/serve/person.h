// Person: who asks the server, and what they may do.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "config/serve_settings.h"

namespace lockstep::serve {

struct Person {
  std::string name;   ///< of the token
  std::string token;  ///< its id
  Scope scope = Scope::Read;
  std::vector<std::string> syncs;  ///< that they may see; empty: all
  enum class Via { Token, Session } via = Via::Token;
  std::string peer;  ///< address that they ask from; empty over a Unix socket

  bool may_see(std::string_view sync) const { return syncs.empty() || std::find(syncs.begin(), syncs.end(), sync) != syncs.end(); }
};

/// For the journal: "ada (token, 10.0.0.7)".
std::string shown(const Person& person);

}  // namespace lockstep::serve
