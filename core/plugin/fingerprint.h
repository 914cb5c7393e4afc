// The fingerprint of a plugin, read from its file without loading it: loading a library of another sanitizer ends the program.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

/// Why a file whose bytes do not hold this program's own fingerprint must not be loaded. nullopt: it may, as far as its bytes tell; the
/// struct itself is looked at after loading.
std::optional<std::string> fingerprint_problem(std::string_view bytes);
/// "was built differently (THEIRS, this program: OURS)".
std::string foreign_fingerprint(std::string_view theirs);

}  // namespace lockstep
