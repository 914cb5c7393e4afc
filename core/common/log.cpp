// A line is composed and masked here; spdlog carries it to its file or to standard error, whole and in order.
//
//   text  2026-11-21T02:24:23.123Z INFO message key=value key="va lue" names=a,b
//   json  {"time":"2026-11-21T02:24:23.123Z","level":"info","message":"…","key":"value","count":3,"names":["a","b"]}
#include "common/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "common/error.h"
#include "common/log_file.h"
#include "common/spelling.h"
#include "common/text.h"
#include "common/time.h"

namespace lockstep::log {
namespace {

constexpr std::array<std::string_view, 6> kLevelNames{"trace", "debug", "info", "warning", "error", "off"};

std::string_view level_name(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("lockstep", std::move(sink));
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::trace);
  // A log that lacks the lines before a crash is worth nothing.
  logger->flush_on(spdlog::level::trace);
  return logger;
}

std::shared_ptr<spdlog::logger> stderr_logger() { return make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>()); }

struct Output {
  std::atomic<Level> level{Level::Info};
  std::atomic<Format> format{Format::Text};
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger = stderr_logger();
  bool to_file = false;
  std::function<void()> wipe;

  /// What to call before a line.
  std::function<void()> wiper() {
    const std::lock_guard lock(mutex);
    return to_file ? nullptr : wipe;
  }

  std::shared_ptr<spdlog::logger> current() {
    const std::lock_guard lock(mutex);
    return logger;
  }
};

/// Never destroyed: other static objects may log while the program ends.
Output& output() {
  static Output& instance = *new Output;
  return instance;
}

std::string to_text(const Field& field) {
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) return redact(std::to_string(*number));
  if (const auto* names = std::get_if<std::vector<std::string_view>>(&field.value)) {
    std::string joined;
    for (const std::string_view name : *names) joined.append(joined.empty() ? "" : ",").append(name);
    return redact(joined);
  }
  return redact(std::get<std::string>(field.value));
}

/// No quotes needed: letters, digits and most punctuation of ASCII.
bool is_plain(std::string_view value) {
  unsigned odd = value.empty() ? 1U : 0U;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    odd |= static_cast<unsigned>(byte <= ' ') | static_cast<unsigned>(byte >= 0x7f) | static_cast<unsigned>(c == '"') |
           static_cast<unsigned>(c == '=') | static_cast<unsigned>(c == '\\');
  }
  return odd == 0;
}

void append_text_value(std::string& out, const std::string& value) {
  const bool plain = is_plain(value) || (!value.empty() && value.find_first_of(" \"=\\") == std::string::npos && printable(value) == value);
  if (plain) {
    out += value;
  } else {
    out += '"' + printable(replace_all(replace_all(value, "\\", "\\\\"), "\"", "\\\"")) + '"';
  }
}

std::string text_line(const std::string& time, Level level, std::string_view message, std::span<const Field> fields) {
  std::string line = time + ' ';
  for (const char c : level_name(level)) line += static_cast<char>(c - ('a' - 'A'));
  line += ' ' + printable(redact(message));
  for (const Field& field : fields) {
    line += ' ' + printable(field.key) + '=';
    append_text_value(line, to_text(field));
  }
  return line;
}

std::string quoted(std::string_view text) { return '"' + json_escaped(redact(text)) + '"'; }

void append_json_value(std::string& out, const Field& field) {
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    // A number that is a secret becomes the mask, which is a text.
    const std::string digits = std::to_string(*number);
    out += redact(digits) == digits ? digits : quoted(digits);
  } else if (const auto* names = std::get_if<std::vector<std::string_view>>(&field.value)) {
    out += '[';
    for (std::size_t i = 0; i < names->size(); ++i) {
      if (i > 0) out += ',';
      out += quoted((*names)[i]);
    }
    out += ']';
  } else {
    out += quoted(std::get<std::string>(field.value));
  }
}

std::string json_line(const std::string& time, Level level, std::string_view message, std::span<const Field> fields) {
  std::string line = R"({"time":")" + time + R"(","level":")" + std::string(level_name(level)) + R"(","message":)" + quoted(message);
  for (const Field& field : fields) {
    line += ",\"" + json_escaped(field.key) + "\":";
    append_json_value(line, field);
  }
  return line + '}';
}

spdlog::level::level_enum to_spdlog(Level level) { return static_cast<spdlog::level::level_enum>(static_cast<int>(level)); }

void write_line(Level level, std::string_view message, std::span<const Field> fields) {
  if (!enabled(level)) return;
  Output& out = output();
  const Micros now = system_clock().now();
  const std::string time = format_time(now - now % 1000);
  const std::string line = out.format == Format::Json ? json_line(time, level, message, fields) : text_line(time, level, message, fields);
  if (const auto wipe = out.wiper()) wipe();
  // Parts were masked before they were escaped; the whole is masked for a secret that only their joining makes.
  out.current()->log(to_spdlog(level), spdlog::string_view_t(redact(line)));
}

}  // namespace

void configure(const Settings& settings) {
  Output& out = output();
  std::shared_ptr<spdlog::logger> fresh;
  try {
    fresh = settings.file.empty() ? stderr_logger() : make_logger(std::make_shared<LogFile>(settings.file));
  } catch (const spdlog::spdlog_ex& problem) {
    throw Error(ErrorKind::Storage, "the log file " + settings.file + " cannot be opened: " + problem.what(),
                "name a file that can be written with --log-file");
  }
  const std::lock_guard lock(out.mutex);
  out.logger = std::move(fresh);
  out.level = settings.level;
  out.format = settings.format;
  out.to_file = !settings.file.empty();
}

void before_line(std::function<void()> wipe) {
  Output& out = output();
  const std::lock_guard lock(out.mutex);
  out.wipe = std::move(wipe);
}

bool enabled(Level level) { return level != Level::Off && level >= output().level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  write_line(level, message, {fields.begin(), fields.size()});
}

void write(Level level, std::string_view message, const std::vector<Field>& fields) { write_line(level, message, fields); }

void flush() { output().current()->flush(); }

}  // namespace lockstep::log
