// Fits: texts held against regular expressions that are compiled once. Compiling one costs more than a thousand matches.
#pragma once

#include <string>
#include <string_view>

namespace lockstep {

/// The whole of `text` matches `pattern`. std::regex descends into itself for every byte: the caller bounds the text.
bool fits(std::string_view text, const std::string& pattern);

}  // namespace lockstep
