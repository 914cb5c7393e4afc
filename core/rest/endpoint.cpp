#include "rest/endpoint.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

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

std::string identity_in_address(std::string_view address, const std::string& item) {
  const std::string_view path = address.substr(0, address.find_first_of("?#"));
  const std::size_t place = item.find('{');
  const std::string_view before = std::string_view(item).substr(0, place);
  const std::size_t at = place == std::string::npos ? std::string_view::npos : path.rfind(before);
  if (at == std::string_view::npos) return {};
  std::string_view id = path.substr(at + before.size());
  std::string_view after = std::string_view(item).substr(item.find('}') + 1);
  after = after.substr(0, after.find('?'));
  if (!id.ends_with(after)) return {};
  id.remove_suffix(after.size());
  while (id.ends_with('/')) id.remove_suffix(1);
  std::string decoded;
  try {
    Poco::URI::decode(std::string(id), decoded);
  } catch (const Poco::Exception&) {
    return {};
  }
  return decoded;
}

}  // namespace lockstep::rest
