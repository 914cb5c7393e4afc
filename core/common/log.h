// Log: one logger for the program and its plugins, with every registered secret masked before a line leaves the process.
// The only global state of Lockstep; spdlog is hidden behind it, so its headers are compiled once.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lockstep::log {

enum class Level { Trace, Debug, Info, Warning, Error, Off };
enum class Format { Text, Json };

/// One key of a line: text, number or a list of names.
struct Field {
  std::string_view key;
  std::variant<std::string, std::int64_t, std::vector<std::string_view>> value;  ///< names are borrowed for the call
};

struct Settings {
  Level level = Level::Info;
  Format format = Format::Text;
  std::string file;  ///< empty: standard error
};

/// Called once by the program. Throws Error{Storage} when the file cannot be opened.
void configure(const Settings& settings);
/// Called before each line that goes to standard error: whoever drew on that terminal wipes it. Any thread calls it. Empty: nobody.
void before_line(std::function<void()> wipe);
bool enabled(Level level);
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});
void write(Level level, std::string_view message, const std::vector<Field>& fields);
void flush();

inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) { write(Level::Debug, message, fields); }
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) { write(Level::Info, message, fields); }
inline void warning(std::string_view message, std::initializer_list<Field> fields = {}) { write(Level::Warning, message, fields); }
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) { write(Level::Error, message, fields); }

}  // namespace lockstep::log

namespace lockstep {

/// Registers a value that must never be seen: it is replaced by "[redacted]" in every log line and in everything that passes redact().
/// Values shorter than 6 bytes are ignored (masking "1" would mask everything). Any thread.
void register_secret(std::string_view value);
/// All values that were registered: for whoever keeps texts and has to keep these out. Any thread.
std::vector<std::string> registered_secrets();
/// `text` with each registered secret masked, percent- and JSON-escaped, in base64 and hexadecimal too; of one that has sixteen bytes any
/// eight in a row with a digit or both cases among them, and any sixteen; what follows "Bearer "; and passwords in URLs. Mask first, then
/// cut: of a few bytes nobody can tell whose they are.
std::string redact(std::string_view text);

}  // namespace lockstep
