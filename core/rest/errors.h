// Errors: what an answer that is no success means, from its status, its body and the provider's table.
#pragma once

#include <string>
#include <string_view>

#include "common/error.h"
#include "http/message.h"
#include "rest/spec.h"

namespace lockstep::rest {

/// The server's own words: the message texts of a JSON body joined by "; ", else a short description of what came instead. Redacted,
/// without control characters, at most 500 characters.
std::string server_text(std::string_view body, const ErrorSpec& spec);
/// The Error for an answer whose status is not 2xx, with status, effect and retry_after.
Error error_of(const http::Response& response, const RestSpec& spec);
/// True when a rule says that repeating cannot help.
bool is_final(int status, std::string_view body, const ErrorSpec& spec);
/// True when the body is a JSON object: the API itself speaks, not something in between.
bool speaks_for_itself(std::string_view body);

}  // namespace lockstep::rest
