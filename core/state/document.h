// A base's document as the state keeps it: compressed with Zstandard and a checksum, for documents are most of what a run writes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "data/arena.h"

namespace lockstep {

/// Compresses documents. Keeps its working memory (about 600 KiB) from one to the next; used by one thread.
class DocumentPacker {
 public:
  DocumentPacker();
  ~DocumentPacker();
  /// The packed form lies in `arena`. A document that would not shrink is handed back as it is.
  std::string_view pack(std::string_view document, Arena& arena);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// The inverse. Throws Error (storage) when the bytes are damaged.
std::string unpack_document(std::string_view packed);

}  // namespace lockstep
