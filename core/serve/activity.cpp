#include "serve/activity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "common/error.h"
#include "common/log.h"
#include "format/json.h"
#include "operations/report_json.h"

namespace lockstep::serve {
namespace {

constexpr const char* kActivityFile = "activity.jsonl";
constexpr const char* kOlderFile = "activity.1.jsonl";

/// Lines that are whole; a process that ended while it wrote leaves half of one.
void read_lines(const std::filesystem::path& file, std::vector<Json>& out) {
  std::ifstream in(file, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    try {
      out.push_back(json::parse(line));
    } catch (const Error&) {
      continue;
    }
  }
}

}  // namespace

Json to_json(const ActivityEntry& entry) {
  return Json::Object{{"at", time_json(entry.at)}, {"who", entry.who},
                      {"what", entry.what},        {"about", entry.about.empty() ? Json() : Json(entry.about)},
                      {"from", entry.from},        {"status", entry.status}};
}

void Activity::note(ActivityEntry entry) {
  entry.at = clock_.now();
  const std::string line = redact(json::to_text(to_json(entry))) + "\n";
  const std::filesystem::path file = folder_.path() / kActivityFile;
  const std::lock_guard lock(mutex_);
  std::error_code ignored;
  if (const auto size = std::filesystem::file_size(file, ignored); !ignored && size > bounds_.bytes)
    std::filesystem::rename(file, folder_.path() / kOlderFile, ignored);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  const bool written = descriptor >= 0 && ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (descriptor >= 0) ::close(descriptor);
  if (!written) log::warning("what was done cannot be noted in " + file.string());
}

std::vector<Json> Activity::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<Json> all;
  read_lines(folder_.path() / kOlderFile, all);
  read_lines(folder_.path() / kActivityFile, all);
  std::reverse(all.begin(), all.end());
  if (all.size() > bounds_.shown) all.resize(bounds_.shown);
  return all;
}

}  // namespace lockstep::serve
