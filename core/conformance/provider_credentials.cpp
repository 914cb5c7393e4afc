// The key: missing, wrong, and never seen in an error.
#include <atomic>

#include "conformance/provider_groups.h"
#include "format/json.h"

namespace lockstep::conformance {
namespace {

constexpr const char* kWrongKey = "lockstep-wrong-key-0123456789";

void a_missing_credential_names_its_variable(ProviderTrial& t) {
  const Option* key = t.key_option();
  if (key == nullptr) Check::skip("the provider takes no credential");
  const auto provider = t.make({{key->name, ""}});
  const Credentials credentials = provider->credentials();
  t.that(!credentials.present, "credentials() says that there is one");
  // A provider whose variable stands in a file of its own names it only here.
  const std::string variable = key->env != nullptr ? key->env : credentials.missing;
  t.require(!variable.empty(), std::string("the option ") + key->name + " names no variable");
  t.contains(credentials.missing, variable, "what credentials() says is missing");
  const Error error = t.throws(ErrorKind::Credentials, "check() without a credential", [&] { provider->check(t.call()); });
  t.contains(error.what(), variable, "the error");
  const Walk walk = t.walk(*provider);
  t.that(walk.error && walk.error->kind() == ErrorKind::Credentials, "a list without a credential: " + walk.outcome());
}

void a_bad_key_is_refused(ProviderTrial& t) {
  t.truth();
  t.key();
  const auto provider = t.make({{t.key_option()->name, kWrongKey}});
  t.that(provider->credentials().present, "credentials() says that there is none");
  const Error error = t.throws(ErrorKind::Credentials, "check() with a wrong key", [&] { provider->check(t.call()); });
  t.that(std::string_view(error.what()).find(kWrongKey) == std::string_view::npos, "the error holds the key");
  const Walk walk = t.walk(*provider);
  t.that(walk.error && walk.error->kind() == ErrorKind::Credentials, "a list with a wrong key: " + walk.outcome());
  t.that(!walk.end.complete, "a list with a wrong key is complete");
}

void a_good_key_is_accepted(ProviderTrial& t) {
  t.resource();
  t.that(t.provider().credentials().present, "credentials() says that there is none");
  t.provider().check(t.call());
}

/// Every text about a failure that may reach a person or a log.
void look_for_the_key(ProviderTrial& t, const Walk& walk, const std::string& what) {
  if (walk.error) t.holds_no_key(walk.error->what(), what + ", the error");
  t.holds_no_key(walk.end.why, what + ", the reason for the list's end");
  for (const std::string& problem : walk.problems) t.holds_no_key(problem, what + ", a problem");
}

void no_error_holds_the_key(ProviderTrial& t) {
  t.key();
  t.gateway();
  const auto provider = t.make();
  const std::pair<const char*, std::function<std::string(const std::string&)>> shapes[] = {
      {"JSON",
       [](const std::string& head) {
         return json::to_text(Json::Object{{"message", head}, {"error", Json::Object{{"message", head}}}});
       }},
      {"text", [](const std::string& head) { return head; }},
      {"HTML", [](const std::string& head) { return "<html><body>" + head + "</body></html>"; }}};
  for (const int status : {200, 400, 401, 403, 404, 409, 429, 500}) {
    for (const auto& [name, body] : shapes) {
      t.gateway().replace([&body = body, status](const GatewayRequest& request, GatewayAnswer& answer) {
        answer.status = status;
        answer.body = body(request.head);
        answer.headers = {{"Retry-After", "3600"}};
      });
      const std::string what = std::to_string(status) + " that repeats the request as " + name;
      look_for_the_key(t, t.walk(*provider), what);
      try {
        provider->check(t.call());
      } catch (const Error& error) {
        t.holds_no_key(error.what(), what + ", check()");
      }
    }
  }
  t.gateway().alter({});
}

}  // namespace

std::vector<ProviderCheck> credential_checks() {
  return {{"AMissingCredentialNamesItsVariable", a_missing_credential_names_its_variable},
          {"ABadKeyIsRefused", a_bad_key_is_refused},
          {"AGoodKeyIsAccepted", a_good_key_is_accepted},
          {"NoErrorHoldsTheKey", no_error_holds_the_key}};
}

}  // namespace lockstep::conformance
