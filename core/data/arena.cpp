#include "data/arena.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace lockstep {

Arena& Arena::operator=(Arena&& other) noexcept {
  block_bytes_ = other.block_bytes_;
  blocks_ = std::move(other.blocks_);
  used_blocks_ = std::exchange(other.used_blocks_, 0);
  next_ = std::exchange(other.next_, nullptr);
  left_ = std::exchange(other.left_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  other.blocks_.clear();
  return *this;
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  char* out = allocate(text.size());
  std::memcpy(out, text.data(), text.size());
  return {out, text.size()};
}

char* Arena::allocate_slow(std::size_t bytes) {
  while (used_blocks_ < blocks_.size() && blocks_[used_blocks_].size < bytes) ++used_blocks_;
  if (used_blocks_ == blocks_.size()) {
    const std::size_t size = std::max(bytes, block_bytes_);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    capacity_ += size;
  }
  Block& block = blocks_[used_blocks_++];
  next_ = block.bytes.get() + bytes;
  left_ = block.size - bytes;
  return block.bytes.get();
}

void Arena::clear() {
  used_blocks_ = 0;
  next_ = nullptr;
  left_ = 0;
}

}  // namespace lockstep
