// Place: where in a value something stands, spelled only when there is a mistake to tell: names may be long, and a walk makes one at each
// step.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lockstep::hook {

/// Borrows its names and the place around it.
class Place {
 public:
  Place(std::string_view name) : name_(name) {}
  Place(const std::string& name) : name_(name) {}
  Place(const char* name) : name_(name) {}
  Place(const Place& around, std::string_view member) : around_(&around), name_(member) {}
  Place(const Place& around, std::int64_t position) : around_(&around), position_(position) {}

  /// "record.tools[2].name", cut where it is long.
  std::string text() const;

 private:
  void append_to(std::string& out) const;

  const Place* around_ = nullptr;
  std::string_view name_;
  std::int64_t position_ = 0;  ///< 0: a name
};

}  // namespace lockstep::hook
