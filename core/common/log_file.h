// LogFile: a sink that writes to the file of a name. When that file was renamed or removed, as logrotate does, the next line makes it anew,
// readable by its owner alone: lines name records and people. A file that is there keeps its owner and mode.
#pragma once

#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

namespace lockstep::log {

class LogFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// Throws spdlog::spdlog_ex when it cannot be opened, or was laid there by another user.
  explicit LogFile(std::string name);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void sink_it_(const spdlog::details::log_msg& line) override;
  void flush_() override;
  void open();

  std::string name_;
  std::unique_ptr<std::FILE, Closer> file_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace lockstep::log
