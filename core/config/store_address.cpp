#include "config/store_address.h"

#include <algorithm>
#include <iterator>

namespace lockstep {
namespace {

struct Scheme {
  std::string_view name;
  StoreAddress address;
};

constexpr StoreAddress kFile{"sqlite", "path"};
constexpr Scheme kSchemes[] = {
    {"postgresql", {"postgresql", "url"}}, {"postgres", {"postgresql", "url"}}, {"mysql", {"mysql", "url"}}, {"mariadb", {"mysql", "url"}}};

}  // namespace

std::optional<StoreAddress> store_at(std::string_view address) {
  const std::size_t end = address.find("://");
  if (end == std::string_view::npos) return kFile;
  for (const Scheme& scheme : kSchemes) {
    if (scheme.name == address.substr(0, end)) return scheme.address;
  }
  return std::nullopt;
}

bool is_address_option(std::string_view option) {
  return option == kFile.option ||
         std::any_of(std::begin(kSchemes), std::end(kSchemes), [&](const Scheme& scheme) { return option == scheme.address.option; });
}

std::vector<std::string> store_kinds() {
  std::vector<std::string> out{kFile.plugin};
  for (const Scheme& scheme : kSchemes) {
    if (out.back() != scheme.address.plugin) out.emplace_back(scheme.address.plugin);
  }
  return out;
}

std::string store_addresses() {
  std::string out = std::string("a path (") + kFile.plugin + ")";
  for (const Scheme& scheme : kSchemes) out += ", " + std::string(scheme.name) + "://… (" + scheme.address.plugin + ")";
  return out;
}

}  // namespace lockstep
