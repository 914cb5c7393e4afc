// Spool: records that wait until the list is complete. A few megabytes stay in memory, the rest goes to an unnamed temporary file.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/hash.h"
#include "data/arena.h"
#include "data/row.h"

namespace lockstep {

/// A record with its mapped row, as the read pass left it.
struct WaitingRecord {
  std::string id;
  std::string raw;
  Hash128 hash;
  std::uint32_t link = UINT32_MAX;   ///< index into the links
  std::uint32_t local = UINT32_MAX;  ///< index into LocalRows::rows()
  OwnedRow row;
};

class Spool {
 public:
  explicit Spool(std::size_t memory_bytes = 4U << 20U) : memory_bytes_(memory_bytes) {}
  /// Throws Error{Storage} when the temporary file cannot be written.
  void push(std::string_view id, std::string_view raw, const Hash128& hash, std::uint32_t link, std::uint32_t local, Row row);
  std::size_t size() const { return count_; }
  /// Reads everything back from the beginning, once, `most` at a time; empty at the end.
  std::vector<WaitingRecord> take(std::size_t most);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void spill();
  bool refill();

  std::size_t memory_bytes_;
  std::size_t count_ = 0;
  std::string buffer_;       ///< entries not written to the file yet
  std::size_t read_at_ = 0;  ///< in buffer_, once reading
  std::unique_ptr<std::FILE, Closer> file_;
  bool reading_ = false;
  std::string tail_;  ///< what had not been spilled when reading began
};

}  // namespace lockstep
