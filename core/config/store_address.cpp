#include "config/store_address.h"

namespace lockstep {
namespace {

struct Scheme {
  std::string_view name;
  StoreAddress address;
};

constexpr Scheme kSchemes[] = {{"postgresql", {"postgresql", "url"}}, {"postgres", {"postgresql", "url"}}};

}  // namespace

std::optional<StoreAddress> store_at(std::string_view address) {
  const std::size_t end = address.find("://");
  if (end == std::string_view::npos) return StoreAddress{"sqlite", "path"};
  for (const Scheme& scheme : kSchemes) {
    if (scheme.name == address.substr(0, end)) return scheme.address;
  }
  return std::nullopt;
}

std::string store_addresses() {
  std::string out = "a path (sqlite)";
  for (const Scheme& scheme : kSchemes) out += ", " + std::string(scheme.name) + "://… (" + scheme.address.plugin + ")";
  return out;
}

}  // namespace lockstep
