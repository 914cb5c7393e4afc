// law(): what must hold for every input of a fuzz target. A broken one ends the program, so that libFuzzer and the replay keep the input.
#pragma once

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace lockstep::fuzz {

inline void law(bool holds, std::string_view what, std::string_view about = {}) {
  if (holds) return;
  std::cerr << "broken law: " << what << "\n" << about << "\n";
  std::abort();
}

inline std::string_view text_of(const unsigned char* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

}  // namespace lockstep::fuzz
