// The catalogue of models, as the database has it.
#include "operations/models.h"
#include "operations/since.h"
#include "serve/answers.h"

namespace lockstep::serve {
namespace {

using Kind = Field::Kind;

void demand_catalogue(const Asked& asked) {
  if (!asked.person.syncs.empty()) throw Problem{403, "a token that is limited to syncs does not see the catalogue", "forbidden"};
}

web::Response list_models(Service& service, const Asked& asked) {
  demand_catalogue(asked);
  const Given& given = asked.parameters;
  return json_response(
      to_json(operations::models(*service.workspace().get(), {given.text_or("provider"), given.text_or("family"), given.text_or("kind"),
                                                              given.text_or("capability"), given.flag("all")})));
}

web::Response list_events(Service& service, const Asked& asked) {
  demand_catalogue(asked);
  operations::ModelsHistoryRequest request{asked.parameters.text_or("provider"), asked.parameters.text_or("model")};
  request.since = since_of(asked.parameters.text_or("since"), service.clock().now());
  request.limit = limit_of(asked);
  return json_response(to_json(operations::models_history(*service.workspace().get(), request)));
}

web::Response list_due(Service& service, const Asked& asked) {
  demand_catalogue(asked);
  const auto within = parse_duration(asked.parameters.text_or("within", "90d"));
  if (!within) throw Problem{400, "within: expected a duration such as 90d"};
  return json_response(
      to_json(operations::models_due(*service.workspace().get(), {asked.parameters.text_or("provider"), *within}, service.clock())));
}

}  // namespace

std::vector<Route> model_routes() {
  const Field provider{"provider", Kind::Text, "only this provider's"};
  return {
      {"GET",
       "/api/v1/models",
       Scope::Read,
       "The models that are listed",
       {provider,
        {"family", Kind::Text, "only this family"},
        {"kind", Kind::Text, "only this kind"},
        {"capability", Kind::Text, "only models that are known to have it"},
        {"all", Kind::Flag, "also those that are no longer listed"}},
       {},
       "what `lockstep models --output json` prints",
       {200},
       list_models},
      {"GET",
       "/api/v1/models/events",
       Scope::Read,
       "What happened to models, the newest first",
       {provider,
        {"model", Kind::Text, "only this one's"},
        {"since", Kind::Text, "only from this time on: 2026-11-21, or 30d"},
        {"limit", Kind::Number, "at most so many, 50 without saying"}},
       {},
       "what `lockstep models history --output json` prints",
       {200},
       list_events},
      {"GET",
       "/api/v1/models/due",
       Scope::Read,
       "Shutdowns ahead",
       {provider, {"within", Kind::Text, "from now on: 90d"}},
       {},
       "what `lockstep models due --output json` prints",
       {200},
       list_due},
  };
}

}  // namespace lockstep::serve
