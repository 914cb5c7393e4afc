#include "serve/problem.h"

#include "common/log.h"
#include "format/json.h"

namespace lockstep::serve {
namespace {

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Invalid: return 422;
    case ErrorKind::NotFound: return 404;
    case ErrorKind::Busy:
    case ErrorKind::Conflict: return 409;
    case ErrorKind::RateLimited: return 429;
    case ErrorKind::Credentials:
    case ErrorKind::Storage:
    case ErrorKind::Interrupted: return 503;
    case ErrorKind::Unreachable:
    case ErrorKind::Rejected:
    case ErrorKind::Corrupt: return 502;
  }
  return 500;
}

}  // namespace

Problem problem_of(const Error& error) {
  Problem problem{status_of(error.kind()), error.message(), std::string(to_string(error.kind())), error.hint()};
  if (problem.status == 409 || problem.status == 503) problem.headers.emplace_back("Retry-After", "5");
  return problem;
}

web::Response to_response(const Problem& problem) {
  Json body = Json::Object{{"type", "about:blank"},
                           {"title", std::string(web::reason_of(problem.status))},
                           {"status", problem.status},
                           {"detail", problem.detail},
                           {"code", problem.code}};
  if (!problem.hint.empty()) body["hint"] = Json(problem.hint);
  if (!problem.mistakes.empty()) {
    Json::Array errors;
    for (const Mistake& mistake : problem.mistakes)
      errors.push_back(Json::Object{{"pointer", mistake.pointer}, {"detail", mistake.detail}});
    body["errors"] = Json(std::move(errors));
  }
  web::Response response = json_response(body, problem.status);
  response.headers = {{"Content-Type", "application/problem+json"}};
  for (const auto& [name, value] : problem.headers) response.with(name, value);
  return response;
}

web::Response json_response(const Json& json, int status) {
  return {status, {{"Content-Type", "application/json"}}, redact(json::to_text(json)) + "\n"};
}

}  // namespace lockstep::serve
