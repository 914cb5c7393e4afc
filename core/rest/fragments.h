// Fragments: services repeat a part of a wrong key in their refusal, "sk-abc***wxyz". Half a key is worth hiding too.
#pragma once

#include <string>
#include <string_view>

namespace lockstep::rest {

/// `text` with "[redacted]" for each word that is masked with stars or dots and begins or ends as `key` does, that has three stars or more,
/// or that shares six or more characters in a row with the key.
std::string without_fragments(std::string_view text, std::string_view key);

}  // namespace lockstep::rest
