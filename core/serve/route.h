// Route: one thing that the server can be asked for, as a row: routing, rights, checks of what was given and the OpenAPI document all come
// from it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/fields.h"
#include "serve/person.h"
#include "web/request.h"
#include "web/response.h"

namespace lockstep::serve {

class Service;

/// A request that has passed the gate and the checks of its route.
struct Asked {
  const web::Request& request;
  Person person;                      ///< nobody where the route is open
  std::vector<std::string> captured;  ///< what stands in the place of each "{name}"
  Given parameters, body;
};

struct Route {
  std::string_view method;
  std::string_view path;       ///< "/api/v1/runs/{id}"
  std::optional<Scope> scope;  ///< nullopt: open to all
  std::string_view summary;
  std::vector<Field> parameters;
  std::vector<Field> body;
  std::string_view answer;  ///< what 200 or 202 hold, for people
  std::vector<int> codes;   ///< of success, the usual first
  std::function<web::Response(Service&, const Asked&)> handler;
  bool raw_body = false;  ///< the body is the handler's, whatever it is
  bool of_page = false;   ///< for people: not in the OpenAPI document, and its parameters are the script's
};

/// All of them, in the order of the document.
const std::vector<Route>& routes();

// By what they are about, for routes().
std::vector<Route> run_routes();
std::vector<Route> plan_routes();
std::vector<Route> sync_routes();
std::vector<Route> record_routes();
std::vector<Route> automation_routes();
std::vector<Route> webhook_routes();
std::vector<Route> alert_routes();
std::vector<Route> model_routes();
std::vector<Route> service_routes();
std::vector<Route> origin_routes();
std::vector<Route> page_routes();

struct Match {
  const Route* route = nullptr;  ///< null: no route of that method
  std::vector<std::string> captured;
  std::vector<std::string_view> methods;  ///< that the path has; none: there is no such path
};
Match match(std::string_view method, std::span<const std::string> segments);

/// The document of openapi.json.
Json openapi(std::string_view version);

}  // namespace lockstep::serve
