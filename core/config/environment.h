// Environment: what `${NAME}` in a configuration and the variables of the program read: the real environment, then a `.env` file.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// NAME → value of a `.env` text: `NAME=value`, `export NAME=value`, values bare, 'single' (verbatim) or "double" quoted (\n \t \" \\ \$),
/// `#` comments. What cannot be read is skipped and told in `warnings` by its line, never by its content.
std::map<std::string, std::string, std::less<>> parse_dotenv(std::string_view text, const std::string& shown,
                                                             std::vector<std::string>& warnings);

class Environment {
 public:
  using Variables = std::function<std::optional<std::string>(std::string_view)>;

  /// Reads the variables of this process.
  Environment();
  /// Reads `real` instead: for tests.
  explicit Environment(Variables real) : real_(std::move(real)) {}
  /// The same variables without what a `.env` gave: for reading that anew.
  Environment without_file() const { return Environment(real_); }

  /// The real variable when it is set, also to nothing; else the one of `.env`.
  std::optional<std::string> get(std::string_view name) const;
  /// The real variable only, for what a file found in the working directory must not decide.
  std::optional<std::string> real(std::string_view name) const { return real_(name); }

  /// Reads `file`, when there is one and none was read before. Warns when group or others may read it; throws Error{Invalid} when somebody
  /// else than root and the user of this process can write it. `ours`: it belongs to the configuration in use.
  void read_dotenv(const std::filesystem::path& file, bool ours = true);
  /// Why the value of this variable must not say where data goes: a `.env` that only happens to lie in the working directory gave it.
  std::optional<std::string> doubt_of(std::string_view name) const;
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  Variables real_;
  std::map<std::string, std::string, std::less<>> file_;
  bool has_file_ = false, ours_ = true;
  std::string shown_;
  std::vector<std::string> warnings_;
};

}  // namespace lockstep
