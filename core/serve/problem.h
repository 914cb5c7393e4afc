// Problem: what went wrong, as RFC 9457 has it: application/problem+json with "type", "title", "status", "detail", and beside them "code"
// (the kind of Error), "hint", and "errors" where a body has several mistakes.
#pragma once

#include <string>
#include <vector>

#include "common/error.h"
#include "data/json.h"
#include "web/response.h"

namespace lockstep::serve {

/// One mistake in a body, at a JSON pointer.
struct Mistake {
  std::string pointer;
  std::string detail;
};

/// Thrown by whatever answers a request.
struct Problem {
  int status = 400;
  std::string detail;
  std::string code = "invalid";
  std::string hint = {};
  std::vector<Mistake> mistakes = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

Problem problem_of(const Error& error);

web::Response to_response(const Problem& problem);

/// 200 without saying. `json` with secrets masked.
web::Response json_response(const Json& json, int status = 200);

}  // namespace lockstep::serve
