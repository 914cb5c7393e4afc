#include "data/row.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "common/text.h"

namespace lockstep {
namespace {

std::string hexadecimal(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "x'";
  for (const char byte : bytes) {
    out += kDigits[static_cast<unsigned char>(byte) >> 4U];
    out += kDigits[static_cast<unsigned char>(byte) & 15U];
  }
  return out += "'";
}

template <class Number>
Number number_from(std::string_view digits) {
  Number number{};
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

std::string to_display(const Value& value) {
  switch (value.tag()) {
    case Value::Tag::Absent:
    case Value::Tag::Null: return "null";
    case Value::Tag::Bool: return value.as_bool() ? "true" : "false";
    case Value::Tag::Int: return std::to_string(value.as_integer());
    case Value::Tag::Real: {
      char buffer[32];
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, value.as_real());
      return {buffer, end.ptr};
    }
    case Value::Tag::Number:
    case Value::Tag::Text:
    case Value::Tag::Json: break;
    case Value::Tag::Unreadable:
      if (value.storage() == Value::Storage::Blob || !is_utf8(value.as_view())) return hexadecimal(value.as_view());
      break;
  }
  return std::string(value.as_view());
}

Shape::Shape(std::vector<std::string> columns) : columns_(std::move(columns)) {
  for (std::size_t i = 0; i < columns_.size(); ++i) ordinals_.emplace(columns_[i], i);
}

std::optional<std::size_t> Shape::find(std::string_view column) const {
  if (const auto found = ordinals_.find(column); found != ordinals_.end()) return found->second;
  const auto folded = std::find_if(columns_.begin(), columns_.end(), [&](const auto& name) { return equal_ignore_case(name, column); });
  if (folded == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(folded - columns_.begin());
}

OwnedRow::OwnedRow(Row row) : size_(row.size()) {
  std::size_t bytes = row.size() * sizeof(Value);
  for (const Value& value : row) {
    if (value.is_view()) bytes += value.as_view().size();
  }
  if (bytes == 0) return;
  memory_ = std::make_unique_for_overwrite<char[]>(bytes);
  Value* cells = reinterpret_cast<Value*>(memory_.get());
  char* text = memory_.get() + row.size() * sizeof(Value);
  for (std::size_t i = 0; i < row.size(); ++i) {
    Value value = row[i];
    if (value.is_view()) {
      const std::string_view view = value.as_view();
      if (!view.empty()) std::memcpy(text, view.data(), view.size());
      value = value.moved_to({text, view.size()});
      text += view.size();
    }
    std::construct_at(cells + i, value);
  }
}

std::span<Value> Rows::add() {
  cells_.resize(cells_.size() + width_);
  return {cells_.data() + cells_.size() - width_, width_};
}

void Rows::add_borrowed(Row row) { cells_.insert(cells_.end(), row.begin(), row.end()); }

void Rows::add_copied(Row row) {
  for (const Value& value : row) cells_.push_back(value.is_view() ? value.moved_to(arena_.copy(value.as_view())) : value);
}

void Rows::clear() {
  cells_.clear();
  arena_.clear();
}

Hash128 hash_row(Row row, std::uint64_t seed) {
  // Cells are laid side by side and hashed in one go: most are empty, and a streaming hash would cost more for each than for its bytes.
  thread_local std::string kept;
  std::string& bytes = kept;
  bytes.clear();
  const auto put = [&bytes](char kind, std::uint64_t number) {
    bytes += kind;
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  // As the cell that the store answers for it before anybody has tried to read it.
  const auto put_unreadable = [&](const Value& value) {
    const std::string_view view = value.as_view();
    if (value.storage() == Value::Storage::Integer) return put('i', static_cast<std::uint64_t>(number_from<std::int64_t>(view)));
    if (value.storage() == Value::Storage::Real) return put('r', std::bit_cast<std::uint64_t>(number_from<double>(view)));
    put(value.storage() == Value::Storage::Text ? 't' : 'b', view.size());
    bytes += view;
  };
  for (const Value& value : row) {
    switch (value.tag()) {
      case Value::Tag::Absent:
      case Value::Tag::Null: bytes += '\0'; break;
      case Value::Tag::Bool:
      case Value::Tag::Int: put('i', static_cast<std::uint64_t>(value.as_integer())); break;
      case Value::Tag::Real: put('r', std::bit_cast<std::uint64_t>(value.as_real())); break;
      case Value::Tag::Number:
      case Value::Tag::Text:
      case Value::Tag::Json:
        put('t', value.as_view().size());
        bytes += value.as_view();
        break;
      case Value::Tag::Unreadable: put_unreadable(value); break;
    }
  }
  return hash128(bytes, seed);
}

}  // namespace lockstep
