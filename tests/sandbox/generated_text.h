// Generated text with the entropy of what people write: words by Zipf's law, a name in most languages, marks, lists and placeholders. One
// document of it shrinks about as much as a real one does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace lockstep::sandbox {

/// One of `of`; the same numbers give the same choice with every standard library.
template <class Choices>
const auto& any_of(std::mt19937_64& random, const Choices& of) {
  return of[random() % of.size()];
}

/// A version 4 UUID.
std::string made_uuid(std::mt19937_64& random);
/// Lower-case hexadecimal digits.
std::string made_digits(std::mt19937_64& random, std::size_t count);
/// A word of the vocabulary: the one of rank n comes about n times less often than the first.
const std::string& word(std::mt19937_64& random);
/// A sentence with a capital and a full stop.
std::string sentence(std::mt19937_64& random);
/// Sections of sentences and lists, at least `bytes` long and little more.
std::string prose(std::mt19937_64& random, std::size_t bytes);

}  // namespace lockstep::sandbox
