// gzip: undoes the content encoding. Own loop over zlib, because Poco's stream ends quietly on cut data and forgets a second member.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lockstep::http {

/// Number of bytes written to `out` (which is only ever enlarged; its old memory is used). Throws Failure{Cut} for incomplete data and
/// Failure{Malformed} for what is no gzip, for wrong checksums and for more than `cap` bytes.
std::size_t gunzip(std::string_view packed, std::size_t cap, std::string& out);

}  // namespace lockstep::http
