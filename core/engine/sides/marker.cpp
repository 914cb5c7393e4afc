#include "engine/sides/marker.h"

#include <vector>

#include "common/text.h"

namespace lockstep {
namespace {

constexpr std::string_view kName = "lockstep";

std::string escaped(std::string_view part) { return replace_all(replace_all(std::string(part), "%", "%25"), ":", "%3A"); }
std::string unescaped(const std::string& part) { return replace_all(replace_all(part, "%3A", ":"), "%25", "%"); }

}  // namespace

std::string Marker::text() const {
  return std::string(kName) + ":" + escaped(database) + ":" + escaped(table) + ":" + escaped(key) + ":" + escaped(nonce);
}

std::optional<Marker> Marker::parse(std::string_view text) {
  const std::vector<std::string> parts = split(text, ':');
  if (parts.size() != 5 || parts[0] != kName) return std::nullopt;
  return Marker{unescaped(parts[1]), unescaped(parts[2]), unescaped(parts[3]), unescaped(parts[4])};
}

bool is_altered(std::string_view found, std::string_view sent) {
  const std::string one = to_lower(found), other = to_lower(sent);
  return found != sent && !sent.empty() && (one.starts_with(other) || other.starts_with(one));
}

}  // namespace lockstep
