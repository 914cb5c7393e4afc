#include "state/document.h"

#include <gtest/gtest.h>

#include "common/error.h"

namespace lockstep {
namespace {

std::string document_of(std::size_t bytes) {
  std::string text = R"({"id":"a","messages":[")";
  while (text.size() < bytes) text += "Ask for the order number and repeat it digit by digit. ";
  return text + "\"]}";
}

TEST(Document, ComesBackByteForByte) {
  DocumentPacker packer;
  Arena arena;
  const std::string with_zero("{\"a\": \"\\u0000\"}\0 ", 17);
  for (const std::string& text :
       {std::string(), std::string("{}"), with_zero, document_of(127), document_of(7000), document_of(3'000'000)}) {
    EXPECT_EQ(unpack_document(packer.pack(text, arena)), text) << text.size();
  }
}

TEST(Document, IsPackedSmall) {
  DocumentPacker packer;
  Arena arena;
  EXPECT_LT(packer.pack(document_of(7000), arena).size(), 3500U);
  const std::string small = R"({"id":"a"})";
  EXPECT_EQ(packer.pack(small, arena).data(), small.data()) << "what does not shrink is kept as it is";
}

TEST(Document, DamageIsNoticed) {
  DocumentPacker packer;
  Arena arena;
  const std::string packed(packer.pack(document_of(7000), arena));
  EXPECT_THROW(unpack_document(packed.substr(0, packed.size() - 1)), Error);
  for (std::size_t at = 0; at < packed.size(); at += 7) {
    std::string bent = packed;
    bent[at] = static_cast<char>(bent[at] ^ 0x10);
    try {
      // A frame whose first bytes are bent is no frame, and is then no JSON either.
      if (unpack_document(bent) == document_of(7000)) ADD_FAILURE() << "byte " << at << " was bent and nobody noticed";
    } catch (const Error& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::Storage);
    }
  }
}

}  // namespace
}  // namespace lockstep
