#include "common/log_file.h"

namespace lockstep::log {

LogFile::LogFile(std::string name) : name_(std::move(name)) {
  file_.open(name_, false);
  note_place();
}

void LogFile::note_place() {
  struct stat place {};
  if (stat(name_.c_str(), &place) != 0) return;
  device_ = place.st_dev;
  inode_ = place.st_ino;
}

void LogFile::sink_it_(const spdlog::details::log_msg& line) {
  struct stat place {};
  if (stat(name_.c_str(), &place) != 0 || place.st_dev != device_ || place.st_ino != inode_) {
    file_.reopen(false);
    note_place();
  }
  spdlog::memory_buf_t text;
  formatter_->format(line, text);
  file_.write(text);
}

}  // namespace lockstep::log
