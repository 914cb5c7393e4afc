// The Vapi plugin: its table, its lists over a scripted server, and real answers where they are at hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "common/log.h"
#include "common/text.h"
#include "format/json.h"
#include "http/client_fixture.h"
#include "resources.h"
#include "rest/list_model.h"
#include "sdk/plugin.h"
#include "support/files.h"

extern "C" const lockstep::ProviderPlugin lockstep_provider_v1;

namespace lockstep::vapi {
namespace {

using test::answer;
using test::Caller;
using test::error_of;
using test::ScriptedServer;

std::unique_ptr<Provider> make(std::map<std::string, std::string, std::less<>> given) {
  const PluginHead& head = lockstep_provider_v1.head;
  std::string error;
  std::unique_ptr<Provider> provider(
      lockstep_provider_v1.create("vapi", OptionValues({head.options, head.option_count}, std::move(given)), error));
  EXPECT_TRUE(provider != nullptr || !error.empty());
  return provider;
}

std::unique_ptr<Provider> at(const ScriptedServer& server) {
  return make({{"api_key", "vapi-key-0123456789"}, {"base_url", server.url()}, {"retries", "0"}, {"rate", "0"}});
}

bool holds(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

TEST(VapiPlugin, PresentsItself) {
  const PluginHead& head = lockstep_provider_v1.head;
  EXPECT_EQ(head.size, sizeof(ProviderPlugin));
  EXPECT_STREQ(head.name, "vapi");
  EXPECT_STREQ(head.fingerprint, LOCKSTEP_FINGERPRINT);
  const OptionValues values({head.options, head.option_count}, {});
  EXPECT_EQ(values.text("base_url"), "https://api.vapi.ai");
  EXPECT_EQ(values.duration("timeout"), Millis(30'000));
  ASSERT_NE(values.option("api_key"), nullptr);
  EXPECT_TRUE(values.option("api_key")->secret);
  EXPECT_STREQ(values.option("api_key")->env, "VAPI_API_KEY");
}

TEST(VapiPlugin, BadOptionsAreTextNotExceptions) {
  std::string error;
  const PluginHead& head = lockstep_provider_v1.head;
  const OptionValues values({head.options, head.option_count}, {{"base_url", "http://api.vapi.ai"}});
  EXPECT_EQ(lockstep_provider_v1.create("vapi", values, error), nullptr);
  EXPECT_NE(error.find("clear text"), std::string::npos) << error;
}

TEST(VapiPlugin, AMissingKeyIsToldWithItsRemedy) {
  const auto provider = make({});
  Caller caller;
  EXPECT_FALSE(provider->credentials().present);
  const Error error = error_of([&] { provider->check(caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Credentials);
  EXPECT_EQ(error.message(), "Vapi API key not configured");
  EXPECT_EQ(error.hint(), "set VAPI_API_KEY");
}

TEST(VapiTable, ResourcesAreConsistent) {
  for (const rest::RestResource& endpoint : make_spec().resources) {
    const Resource& resource = endpoint.resource;
    EXPECT_EQ(std::set<std::string>(resource.known.begin(), resource.known.end()).size(), resource.known.size());
    for (const std::string& path : resource.legacy) {
      EXPECT_FALSE(holds(resource.known, path)) << path;
      EXPECT_FALSE(holds(resource.read_only, path)) << path;
    }
    for (const std::string& path : resource.write_only) EXPECT_TRUE(holds(resource.secret, path)) << path;
    EXPECT_EQ(endpoint.list.page_size_cap, 1000U);
  }
}

TEST(VapiTable, AssistantAndPhoneNumber) {
  const rest::RestSpec spec = make_spec();
  const Resource& assistant = spec.resources[0].resource;
  EXPECT_EQ(assistant.known.size(), 36U);
  EXPECT_EQ(assistant.marker, "metadata");
  EXPECT_TRUE(assistant.can_create);
  for (const char* path : {"id", "orgId", "createdAt", "updatedAt", "latestVersion", "isServerUrlSecretSet", "analyticsMetadata",
                           "isDeleted", "workflowIds"}) {
    EXPECT_TRUE(holds(assistant.read_only, path)) << path;
  }
  for (const char* path : {"credentials", "server.secret", "serverUrlSecret", "model.tools.*.server.secret", "server.headers"}) {
    EXPECT_TRUE(holds(assistant.secret, path)) << path;
  }
  const Resource& number = spec.resources[1].resource;
  EXPECT_EQ(number.name, "phone_number");
  EXPECT_FALSE(number.can_create);
  EXPECT_TRUE(number.can_update);
  EXPECT_EQ(number.marker, "");
  EXPECT_EQ(number.known.size(), 24U);
  EXPECT_EQ(number.references[0].resource, "assistant");
  EXPECT_TRUE(holds(number.write_only, "twilioAuthToken"));
}

TEST(VapiList, AsksAsVapiWants) {
  std::string request;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& head) {
    request = head;
    return answer(200, "[]");
  }));
  const auto provider = at(server);
  Caller caller;
  EXPECT_FALSE(provider->list(provider->resources()[0], {}, caller.call)->next(caller.call));
  EXPECT_TRUE(request.starts_with("GET /assistant?limit=250 HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nUser-Agent: lockstep"), std::string::npos);
  EXPECT_NE(request.find("\r\nAuthorization: Bearer vapi-key-0123456789\r\n"), std::string::npos);
  EXPECT_FALSE(provider->list(provider->resources()[1], {}, caller.call)->next(caller.call));
  EXPECT_TRUE(request.starts_with("GET /phone-number?limit=250 HTTP/1.1\r\n")) << request;
}

TEST(VapiWrite, NeverSendsAMethodThatRemoves) {
  std::set<std::string> methods;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& head) {
    methods.insert(head.substr(0, head.find(' ')));
    return answer(200, "{\"id\":\"x\"}");
  }));
  const auto provider = at(server);
  Caller caller;
  const Resource& assistant = provider->resources()[0];
  const Json body = json::parse("{\"name\":\"n\"}");
  provider->create(assistant, body, caller.call);
  provider->update(assistant, "x", body, caller.call);
  provider->get(assistant, "x", caller.call);
  EXPECT_EQ(methods, (std::set<std::string>{"GET", "POST", "PATCH"}));
}

struct Refusal {
  int status;
  const char* body;
  ErrorKind kind;
  const char* words;
};

TEST(VapiError, RefusalsAreExplained) {
  const Refusal refusals[] = {
      {401,
       R"({"message":"Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.","error":"Unauthorized","statusCode":401})",
       ErrorKind::Credentials, "api.eu.vapi.ai"},
      {403, "error code: 1010", ErrorKind::Unreachable, "User-Agent"},
      {400,
       R"({"message":["property customer should not exist","property phoneNumberId should not exist"],"error":"Bad Request","statusCode":400})",
       ErrorKind::Rejected, "property customer should not exist; property phoneNumberId should not exist"},
      {409, R"({"error":"assistant_pinned","message":"pinned by a squad"})", ErrorKind::Rejected, "pinned by a squad"},
  };
  for (const Refusal& refusal : refusals) {
    ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(refusal.status, refusal.body); }));
    const auto provider = at(server);
    Caller caller;
    const Error error = error_of([&] { provider->update(provider->resources()[0], "x", Json(Json::Object{}), caller.call); });
    EXPECT_EQ(error.kind(), refusal.kind) << refusal.body;
    EXPECT_NE(std::string(error.what()).find(refusal.words), std::string::npos) << error.what();
    EXPECT_EQ(error.effect(), Effect::None);
  }
}

