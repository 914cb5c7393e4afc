#include "sandbox/generated_text.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace lockstep::sandbox {
namespace {

using Random = std::mt19937_64;

constexpr std::size_t kWords = 5000;
constexpr std::size_t kShortest = 60;  ///< words of one syllable
constexpr std::size_t kShort = 900;    ///< and of two
constexpr std::size_t kPhrase = 60;    ///< bytes
constexpr std::size_t kRepeats = 80;   ///< of a hundred sentences

std::string syllable(Random& random) {
  static constexpr std::array kBegins{"b", "c", "d", "f", "g", "h",  "k",  "l",  "m",  "n",  "p",
                                      "r", "s", "t", "v", "w", "th", "st", "pr", "tr", "ch", ""};
  static constexpr std::array kMiddles{"a", "e", "e", "i", "o", "u", "ea", "ou", "ai", "io"};
  static constexpr std::array kEnds{"", "", "", "n", "r", "s", "t", "l", "d", "nt", "m", "ck"};
  return std::string(any_of(random, kBegins)) + any_of(random, kMiddles) + any_of(random, kEnds);
}

std::vector<std::string> make_vocabulary() {
  Random random(20261101);
  std::vector<std::string> words;
  words.reserve(kWords);
  for (std::size_t rank = 0; rank < kWords; ++rank) {
    std::string made = syllable(random);
    if (rank >= kShortest) made += syllable(random);
    if (rank >= kShort) made += syllable(random);
    words.push_back(std::move(made));
  }
  return words;
}

double part(Random& random) { return static_cast<double>(random() >> 11U) * 0x1.0p-53; }

std::string heading(Random& random) {
  static constexpr std::array kMarks{"\n\n## ", "\n\n# ", "\n\n**", "\n\n["};
  static constexpr std::array kEnds{"\n", "\n", "**\n", "]\n"};
  const std::size_t kind = random() % kMarks.size();
  return kMarks.at(kind) + word(random) + " " + word(random) + kEnds.at(kind);
}

/// What stands between the words of real prompts.
const char* mark(Random& random) {
  static constexpr std::array kMarks{"{{customer.name}}",
                                     "{{\"now\" | date: \"%A, %d %B %Y\"}}",
                                     "8:00–18:00",
                                     "€ 49.90",
                                     "“yes”",
                                     "\"stop\"",
                                     "José",
                                     "Zürich",
                                     "Łódź",
                                     "naïve",
                                     "Αθήνα",
                                     "Москва",
                                     "東京",
                                     "🙂",
                                     "+1 555 010 0199",
                                     "e.g.",
                                     "10 %",
                                     "c/o",
                                     "…"};
  return any_of(random, kMarks);
}

/// Some words of `text`, which is long enough.
std::string phrase(Random& random, const std::string& text) {
  const std::size_t begin = text.find(' ', random() % (text.size() - kPhrase)) + 1;
  const std::size_t end = text.rfind(' ', begin + kPhrase);
  return end == std::string::npos || end <= begin ? std::string() : text.substr(begin, end + 1 - begin);
}

}  // namespace

std::string made_uuid(Random& random) {
  const std::uint64_t high = random();
  const std::uint64_t low = random();
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-a%03x-%012llx", static_cast<unsigned>(high >> 32U),
                static_cast<unsigned>(high >> 16U & 0xffffU), static_cast<unsigned>(high & 0xfffU),
                static_cast<unsigned>(low >> 48U & 0xfffU), static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return text;
}

std::string made_digits(Random& random, std::size_t count) {
  std::string digits;
  while (digits.size() < count) digits += "0123456789abcdef"[random() % 16];
  return digits;
}

const std::string& word(Random& random) {
  static const std::vector<std::string> kVocabulary = make_vocabulary();
  // The inverse of the harmonic sum, near enough.
  const auto rank = static_cast<std::size_t>(std::pow(static_cast<double>(kWords + 1), part(random))) - 1;
  return kVocabulary[rank];
}

std::string sentence(Random& random) {
  std::string text = word(random);
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  const std::size_t words = 4 + random() % 14;
  for (std::size_t i = 1; i < words; ++i) {
    text += random() % 11 == 0 ? ", " : " ";
    text += random() % 25 == 0 ? mark(random) : word(random).c_str();
  }
  return text += random() % 8 == 0 ? "?" : ".";
}

std::string prose(Random& random, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    const std::size_t kind = random() % 12;
    if (kind == 0) text += heading(random);
    if (kind < 5) text += "\n- ";
    // A text comes back to what it is about.
    if (text.size() > kPhrase && random() % 100 < kRepeats) text += phrase(random, text);
    text += sentence(random);
    text += ' ';
  }
  return text;
}

}  // namespace lockstep::sandbox
