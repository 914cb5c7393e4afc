// Hash128: the identity of bytes. XXH3 with 128 bits, for change detection; it is no protection against an adversary.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend bool operator==(const Hash128&, const Hash128&) = default;
  /// The zero hash stands for "none".
  explicit operator bool() const { return high != 0 || low != 0; }
  /// 32 lower-case hexadecimal digits: the form in which plans and people see a hash. State tables keep its 16 bytes as a BLOB.
  std::string hex() const;
  static std::optional<Hash128> from_hex(std::string_view text);
};

/// Hash of `bytes`; another `seed` gives an unrelated hash of the same bytes.
Hash128 hash128(std::string_view bytes, std::uint64_t seed = 0);

/// Incremental form, for values that do not lie in one piece. Feeds must be delimited by the caller (length prefixes).
class Hasher {
 public:
  explicit Hasher(std::uint64_t seed = 0);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  Hasher& bytes(std::string_view data);
  Hasher& number(std::uint64_t value);
  /// Length and bytes.
  Hasher& text(std::string_view data);
  Hash128 digest() const;
  void reset();

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::uint64_t seed_;
};

struct Hash128Hasher {
  std::size_t operator()(const Hash128& hash) const { return static_cast<std::size_t>(hash.low); }
};

}  // namespace lockstep
