// Places, and the list of mistakes that is told at once.
#include <algorithm>
#include <tuple>

#include "common/error.h"
#include "format/yaml.h"

namespace lockstep::yaml {

std::string Place::text() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

void Problems::add(const Place& place, std::string message) { errors_.push_back({place, std::move(message)}); }

void Problems::warn(const Place& place, std::string message) { warnings_.push_back({place, std::move(message)}); }

void Problems::add(const Problems& others) {
  errors_.insert(errors_.end(), others.errors_.begin(), others.errors_.end());
  warnings_.insert(warnings_.end(), others.warnings_.begin(), others.warnings_.end());
}

std::vector<std::string> Problems::lines(const std::vector<Entry>& entries) {
  std::vector<std::string> files;
  const auto rank = [&files](const std::string& file) { return std::find(files.begin(), files.end(), file) - files.begin(); };
  std::vector<const Entry*> ordered;
  for (const Entry& entry : entries) {
    if (rank(entry.place.file) == static_cast<std::ptrdiff_t>(files.size())) files.push_back(entry.place.file);
    ordered.push_back(&entry);
  }
  std::stable_sort(ordered.begin(), ordered.end(), [&rank](const Entry* a, const Entry* b) {
    return std::tuple(rank(a->place.file), a->place.line, a->place.column) <
           std::tuple(rank(b->place.file), b->place.line, b->place.column);
  });
  std::vector<std::string> out;
  for (const Entry* entry : ordered) {
    std::string line = entry->place.text() + ": " + entry->message;
    if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(std::move(line));
  }
  return out;
}

std::vector<std::string> Problems::errors() const { return lines(errors_); }

std::vector<std::string> Problems::warnings() const { return lines(warnings_); }

void Problems::raise() const {
  if (empty()) return;
  std::string message;
  for (const std::string& line : errors()) message += (message.empty() ? "" : "\n") + line;
  throw Error(ErrorKind::Invalid, message);
}

}  // namespace lockstep::yaml
