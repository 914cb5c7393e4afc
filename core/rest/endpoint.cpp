#include "rest/endpoint.h"

#include <vector>

#include "common/error.h"
#include "common/text.h"
#include "http/url.h"

namespace lockstep::rest {
namespace {

constexpr std::string_view kSegment = "{id}";
constexpr std::string_view kSegments = "{+id}";

/// A segment of dots alone, or none, would name another address.
std::string encoded(std::string_view segment, std::string_view id) {
  if (segment.empty() || segment == "." || segment == "..")
    throw Error(ErrorKind::Invalid, in_quotes(id) + " is no identity of a remote item");
  return http::encode_component(segment);
}

}  // namespace

std::string item_target(const std::string& path, std::string_view id) {
  if (path.find(kSegments) == std::string::npos) return replace_all(path, kSegment, encoded(id, id));
  std::vector<std::string> segments = split(id, '/');
  for (std::string& segment : segments) segment = encoded(segment, id);
  return replace_all(path, kSegments, join(segments, "/"));
}

}  // namespace lockstep::rest
