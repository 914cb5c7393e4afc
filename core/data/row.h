// Shape, Row, OwnedRow, Rows: database rows without maps. A shape names the columns once; a row is a span of values.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/arena.h"
#include "data/value.h"

namespace lockstep {

/// The columns by ordinal, immutable once built. Held by shared_ptr where rows outlive their maker.
class Shape {
 public:
  Shape() = default;
  explicit Shape(std::vector<std::string> columns);

  std::size_t size() const { return columns_.size(); }
  const std::vector<std::string>& columns() const { return columns_; }
  const std::string& operator[](std::size_t ordinal) const { return columns_[ordinal]; }
  /// By its exact name, else by one that differs only in ASCII letter case.
  std::optional<std::size_t> find(std::string_view column) const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> ordinals_;
};

/// Borrowed: whoever made it says how long it lives.
using Row = std::span<const Value>;

/// A row that owns its bytes: one allocation.
class OwnedRow {
 public:
  OwnedRow() = default;
  explicit OwnedRow(Row row);
  OwnedRow(const OwnedRow& other) : OwnedRow(other.row()) {}
  OwnedRow(OwnedRow&&) noexcept = default;
  OwnedRow& operator=(const OwnedRow& other) { return *this = OwnedRow(other); }
  OwnedRow& operator=(OwnedRow&&) noexcept = default;

  Row row() const { return {reinterpret_cast<const Value*>(memory_.get()), size_}; }
  std::size_t size() const { return size_; }
  const Value& operator[](std::size_t ordinal) const { return row()[ordinal]; }

 private:
  std::unique_ptr<char[]> memory_;
  std::size_t size_ = 0;
};

/// Many rows of one shape with the arena that holds their bytes. Move-only. What a store reads into and writes from.
class Rows {
 public:
  Rows() = default;
  explicit Rows(std::size_t width) : width_(width) {}

  std::size_t width() const { return width_; }
  std::size_t size() const { return width_ == 0 ? 0 : cells_.size() / width_; }
  bool empty() const { return cells_.empty(); }
  Row operator[](std::size_t index) const { return {cells_.data() + index * width_, width_}; }
  std::span<Value> at(std::size_t index) { return {cells_.data() + index * width_, width_}; }

  /// Appends a row of absent values and returns it for filling; bytes go into arena().
  /// The span is valid until the next add(); earlier rows are reached again through operator[].
  std::span<Value> add();
  /// Appends a row whose views stay borrowed from the caller.
  void add_borrowed(Row row);
  /// Appends a row whose views are copied into arena().
  void add_copied(Row row);
  Arena& arena() { return arena_; }
  /// Empty again, memory kept.
  void clear();
  /// Keeps the first `rows` rows.
  void cut(std::size_t rows) { cells_.resize(rows * width_); }

 private:
  std::size_t width_ = 0;
  std::vector<Value> cells_;
  Arena arena_;
};

/// Hash of a row's cells as a store answers them: booleans as 0 and 1, an integral real as itself. Equal rows, equal hashes.
Hash128 hash_row(Row row, std::uint64_t seed = 0);

}  // namespace lockstep
