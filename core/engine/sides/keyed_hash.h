// Keyed hash: who does not know the key can neither make nor compare one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace lockstep {

/// HMAC-SHA-256 of many texts under one key. May be used by several threads at once.
class KeyedHasher {
 public:
  explicit KeyedHasher(std::string_view key);
  /// 64 hexadecimal digits.
  std::string hash(std::string_view bytes) const;

 private:
  struct Begun;
  std::shared_ptr<const Begun> begun_;
};

/// The same of one text.
std::string keyed_hash(std::string_view key, std::string_view bytes);

}  // namespace lockstep
