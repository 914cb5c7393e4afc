// model_errors: how each model API refuses. Status, headers and bodies are data (model_errors.json), in the words of the APIs, so that a
// client's recognition of them is tested with the real texts.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "data/json.h"
#include "sandbox/faults.h"
#include "sandbox/reply.h"
#include "sandbox/request.h"

namespace lockstep::sandbox {

enum class ModelApi { OpenAi, Gemini, Xai, Anthropic };

/// "openai".
std::string_view to_string(ModelApi api);

using Placeholders = std::map<std::string, std::string>;

/// The answer of that name; "{id}" and its like are replaced. Throws Error{Invalid} when the API has no such error.
Reply refusal(ModelApi api, std::string_view name, const Placeholders& values = {});
/// The API's usual envelope with another status and message.
Reply refusal(ModelApi api, int status, std::string_view message);
inline Reply bad_request(ModelApi api, std::string_view why) { return refusal(api, 400, why); }
/// The answer that a fault of kind Status asks for: its `reason`, else the first error of that status, else the usual envelope.
Reply refusal(ModelApi api, const Fault& fault, const Request& request);
/// True when some API has an error of that name.
bool is_refusal(std::string_view name);

/// The key that a request bears, in whichever header or parameter the API reads it; "" when there is none.
std::string key_of(ModelApi api, const Request& request);
/// The first and the last four characters of a key, as the APIs repeat it; short ones whole.
std::string masked(std::string_view key);

}  // namespace lockstep::sandbox
