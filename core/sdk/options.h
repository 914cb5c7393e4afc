// Options: one table of name, type, default and help per plugin, from which parsing, documentation and --help come.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.h"

namespace lockstep {

enum class OptionType { Text, Integer, Real, Boolean, Duration, Path };

/// A row of an option table. Static data of a plugin.
struct Option {
  const char* name;
  OptionType type;
  const char* fallback;  ///< the default as it would be written; nullptr: no default
  bool required;
  bool secret;      ///< its value is registered with the redactor and never shown
  const char* env;  ///< variable to name in "set X" when it is missing; nullptr: none
  const char* help;
  const char* choices = nullptr;                         ///< the only texts it takes: "keep|replace"; nullptr: any
  double least = std::numeric_limits<double>::lowest();  ///< of an Integer or Real
  double most = std::numeric_limits<double>::max();
};

/// The values given for a table, already validated against it. Durations are read from "30s".
class OptionValues {
 public:
  OptionValues() = default;
  OptionValues(std::span<const Option> table, std::map<std::string, std::string, std::less<>> given);

  /// The given text, else the default, else empty.
  std::string text(std::string_view name) const;
  bool has(std::string_view name) const;  ///< given (not empty) or defaulted
  std::int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  bool boolean(std::string_view name) const;
  Millis duration(std::string_view name) const;
  const Option* option(std::string_view name) const;

 private:
  std::span<const Option> table_;
  std::map<std::string, std::string, std::less<>> given_;
};

/// Why `text` is no value of `type` ("expected an integer"), or nullopt when it is one.
std::optional<std::string> option_problem(OptionType type, std::string_view text);
/// Why `text` is no value of `option`: its type, its choices, its bounds ("must be between 1 and 64"). Does not quote the text.
std::optional<std::string> option_problem(const Option& option, std::string_view text);
/// The texts of Option::choices.
std::vector<std::string> choices_of(const Option& option);

}  // namespace lockstep
