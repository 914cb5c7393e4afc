#include "state/document.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "common/error.h"

namespace lockstep {
namespace {

constexpr int kLevel = -1;                                 // nearly as small as level 1 in half the time
constexpr std::size_t kWorthPacking = 128;                 // bytes
constexpr std::size_t kMostBytes = std::size_t{1} << 30U;  // what a damaged header may make us allocate

/// A document is JSON and never begins like a frame of Zstandard.
bool is_packed(std::string_view text) {
  std::uint32_t magic = 0;
  if (text.size() < sizeof magic) return false;
  std::memcpy(&magic, text.data(), sizeof magic);
  return magic == ZSTD_MAGICNUMBER;
}

[[noreturn]] void throw_damaged(const std::string& why) {
  throw Error(ErrorKind::Storage, "a document in lockstep_base is damaged: " + why, "restore the database from a backup");
}

}  // namespace

struct DocumentPacker::Context {
  ZSTD_CCtx* zstd = ZSTD_createCCtx();
  std::string room;
  Context() {
    if (zstd == nullptr) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
  }
  ~Context() { ZSTD_freeCCtx(zstd); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

DocumentPacker::DocumentPacker() : context_(std::make_unique<Context>()) {}
DocumentPacker::~DocumentPacker() = default;

std::string_view DocumentPacker::pack(std::string_view document, Arena& arena) {
  if (document.size() < kWorthPacking) return document;
  std::string& room = context_->room;
  room.resize(std::max(room.size(), ZSTD_compressBound(document.size())));
  const std::size_t size = ZSTD_compress2(context_->zstd, room.data(), room.size(), document.data(), document.size());
  if (ZSTD_isError(size) != 0U || size >= document.size()) return document;
  return arena.copy({room.data(), size});
}

std::string unpack_document(std::string_view packed) {
  if (!is_packed(packed)) return std::string(packed);
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size > kMostBytes) throw_damaged("no size");
  std::string document(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress(document.data(), document.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0U) throw_damaged(ZSTD_getErrorName(got));
  if (got != document.size()) throw_damaged("cut short");
  return document;
}

}  // namespace lockstep
