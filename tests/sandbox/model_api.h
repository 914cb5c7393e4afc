// The model APIs: OpenAI, Gemini, xAI and Anthropic under one port, each with its own paths, paging and refusals. Read-only, as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sandbox/model_errors.h"
#include "sandbox/models.h"
#include "sandbox/reply.h"
#include "sandbox/request.h"

namespace lockstep::sandbox {

/// The API whose paths these are ("/openai/…"); nullopt for all others, which are Vapi's.
std::optional<ModelApi> model_api_of(std::string_view path);

/// Answers a request as the API would. `key` is the only accepted one. OpenAI's list turns.
Reply answer(Models& models, ModelApi api, const Request& request, std::string_view key);
/// The API's answer of no models at all.
Reply empty_list(ModelApi api, std::string_view path);
/// The list that a path belongs to; nullopt when it is no such path.
std::optional<ModelList> model_list_at(ModelApi api, std::string_view path);

// One per file; `id` is what follows the list's path, empty for the list itself.
Reply answer_openai(Models& models, const std::string& id);
Reply answer_gemini(const Models& models, const Request& request, const std::string& id);
Reply answer_xai(const Models& models, ModelList list, const std::string& id);
Reply answer_anthropic(const Models& models, const Request& request, const std::string& id);

/// "[…]" of JSON texts.
std::string array_text(const std::vector<Json>& documents);

}  // namespace lockstep::sandbox
