#include "kinds.h"

namespace lockstep::postgresql {
namespace {

constexpr int kModifierHeader = 4;  ///< what PostgreSQL adds to a length in a type's modifier

int after_header(int modifier) { return modifier >= kModifierHeader ? modifier - kModifierHeader : 0; }

}  // namespace

Stored stored_as(std::string_view name, std::string_view type_kind, std::string_view category, int modifier) {
  if (category == "A") return {Kind::Array, 0};
  if (type_kind != "b") return {Kind::Named, 0};
  if (name == "text") return {Kind::Text, 0};
  if (name == "varchar") return {Kind::Text, after_header(modifier)};
  if (name == "bpchar") return {Kind::Padded, after_header(modifier)};
  if (name == "int2") return {Kind::Integer, 2};
  if (name == "int4") return {Kind::Integer, 4};
  if (name == "int8") return {Kind::Integer, 8};
  if (name == "xid" || name == "oid") return {Kind::Integer, 8};
  if (name == "float4") return {Kind::Real, 4};
  if (name == "float8") return {Kind::Real, 8};
  // The scale of numeric(10,2) is in the lower 11 bits; without a modifier it keeps what it gets.
  if (name == "numeric") return {Kind::Numeric, modifier >= kModifierHeader ? ((modifier - kModifierHeader) & 0x7ff) + 1 : 0};
  if (name == "bool") return {Kind::Boolean, 0};
  if (name == "json") return {Kind::Json, 0};
  if (name == "jsonb") return {Kind::JsonBinary, 0};
  if (name == "timestamptz") return {Kind::Instant, modifier >= 0 ? modifier : 6};
  if (name == "timestamp") return {Kind::Clock, modifier >= 0 ? modifier : 6};
  if (name == "date") return {Kind::Date, 0};
  if (name == "uuid") return {Kind::Uuid, 0};
  if (name == "bytea") return {Kind::Bytes, 0};
  return {Kind::Named, 0};
}

ColumnType nearest_type(const Stored& stored, std::string_view name) {
  switch (stored.kind) {
    case Kind::Text: return name == "text" ? ColumnType::Text : ColumnType::Key;
    case Kind::Padded:
    case Kind::Uuid: return ColumnType::Key;
    case Kind::Integer: return ColumnType::Integer;
    case Kind::Real:
    case Kind::Numeric: return ColumnType::Real;
    case Kind::Boolean: return ColumnType::Boolean;
    case Kind::Json:
    case Kind::JsonBinary: return ColumnType::Json;
    case Kind::Instant:
    case Kind::Clock:
    case Kind::Date: return ColumnType::Timestamp;
    case Kind::Bytes: return ColumnType::Blob;
    case Kind::Array:
    case Kind::Named: break;
  }
  return ColumnType::Text;
}

bool compares_by_value(Kind kind) {
  switch (kind) {
    case Kind::Integer:
    case Kind::Real:
    case Kind::Numeric:
    case Kind::Boolean:
    case Kind::Instant:
    case Kind::Clock:
    case Kind::Date:
    case Kind::Uuid:
    case Kind::Bytes: return true;
    case Kind::Text:
    case Kind::Padded:
    case Kind::Json:
    case Kind::JsonBinary:
    case Kind::Array:
    case Kind::Named: break;
  }
  return false;
}

}  // namespace lockstep::postgresql
