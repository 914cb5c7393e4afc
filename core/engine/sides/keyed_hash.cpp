#include "engine/sides/keyed_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <new>

#include "common/error.h"

namespace lockstep {

/// The two hashes of RFC 2104, once they have read the key.
struct KeyedHasher::Begun {
  static constexpr std::size_t kBlock = 64;
  using Block = std::array<unsigned char, kBlock>;
  using Digest = std::array<unsigned char, 32>;
  struct Release {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_MD_CTX, Release>;

  explicit Begun(std::string_view key) {
    Block block{};
    if (key.size() > kBlock) {
      const Context whole = make();
      start(whole.get());
      const Digest digest = finish(whole.get(), key.data(), key.size());
      std::copy(digest.begin(), digest.end(), block.begin());
    } else {
      std::copy(key.begin(), key.end(), block.begin());
    }
    read(inner.get(), block, 0x36);
    read(outer.get(), block, 0x5c);
  }

  static void check(int result) {
    if (result != 1) throw Error(ErrorKind::Invalid, "SHA-256 is not available");
  }
  static Context make() {
    Context context(EVP_MD_CTX_new());
    if (!context) throw std::bad_alloc();
    return context;
  }
  static void start(EVP_MD_CTX* context) { check(EVP_DigestInit_ex(context, EVP_sha256(), nullptr)); }
  static void read(EVP_MD_CTX* context, Block key, unsigned char pad) {
    for (unsigned char& byte : key) byte ^= pad;
    start(context);
    check(EVP_DigestUpdate(context, key.data(), key.size()));
  }
  static Digest finish(EVP_MD_CTX* context, const void* bytes, std::size_t size) {
    Digest digest{};
    check(EVP_DigestUpdate(context, bytes, size));
    check(EVP_DigestFinal_ex(context, digest.data(), nullptr));
    return digest;
  }

  Context inner = make(), outer = make();
};

KeyedHasher::KeyedHasher(std::string_view key) : begun_(std::make_shared<const Begun>(key)) {}

std::string KeyedHasher::hash(std::string_view bytes) const {
  thread_local const Begun::Context context = Begun::make();
  Begun::check(EVP_MD_CTX_copy_ex(context.get(), begun_->inner.get()));
  const Begun::Digest inner = Begun::finish(context.get(), bytes.data(), bytes.size());
  Begun::check(EVP_MD_CTX_copy_ex(context.get(), begun_->outer.get()));
  std::string digits;
  for (const unsigned char byte : Begun::finish(context.get(), inner.data(), inner.size())) {
    digits += "0123456789abcdef"[byte >> 4U];
    digits += "0123456789abcdef"[byte & 15U];
  }
  return digits;
}

std::string keyed_hash(std::string_view key, std::string_view bytes) { return KeyedHasher(key).hash(bytes); }

}  // namespace lockstep
