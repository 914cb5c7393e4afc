// LogFile: a sink that writes to the file of a name. When that file was renamed or removed, as logrotate does, the next line makes it anew.
#pragma once

#include <spdlog/details/file_helper.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>

#include <mutex>
#include <string>

namespace lockstep::log {

class LogFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// Throws spdlog::spdlog_ex when it cannot be opened.
  explicit LogFile(std::string name);

 private:
  void sink_it_(const spdlog::details::log_msg& line) override;
  void flush_() override { file_.flush(); }
  void note_place();

  std::string name_;
  spdlog::details::file_helper file_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace lockstep::log
