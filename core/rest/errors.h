// Errors: what an answer that is no success means, from its status, its body and the provider's table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/error.h"
#include "http/message.h"
#include "rest/spec.h"

namespace lockstep::rest {

/// The server's own words: the message texts of a JSON body joined by "; ", else a short description of what came instead. Redacted, also
/// of parts of `key`, without control characters, at most 500 characters.
std::string server_text(std::string_view body, const ErrorSpec& spec, std::string_view key = {});
/// The Error for an answer whose status is not 2xx, with status, effect and retry_after.
Error error_of(const http::Response& response, const RestSpec& spec, std::string_view key = {});
/// What the table makes of the answer for whoever would repeat the request.
http::Advice advice_of(const http::Response& response, const ErrorSpec& spec);
/// True when the body is a JSON object: the API itself speaks, not something in between.
bool speaks_for_itself(std::string_view body);
/// "20s", "1.5s", "300ms", or a number of seconds. nullopt for anything else.
std::optional<Millis> parse_wait(std::string_view text);

}  // namespace lockstep::rest
