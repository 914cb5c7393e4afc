#include "engine/sides/keyed_hash.h"

#include <Poco/HMACEngine.h>
#include <Poco/SHA2Engine.h>

namespace lockstep {
namespace {

struct Sha256 : Poco::SHA2Engine {
  enum { BLOCK_SIZE = 64, DIGEST_SIZE = 32 };
};

}  // namespace

std::string keyed_hash(std::string_view key, std::string_view bytes) {
  Poco::HMACEngine<Sha256> engine(std::string{key});
  engine.update(std::string{bytes});
  return Poco::DigestEngine::digestToHex(engine.digest());
}

}  // namespace lockstep
