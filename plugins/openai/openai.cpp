// The OpenAI provider: the models that a key may use. A table; organisation and project are headers of their own, and each has its own
// list. Source: openai/openai-openapi (2026-08) and the retry rules of openai-python.
#include "rest/options.h"
#include "sdk/plugin.h"

namespace lockstep::openai {
namespace {

constexpr std::array<Option, 2> kOwn{{
    {"organization", OptionType::Text, nullptr, false, false, "OPENAI_ORG_ID", "the organisation whose models are listed"},
    {"project", OptionType::Text, nullptr, false, false, "OPENAI_PROJECT_ID", "the project whose models are listed"},
}};
constexpr auto kOptions = rest::with_options(rest::http_options("OPENAI_API_KEY", "https://api.openai.com/v1"), kOwn);

/// GET /models takes no parameter and answers everything at once, in no order.
rest::RestResource model() {
  rest::RestResource model;
  model.resource.name = "model";
  model.resource.label = "id";
  model.resource.read_only = {"id", "object", "created", "owned_by", "shutdown_date"};
  model.list.path = "/models";
  model.list.items = "data";
  model.item = "/models/{id}";
  return model;
}

rest::ErrorSpec errors() {
  rest::ErrorSpec errors;
  errors.message_paths = {"error.message", "message"};
  errors.credentials_hint = "set OPENAI_API_KEY to a key of https://platform.openai.com/account/api-keys";
  errors.rules = {{.status = 429,
                   .member = "error.code",
                   .equals = "insufficient_quota",
                   .kind = ErrorKind::Credentials,
                   .message = "The OpenAI account has no credit left",
                   .hint = "look at plan and billing on https://platform.openai.com",
                   .final = true}};
  errors.wait_headers = {"retry-after-ms"};
  errors.repeat_header = "x-should-retry";
  return errors;
}

rest::RestSpec make_spec(const OptionValues& values) {
  rest::RestSpec spec;
  spec.label = "OpenAI";
  spec.auth = {rest::AuthStyle::Bearer, "", "OPENAI_API_KEY"};
  spec.headers = {{"OpenAI-Organization", values.text("organization")}, {"OpenAI-Project", values.text("project")}};
  spec.resources = {model()};
  spec.check = "/models";
  spec.errors = errors();
  return spec;
}

Provider* create(const std::string&, const OptionValues& values, std::string& error) noexcept {
  return guarded_create<Provider>(error,
                                  [&] { return std::make_unique<rest::RestProvider>(make_spec(values), rest::read_options(values)); });
}

}  // namespace
}  // namespace lockstep::openai

LOCKSTEP_EXPORT_PROVIDER("openai", "1.0.0", "OpenAI's models", lockstep::openai::kOptions, lockstep::openai::create)
