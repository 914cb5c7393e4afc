// Words: an enumeration as people write it: each value with its word and its help, in one table. A table that lacks a value, or has one
// twice, does not compile.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

namespace words {

/// `Value` is an enumerator, and no mere number that the type could hold: GCC and Clang call such a one "(Enum)7".
template <auto Value>
constexpr bool is_enumerator() {
  return std::string_view(__PRETTY_FUNCTION__).find("Value = (") == std::string_view::npos;
}

/// How many values an enumeration has that counts from 0.
template <class Enum, std::size_t From = 0>
constexpr std::size_t count() {
  if constexpr (is_enumerator<static_cast<Enum>(From)>()) {
    return count<Enum, From + 1>();
  } else {
    return From;
  }
}

}  // namespace words

template <class Enum>
struct Word {
  Enum value;
  std::string_view word;
  std::string_view help = {};
};

template <class Enum>
class Words {
 public:
  static constexpr std::size_t kCount = words::count<Enum>();

  consteval Words(const Word<Enum> (&rows)[kCount]) {  // NOLINT: a table is written where it is wanted
    for (std::size_t i = 0; i < kCount; ++i) {
      if (rows[i].word.empty()) throw "a value of the enumeration has no word";
      for (std::size_t j = 0; j < i; ++j) {
        if (rows[j].value == rows[i].value || rows[j].word == rows[i].word) throw "a value or a word stands twice";
      }
      rows_[i] = rows[i];
    }
  }

  /// In the order of the table, as people read them.
  constexpr std::span<const Word<Enum>> rows() const { return rows_; }

  constexpr std::string_view word(Enum value) const {
    for (const Word<Enum>& row : rows_) {
      if (row.value == value) return row.word;
    }
    return {};
  }

  /// nullopt for a text that is none of the words.
  constexpr std::optional<Enum> find(std::string_view word) const {
    for (const Word<Enum>& row : rows_) {
      if (row.word == word) return row.value;
    }
    return std::nullopt;
  }

  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const Word<Enum>& row : rows_) out.emplace_back(row.word);
    return out;
  }

 private:
  std::array<Word<Enum>, kCount> rows_{};
};

}  // namespace lockstep
