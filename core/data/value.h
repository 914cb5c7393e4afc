// Value: one cell. 16 bytes, trivially copyable; text is borrowed from an arena, an OwnedRow or a literal.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "common/hash.h"

namespace lockstep {

class Value {
 public:
  enum class Tag : std::uint8_t {
    Absent,  ///< the path does not exist in the document, or the column was not read
    Null,
    Bool,
    Int,         ///< 64-bit signed
    Real,        ///< finite double
    Number,      ///< a JSON number that fits neither, kept verbatim (12345678901234567890, 1e400)
    Text,        ///< UTF-8, may hold NUL
    Json,        ///< canonical JSON text; a store answers a JSON column's text as it stands (format/json.h)
    Unreadable,  ///< a cell that is not what its column says: its bytes and how they are stored
  };
  /// How a database stores an unreadable cell.
  enum class Storage : std::uint8_t { Text, Blob, Integer, Real };

  constexpr Value() = default;
  static constexpr Value null() { return Value(Tag::Null); }
  static constexpr Value boolean(bool value) {
    Value out(Tag::Bool);
    out.payload_.integer = value ? 1 : 0;
    return out;
  }
  static constexpr Value integer(std::int64_t value) {
    Value out(Tag::Int);
    out.payload_.integer = value;
    return out;
  }
  static constexpr Value real(double value) {
    Value out(Tag::Real);
    out.payload_.real = value;
    return out;
  }
  static constexpr Value number(std::string_view verbatim) { return view(Tag::Number, verbatim); }
  /// Up to 4 GiB.
  static constexpr Value text(std::string_view text) { return view(Tag::Text, text); }
  static constexpr Value json(std::string_view canonical) { return view(Tag::Json, canonical); }
  /// Numbers are given as they are spelled: "5", "inf".
  static constexpr Value unreadable(Storage storage, std::string_view bytes) {
    Value out = view(Tag::Unreadable, bytes);
    out.storage_ = storage;
    return out;
  }

  Tag tag() const { return tag_; }
  bool is_absent() const { return tag_ == Tag::Absent; }
  /// Absent or null: the two are one thing wherever values are compared.
  bool is_nothing() const { return tag_ <= Tag::Null; }
  bool is_view() const { return tag_ >= Tag::Number; }
  bool is_unreadable() const { return tag_ == Tag::Unreadable; }
  /// Of an unreadable one.
  Storage storage() const { return storage_; }

  bool as_bool() const { return payload_.integer != 0; }
  std::int64_t as_integer() const { return payload_.integer; }
  double as_real() const { return payload_.real; }
  /// Bytes of Number, Text, Json and Unreadable.
  std::string_view as_view() const { return {payload_.bytes, length_}; }
  /// A view whose bytes, the same ones, lie elsewhere.
  Value moved_to(std::string_view bytes) const {
    Value out = *this;
    out.payload_.bytes = bytes.data();
    return out;
  }

  /// Same tag, storage and bytes; no normalising (that is mapping/compare.h).
  friend bool identical(const Value& a, const Value& b) {
    if (a.tag_ != b.tag_ || a.storage_ != b.storage_) return false;
    if (a.is_view()) return a.as_view() == b.as_view();
    return a.tag_ <= Tag::Null || a.payload_.integer == b.payload_.integer;
  }

 private:
  constexpr explicit Value(Tag tag) : tag_(tag) {}
  static constexpr Value view(Tag tag, std::string_view bytes) {
    Value out(tag);
    out.payload_.bytes = bytes.data();
    out.length_ = static_cast<std::uint32_t>(bytes.size());
    return out;
  }

  union Payload {
    std::int64_t integer = 0;
    double real;
    const char* bytes;
  } payload_;
  std::uint32_t length_ = 0;
  Tag tag_ = Tag::Absent;
  Storage storage_ = Storage::Text;
};
static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

/// What a person reads: text as it is, numbers and JSON as written, "null" for null and absent, bytes that are no text as x'00ff'.
std::string to_display(const Value& value);

}  // namespace lockstep
