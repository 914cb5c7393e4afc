#include "kinds.h"

#include <iterator>
#include <tuple>
#include <utility>

namespace lockstep::mysql {
namespace {

constexpr int kKindBits = 5, kScaleBits = 6;
constexpr int kUnsigned = 1 << kKindBits, kExact = kUnsigned << 1, kScale = kExact << 1, kDetail = kScale << kScaleBits;

constexpr std::pair<std::string_view, int> kIntegers[] = {{"tinyint", 1}, {"smallint", 2}, {"mediumint", 3}, {"int", 4}, {"bigint", 8}};
/// What is longer than a medium one the server refuses by itself.
constexpr std::pair<std::string_view, int> kTexts[] = {{"tinytext", 255}, {"text", 65535}, {"mediumtext", 0}};
constexpr std::pair<std::string_view, int> kBlobs[] = {{"tinyblob", 255}, {"blob", 65535}, {"mediumblob", 0}, {"longblob", 0}};
constexpr std::pair<std::string_view, Kind> kPlain[] = {{"year", Kind::Year}, {"json", Kind::JsonBinary}, {"date", Kind::Date},
                                                        {"uuid", Kind::Uuid}, {"enum", Kind::Enum},       {"set", Kind::Set}};
constexpr std::pair<std::string_view, Kind> kTimes[] = {{"timestamp", Kind::Instant}, {"datetime", Kind::Clock}, {"time", Kind::Time}};

template <class Table>
auto find(const Table& table, std::string_view name) {
  using Found = decltype(std::begin(table)->second);
  for (const auto& [key, value] : table) {
    if (key == name) return std::optional<Found>(value);
  }
  return std::optional<Found>();
}

/// The kind and its detail.
std::pair<Kind, int> kind_of(const ColumnRow& row) {
  const std::string_view type = row.data_type;
  if (row.json) return {Kind::Json, 0};
  if (type == "tinyint" && row.column_type.starts_with("tinyint(1)")) return {Kind::Boolean, 1};
  if (const auto bytes = find(kIntegers, type)) return {Kind::Integer, *bytes};
  if (const auto bytes = find(kTexts, type)) return {Kind::Limited, *bytes};
  if (const auto bytes = find(kBlobs, type)) return {Kind::Bytes, *bytes};
  if (const auto kind = find(kTimes, type)) return {*kind, row.digits.value_or(0)};
  if (const auto kind = find(kPlain, type)) return {*kind, row.type_number};
  const int characters = row.characters.value_or(0);
  if (type == "varchar") return {Kind::Text, characters};
  if (type == "longtext") return {Kind::Text, 0};
  if (type == "char") return {Kind::Padded, characters};
  if (type == "binary") return {Kind::FixedBytes, characters};
  if (type == "varbinary") return {Kind::Bytes, characters};
  if (type == "float") return {Kind::Real, 4};
  if (type == "double") return {Kind::Real, 8};
  if (type == "decimal") return {Kind::Decimal, 0};
  if (type == "bit") return {Kind::Bit, row.digits.value_or(1)};
  return {Kind::Named, 0};
}

}  // namespace

int Stored::pack() const {
  return static_cast<int>(kind) + (is_unsigned ? kUnsigned : 0) + (exact ? kExact : 0) + scale * kScale + detail * kDetail;
}

Stored Stored::unpack(int storage) {
  Stored out;
  out.kind = static_cast<Kind>(storage % kUnsigned);
  out.is_unsigned = (storage & kUnsigned) != 0;
  out.exact = (storage & kExact) != 0;
  out.scale = storage / kScale % (1 << kScaleBits);
  out.detail = storage / kDetail;
  return out;
}

Stored stored_as(const ColumnRow& row) {
  Stored out;
  std::tie(out.kind, out.detail) = kind_of(row);
  out.is_unsigned = row.column_type.find(" unsigned") != std::string::npos;
  out.exact = row.collation == "utf8mb4_nopad_bin" || row.collation == "utf8mb4_0900_bin";
  const bool has_scale = out.kind == Kind::Decimal || out.kind == Kind::Real;
  if (has_scale && row.scale) out.scale = *row.scale;
  return out;
}

ColumnType nearest_type(const Stored& stored, std::string_view data_type) {
  switch (stored.kind) {
    case Kind::Text: return data_type == "varchar" ? ColumnType::Key : ColumnType::Text;
    case Kind::Padded:
    case Kind::Enum:
    case Kind::Set:
    case Kind::Uuid: return ColumnType::Key;
    case Kind::Integer:
    case Kind::Year: return ColumnType::Integer;
    case Kind::Boolean: return ColumnType::Boolean;
    case Kind::Bit: return stored.detail == 1 ? ColumnType::Boolean : ColumnType::Integer;
    case Kind::Real:
    case Kind::Decimal: return ColumnType::Real;
    case Kind::Json:
    case Kind::JsonBinary: return ColumnType::Json;
    case Kind::Instant:
    case Kind::Clock:
    case Kind::Date: return ColumnType::Timestamp;
    case Kind::Bytes:
    case Kind::FixedBytes: return ColumnType::Blob;
    case Kind::Limited:
    case Kind::Time:
    case Kind::Named: break;
  }
  return ColumnType::Text;
}

}  // namespace lockstep::mysql
