// Masker: puts masks in the place of the secrets of JSON texts, slice by slice: all other bytes stay as they were.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sides/keyed_hash.h"
#include "format/pattern_walk.h"

namespace lockstep {

/// What stands for a secret, as text: "[secret 5f3a…]". `canonical`: its JSON.
std::string mask_of_secret(const KeyedHasher& hasher, std::string_view canonical);
/// A text that mask_of_secret() made.
bool is_secret_mask(std::string_view text);

/// One thread at a time.
class Masker {
 public:
  struct Parts {
    const PathPatterns& patterns;
    const std::vector<PathPatterns::Place>& starts;  ///< PatternWalk's
    const KeyedHasher& hasher;
    const std::vector<std::string>& keys;  ///< texts that are secrets wherever they stand
  };
  /// What `parts` refers to must outlive the masker.
  explicit Masker(const Parts& parts);

  struct Masked {
    std::string_view text;
    std::vector<std::string_view> members;  ///< names of the members of the text's object that hold secrets
  };
  /// The text with its secrets masked, which lives until the next call; nullopt when it holds no secret that is not masked yet. Throws
  /// Error{Corrupt} for what is no JSON.
  std::optional<Masked> mask(std::string_view text, std::size_t start);

 private:
  struct Known {
    std::string canonical, mask;
  };
  bool holds_key(std::string_view literal);
  std::string_view mask_of(std::string_view slice);

  Parts parts_;
  PatternWalk walk_;
  PatternWalk::AlsoWanted holds_key_;
  std::array<Known, 16> known_;  ///< a secret mostly stands in several columns of a row, and in its document
  std::size_t oldest_ = 0;
  std::string text_, room_;
};

}  // namespace lockstep
