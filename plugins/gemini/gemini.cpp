// The Gemini provider: Google's generative models. A table; names such as "models/gemini-2.5-pro" are identities as they stand.
// Source: googleapis/googleapis, google/ai/generativelanguage/v1beta (2026-08); google.rpc's error details.
#include "rest/options.h"
#include "sdk/plugin.h"

namespace lockstep::gemini {
namespace {

constexpr auto kOptions = rest::http_options("GEMINI_API_KEY", "https://generativelanguage.googleapis.com/v1beta");

/// Fifty a page when nothing is said, a thousand at most; the parameters stay the same from page to page.
rest::RestResource model() {
  rest::RestResource model;
  model.resource.name = "model";
  model.resource.key = "name";
  model.resource.label = "displayName";
  model.resource.read_only = {"name"};
  model.list.path = "/models";
  model.list.items = "models";
  model.list.missing_is_empty = true;  // protobuf's JSON leaves empty lists out
  model.list.paging = rest::Paging::PageToken;
  model.list.limit_parameter = "pageSize";
  model.list.page_size = 1000;
  model.list.page_size_cap = 1000;
  model.list.token_field = "nextPageToken";
  model.list.token_parameter = "pageToken";
  model.item = "/{+id}";
  return model;
}

/// A wrong key is 400 here, and a quota of a day carries a wait of seconds that would not help.
rest::ErrorSpec errors() {
  rest::ErrorSpec errors;
  errors.message_paths = {"error.message", "message"};
  errors.credentials_hint = "set GEMINI_API_KEY or GOOGLE_API_KEY to a key of https://aistudio.google.com/apikey; GOOGLE_API_KEY wins";
  errors.rules = {{.status = 400,
                   .member = "error.message",
                   .contains = "expired",
                   .kind = ErrorKind::Credentials,
                   .message = "Invalid API key",
                   .hint = "it has expired: make another one, and set GEMINI_API_KEY"},
                  {.status = 400, .member = "error.details.reason", .equals = "API_KEY_INVALID", .kind = ErrorKind::Credentials},
                  {.status = 400, .member = "error.message", .contains = "API key not valid", .kind = ErrorKind::Credentials},
                  {.status = 403,
                   .member = "error.message",
                   .contains = "leaked",
                   .kind = ErrorKind::Credentials,
                   .message = "Invalid API key",
                   .hint = "it was reported as leaked: make another one"},
                  {.status = 429,
                   .member = "error.details.violations.quotaId",
                   .contains = "PerDay",
                   .kind = ErrorKind::RateLimited,
                   .message = "The day's quota of Gemini is spent",
                   .hint = "try again tomorrow, or raise the quota",
                   .final = true}};
  errors.wait_members = {"error.details.retryDelay"};
  return errors;
}

rest::RestSpec make_spec() {
  rest::RestSpec spec;
  spec.label = "Gemini";
  spec.auth = {rest::AuthStyle::Header, "x-goog-api-key", "GOOGLE_API_KEY or GEMINI_API_KEY"};
  spec.resources = {model()};
  spec.check = "/models?pageSize=1";
  spec.errors = errors();
  return spec;
}

Provider* create(const std::string&, const OptionValues& values, std::string& error) noexcept {
  return guarded_create<Provider>(error, [&] { return std::make_unique<rest::RestProvider>(make_spec(), rest::read_options(values)); });
}

}  // namespace
}  // namespace lockstep::gemini

LOCKSTEP_EXPORT_PROVIDER("gemini", "1.0.0", "Google's Gemini models", lockstep::gemini::kOptions, lockstep::gemini::create)
