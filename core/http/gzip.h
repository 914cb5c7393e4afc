// gzip: undoes the content encoding. Own loop over zlib, because Poco's stream ends quietly on cut data and forgets a second member.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace lockstep::http {

/// Called with the size that a buffer is about to get.
using Growth = std::function<void(std::size_t bytes)>;

/// Number of bytes written to `out` (which is only ever enlarged; its old memory is used). Throws Failure{Cut} for incomplete data,
/// Failure{Malformed} for what is no gzip and for wrong checksums, Failure{TooLarge} for more than `cap` bytes.
std::size_t gunzip(std::string_view packed, std::size_t cap, std::string& out, const Growth& before_growth = {});

}  // namespace lockstep::http