TEST(VapiRecorded, ErrorsAreUnderstood) {
  const char* recorded = std::getenv("LOCKSTEP_RECORDED");
  if (recorded == nullptr) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  const std::filesystem::path folder = std::filesystem::path(recorded) / "errors";
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.path().filename().string().starts_with("vapi-")) continue;
    ++seen;
    const Json recording = json::parse(test::file_text(entry.path()));
    const int status = static_cast<int>(*recording.find("status")->integer());
    const Json& body = *recording.find("body");
    const std::string text = body.text() != nullptr ? *body.text() : json::to_text(body);
    ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(status, text); }));
    const auto provider = at(server);
    Caller caller;
    const Error error = error_of([&] { provider->check(caller.call); });
    const ErrorKind expected = status == 401 ? ErrorKind::Credentials : status == 403 ? ErrorKind::Unreachable : ErrorKind::Rejected;
    EXPECT_EQ(error.kind(), expected) << entry.path();
    EXPECT_EQ(error.status(), status);
    if (status == 400) {
      EXPECT_NE(error.message().find("should not exist"), std::string::npos) << error.message();
    }
  }
  EXPECT_GT(seen, 0U);
}

TEST(VapiRecorded, AssistantsAreCutAndEveryKeyIsAccountedFor) {
  const std::string body = test::recorded("vapi-assistants.json");
  if (body.empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED names no folder with vapi-assistants.json";
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(200, body); }));
  const auto provider = at(server);
  Caller caller;
  const Resource& assistant = provider->resources()[0];
  const auto stream = provider->list(assistant, {}, caller.call);
  const auto page = stream->next(caller.call);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->problems.empty());
  const Json whole = json::parse(body);
  ASSERT_EQ(page->records.size(), whole.array()->size());
  for (std::size_t i = 0; i < page->records.size(); ++i) {
    const Json& original = (*whole.array())[i];
    EXPECT_EQ(json::canonical(page->records[i].raw), json::canonical(original));
    EXPECT_EQ(page->records[i].id, original.text_at("id"));
    for (const Json::Member& member : *original.object()) {
      const bool known =
          holds(assistant.known, member.first) || holds(assistant.legacy, member.first) || holds(assistant.read_only, member.first);
      EXPECT_TRUE(known) << member.first;
    }
  }
}

}  // namespace
}  // namespace lockstep::vapi
