#include "serve/route.h"

#include <algorithm>

#include "common/text.h"

namespace lockstep::serve {
namespace {

/// True when the segments are those of the pattern; what stands for "{…}" is appended to `captured`.
bool fits(std::string_view pattern, std::span<const std::string> segments, std::vector<std::string>& captured) {
  const std::vector<std::string> parts = pattern == "/" ? std::vector<std::string>() : split(pattern.substr(1), '/');
  if (parts.size() != segments.size()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].starts_with('{')) {
      captured.push_back(segments[i]);
    } else if (parts[i] != segments[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> rows;
    for (auto part : {sync_routes, run_routes, plan_routes, record_routes, automation_routes, webhook_routes, alert_routes, model_routes,
                      service_routes, origin_routes, page_routes}) {
      std::vector<Route> some = part();
      std::move(some.begin(), some.end(), std::back_inserter(rows));
    }
    return rows;
  }();
  return all;
}

Match match(std::string_view method, std::span<const std::string> segments) {
  Match out;
  for (const Route& route : routes()) {
    std::vector<std::string> captured;
    if (!fits(route.path, segments, captured)) continue;
    out.methods.push_back(route.method);
    // What may be read may be asked for without its body.
    if (route.method != method && !(route.method == "GET" && method == "HEAD")) continue;
    out.route = &route;
    out.captured = std::move(captured);
  }
  return out;
}

}  // namespace lockstep::serve
