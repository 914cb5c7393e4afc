// The xAI provider: Grok's models. A table; what one list says of a model is laid over what another says of it. Prices are whole numbers as
// served: of tokens in US cents per 100 million (20000 is 2 dollars a million), of images in 1/100,000,000 cent.
// Source: docs.x.ai, REST reference of models (2026-06), and answers of the live API (2026-07).
#include "rest/options.h"
#include "sdk/plugin.h"

namespace lockstep::xai {
namespace {

constexpr auto kOptions = rest::http_options("XAI_API_KEY", "https://api.x.ai/v1");

/// /language-models adds modalities, prices and versions; models of images and videos have lists of their own.
rest::JoinSpec join(std::string path) {
  rest::JoinSpec join;
  join.list.path = path;
  join.list.items = "models";
  join.item = path + "/{id}";
  // A key that may use no such model, or an older service, has no such list.
  join.optional = true;
  join.adds = true;
  return join;
}

rest::RestResource model() {
  rest::RestResource model;
  model.resource.name = "model";
  model.resource.label = "id";
  model.resource.read_only = {"id", "object", "created", "owned_by"};
  model.list.path = "/models";
  model.list.items = "data";
  model.item = "/models/{id}";
  model.joins = {join("/language-models"), join("/image-generation-models"), join("/video-generation-models")};
  return model;
}

/// Errors are flat: {code, error}. A wrong key is 400, one without credit 429.
rest::ErrorSpec errors() {
  rest::ErrorSpec errors;
  errors.message_paths = {"error", "message", "error.message"};
  errors.credentials_hint = "set XAI_API_KEY to a key of https://console.x.ai";
  errors.rules = {{.status = 400, .contains = "incorrect API key", .kind = ErrorKind::Credentials},
                  {.status = 429,
                   .member = "error",
                   .contains = "used all available credits*spending limit",
                   .kind = ErrorKind::Credentials,
                   .message = "The xAI team has no credit left, or reached its monthly limit",
                   .hint = "buy credit or raise the limit on https://console.x.ai",
                   .final = true}};
  return errors;
}

rest::RestSpec make_spec() {
  rest::RestSpec spec;
  spec.label = "xAI";
  spec.auth = {rest::AuthStyle::Bearer, "", "XAI_API_KEY"};
  spec.resources = {model()};
  spec.check = "/models";
  spec.errors = errors();
  return spec;
}

Provider* create(const std::string&, const OptionValues& values, std::string& error) noexcept {
  return guarded_create<Provider>(error, [&] { return std::make_unique<rest::RestProvider>(make_spec(), rest::read_options(values)); });
}

}  // namespace
}  // namespace lockstep::xai

LOCKSTEP_EXPORT_PROVIDER("xai", "1.0.0", "xAI's Grok models", lockstep::xai::kOptions, lockstep::xai::create)
