// Who is let in: every route of the table with every scope, tokens, cookies, other sites and other names.
#include <gtest/gtest.h>

#include "office.h"
#include "serve/route.h"

namespace lockstep::serve {
namespace {

using test::OfficeTest;

class Gates : public OfficeTest {
 protected:
  /// An address of the route, with something in the place of each "{…}".
  static std::string address(const Route& route) {
    std::string out(route.path);
    for (std::size_t at = 0; (at = out.find('{')) != std::string::npos;) out.replace(at, out.find('}') - at + 1, "x");
    return out;
  }
  /// A cookie of a session.
  std::string sign_in(const std::string& token) {
    const web::Response response = service().answer(request("POST", "/api/v1/session", R"({"token": ")" + token + "\"}"));
    const std::string cookie = header(response, "Set-Cookie");
    return cookie.substr(0, cookie.find(';'));
  }
};

TEST_F(Gates, NobodyGetsBehindARouteThatIsNotOpen) {
  for (const Route& route : routes()) {
    const int status = service().answer(request(std::string(route.method), address(route))).status;
    if (route.scope) {
      EXPECT_EQ(status, 401) << route.method << " " << route.path;
    } else if (!route.raw_body) {  // a webhook has a proof of its own
      EXPECT_NE(status, 401) << route.method << " " << route.path << " is open";
    }
  }
}

TEST_F(Gates, ATokenDoesWhatItsScopeSaysAndNoMore) {
  for (const auto& row : scope_words().rows()) {
    const std::string secret = token(row.value);
    for (const Route& route : routes()) {
      if (!route.scope) continue;
      const int status = ask_as(secret, std::string(route.method), address(route)).status;
      if (row.value < *route.scope) {
        EXPECT_EQ(status, 403) << row.word << ": " << route.method << " " << route.path;
      } else {
        EXPECT_NE(status, 401) << row.word << ": " << route.method << " " << route.path;
      }
    }
  }
}

TEST_F(Gates, WhatPassesAGuardNeedsAWiderScopeThanTheRoute) {
  const std::string plan = token(Scope::Plan), write = token(Scope::Write);
  EXPECT_EQ(ask_as(plan, "POST", "/api/v1/runs", R"({"mode": "import"})").status, 403);
  EXPECT_EQ(ask_as(plan, "POST", "/api/v1/runs", R"({"mode": "import", "dry_run": true})").status, 202);
  for (const char* guard : {"force", "allow_mass_change", "allow_account_change"})
    EXPECT_EQ(ask_as(write, "POST", "/api/v1/runs", R"({"mode": "import", ")" + std::string(guard) + "\": true}").status, 403) << guard;
  EXPECT_EQ(ask_as(write, "POST", "/api/v1/runs", R"({"mode": "import"})").status, 202);
}

TEST_F(Gates, AWrongTokenIsRefusedAndSoIsARevokedOrExpiredOne) {
  EXPECT_EQ(ask_as("nonsense", "GET", "/api/v1/me").status, 401);
  const std::string good = token(Scope::Read);
  EXPECT_EQ(ask_as(good, "GET", "/api/v1/me").status, 200);
  std::string mistyped = good;
  mistyped[20] = mistyped[20] == 'a' ? 'b' : 'a';
  EXPECT_EQ(ask_as(mistyped, "GET", "/api/v1/me").status, 401);
  service().tokens().revoke("somebody 1");
  EXPECT_EQ(ask_as(good, "GET", "/api/v1/me").status, 401);
  const std::string old = service().tokens().create({"old", Scope::Read, {}, system_clock().now() - 1});
  EXPECT_EQ(ask_as(old, "GET", "/api/v1/me").status, 401);
}

TEST_F(Gates, TwoTokensInOneRequestAreRefused) {
  web::Request both = request("GET", "/api/v1/me", {}, {{"Authorization", "Bearer " + token(Scope::Read)}});
  both.headers.add("Authorization", "Bearer " + admin());
  EXPECT_EQ(service().answer(both).status, 400);
}

TEST_F(Gates, ManyWrongTokensAreSlowedDownAndAGoodOneIsNot) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask_as("wrong" + std::to_string(i), "GET", "/api/v1/me").status, 401);
  const web::Response response = ask_as("wrong", "GET", "/api/v1/me");
  EXPECT_EQ(response.status, 429);
  EXPECT_NE(header(response, "Retry-After"), "");
  EXPECT_EQ(ask("GET", "/api/v1/me").status, 200);
}

TEST_F(Gates, WhoMakesUpAnAddressIsCountedUnderTheirOwn) {
  for (int i = 0; i < 6; ++i) {
    const auto response = service().answer(
        request("GET", "/api/v1/me", {}, {{"Authorization", "Bearer w"}, {"X-Forwarded-For", "10.0.0." + std::to_string(i)}}));
    EXPECT_EQ(response.status, i < 5 ? 401 : 429);
  }
}

TEST_F(Gates, BehindATrustedProxyTheLastForeignHopCounts) {
  configure("serve: {trusted_proxies: [127.0.0.1, 10.0.0.1]}\n");
  const auto peer = [&](const std::string& header) {
    return service().gate().peer(request("GET", "/", {}, {{"X-Forwarded-For", header}}));
  };
  EXPECT_EQ(peer("1.2.3.4"), "1.2.3.4");
  EXPECT_EQ(peer("6.6.6.6, 1.2.3.4, 10.0.0.1"), "1.2.3.4");
}

TEST_F(Gates, AnotherNameIsNotThisServer) {
  web::Request foreign = request("GET", "/health/live");
  for (const char* host : {"evil.example", "evil.example:8787", "127.0.0.1:80", "127.0.0.1"}) {
    foreign.host = host;
    EXPECT_EQ(service().answer(foreign).status, 421) << host;
  }
  for (const char* host : {"127.0.0.1:8787", "localhost:8787", "[::1]:8787"}) {
    foreign.host = host;
    EXPECT_EQ(service().answer(foreign).status, 200) << host;
  }
}

TEST_F(Gates, APublicAddressAndFurtherNamesAreItsOwnToo) {
  configure("serve: {public_url: \"https://sync.example.com\", hosts: [inside]}\n");
  web::Request named = request("GET", "/health/live");
  for (const char* host : {"sync.example.com", "inside", "inside:8787"}) {
    named.host = host;
    EXPECT_EQ(service().answer(named).status, 200) << host;
  }
}

TEST_F(Gates, ACookieStandsForItsToken) {
  const std::string secret = token(Scope::Write);
  const std::string cookie = sign_in(secret);
  EXPECT_TRUE(cookie.starts_with("lockstep=")) << cookie;
  EXPECT_EQ(json(service().answer(request("GET", "/api/v1/me", {}, {{"Cookie", "a=b; " + cookie}}))).text_at("via"), "session");
  service().tokens().revoke("somebody 1");
  EXPECT_EQ(service().answer(request("GET", "/api/v1/me", {}, {{"Cookie", cookie}})).status, 401);
}

TEST_F(Gates, SigningOutEndsIt) {
  const std::string cookie = sign_in(token(Scope::Read));
  const web::Response out = service().answer(request("DELETE", "/api/v1/session", {}, {{"Cookie", cookie}}));
  EXPECT_EQ(out.status, 204);
  EXPECT_NE(header(out, "Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(service().answer(request("GET", "/api/v1/me", {}, {{"Cookie", cookie}})).status, 401);
}

TEST_F(Gates, ACookieIsSecureWherePeopleComeByHttps) {
  configure("serve: {public_url: \"https://sync.example.com\"}\n");
  const std::string secret = token(Scope::Read);
  const std::string cookie = header(service().answer(request("POST", "/api/v1/session", R"({"token": ")" + secret + "\"}")), "Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-lockstep=")) << cookie;
  for (const char* part : {"; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"}) EXPECT_NE(cookie.find(part), std::string::npos) << part;
}

TEST_F(Gates, AnotherSiteAsksInVainThroughABrowser) {
  const std::string cookie = sign_in(token(Scope::Write));
  const auto post = [&](Headers headers) {
    headers["Cookie"] = cookie;
    return service().answer(request("POST", "/api/v1/runs", R"({"mode": "import"})", headers)).status;
  };
  EXPECT_EQ(post({}), 403);
  EXPECT_EQ(post({{"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(post({{"Sec-Fetch-Site", "same-site"}}), 403);
  EXPECT_EQ(post({{"Origin", "http://evil.example"}}), 403);
  EXPECT_EQ(post({{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://127.0.0.1:8787"}}), 403);
  EXPECT_EQ(post({{"Sec-Fetch-Site", "same-origin"}}), 202);
  EXPECT_EQ(post({{"Origin", "http://127.0.0.1:8787"}}), 202);
}

TEST_F(Gates, ATokenForOneSyncSeesNoOther) {
  directory_.write("config/lockstep.yaml", R"(stores: {main: {plugin: sqlite, path: books.db}}
providers: {library: {plugin: shelf, label: Library, api_key: "sesame-open-42"}}
syncs:
  books: {provider: library, resource: book, store: main, mapping: books.yaml, default: true}
  others: {provider: library, resource: book, store: main, mapping: others.yaml}
)");
  directory_.write("config/others.yaml",
                   "table: others\nkey: {column: library_id, from: id}\nfields:\n  title: {type: text, required: true}\n");
  ask_and_wait("/api/v1/runs", R"({"mode": "import", "syncs": ["others"]})");
  const std::string run = json(ask_and_wait("/api/v1/runs", R"({"mode": "import", "syncs": ["others"]})")).text_at("id");
  ask_and_wait("/api/v1/runs", R"({"mode": "import", "syncs": ["books", "others"]})");
  ask("GET", "/api/v1/syncs/others/status");
  const std::string secret = token(Scope::Admin, {"books"});
  for (const std::string& hidden : std::vector<std::string>{"/api/v1/syncs/others", "/api/v1/syncs/others/status", "/api/v1/runs/" + run,
                                                            "/api/v1/runs/" + run + "/changes"})
    EXPECT_EQ(ask_as(secret, "GET", hidden).status, 404) << hidden;
  EXPECT_EQ(ask_as(secret, "POST", "/api/v1/runs/" + run + "/rollback", "{}").status, 404);
  EXPECT_EQ(ask_as(secret, "POST", "/api/v1/runs", R"({"mode": "import", "syncs": ["others"]})").status, 404);
  EXPECT_EQ(ask_as(secret, "GET", "/api/v1/history?sync=others").status, 404);
  EXPECT_EQ(ask_as(secret, "POST", "/api/v1/configuration/check", "{}").status, 403);
  EXPECT_EQ(ask_as(secret, "POST", "/api/v1/tokens", R"({"name": "wider", "scope": "admin"})").status, 403);
  EXPECT_EQ(ask_as(secret, "POST", "/api/v1/tokens/ada/revoke", "{}").status, 403);
  for (const char* of_all : {"/api/v1/tokens", "/api/v1/activity"}) EXPECT_EQ(ask_as(secret, "GET", of_all).status, 403) << of_all;
  for (const char* list :
       {"/api/v1/syncs", "/api/v1/runs", "/api/v1/history", "/api/v1/conflicts", "/api/v1/rejected", "/api/v1/plans", "/metrics"})
    EXPECT_EQ(ask_as(secret, "GET", list).body.find("others"), std::string::npos) << list;
}

TEST_F(Gates, ATokenInUseIsStillCalledByItsId) {
  const std::string id = admin().substr(4, 8);
  ask("GET", "/api/v1/me");
  EXPECT_EQ(json(ask("GET", "/api/v1/tokens")).find("items")->array()->front().text_at("id"), id);
  EXPECT_EQ(redact("token " + admin()).find(admin().substr(13)), std::string::npos);
}

TEST_F(Gates, AWrongTokenMasksNoWordInTheAnswersOfOthers) {
  ask_as("somebody else", "GET", "/api/v1/me");
  service().answer(request("POST", "/api/v1/session", R"({"token":"nobody at all"})"));
  const std::string other = service().tokens().create({"somebody else, nobody at all", Scope::Read});
  EXPECT_EQ(json(ask_as(other, "GET", "/api/v1/me")).text_at("name"), "somebody else, nobody at all");
}

TEST_F(Gates, ATokenIsKeptAsAHashAlone) {
  const std::string secret = token(Scope::Read);
  const std::string kept = directory_.read("config/.lockstep/tokens.json");
  EXPECT_EQ(kept.find(secret), std::string::npos);
  EXPECT_EQ(kept.find(secret.substr(13, 20)), std::string::npos);
  EXPECT_NE(kept.find(sha256(secret)), std::string::npos);
  EXPECT_EQ(ask("GET", "/api/v1/tokens").body.find("sha256"), std::string::npos);
}

TEST_F(Gates, ATokenOfTheConfigurationIsOneToo) {
  configure("serve: {tokens: [{name: cron, scope: write, sha256: " + sha256("a long word of mine") + "}]}\n");
  EXPECT_EQ(json(ask_as("a long word of mine", "GET", "/api/v1/me")).text_at("name"), "cron");
  EXPECT_EQ(ask("POST", "/api/v1/tokens/file:cron/revoke").status, 422);
}

TEST_F(Gates, AnswersAreNotKeptNorFramedNorGuessedAt) {
  for (const auto& response : {ask("GET", "/api/v1/me"), ask("GET", "/nowhere"), service().refuse({400, "no"})}) {
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_NE(header(response, "Content-Security-Policy").find("frame-ancestors 'none'"), std::string::npos);
  }
}

TEST_F(Gates, WhoAskedForWhatIsKept) {
  const std::string reader = token(Scope::Read);
  ask("POST", "/api/v1/syncs/books/pause", R"({"reason": "maintenance"})");
  ask("POST", "/api/v1/syncs/nothing/pause", R"({"reason": "maintenance"})");
  ask("GET", "/api/v1/syncs");
  const Json items = *json(ask("GET", "/api/v1/activity")).find("items");
  ASSERT_EQ(items.array()->size(), 2U);
  EXPECT_EQ(items.array()->front().text_at("about"), "nothing");
  EXPECT_EQ(*items.array()->front().find("status"), Json(404));
  const Json& first = items.array()->back();
  EXPECT_EQ(first.text_at("who"), "ada");
  EXPECT_EQ(first.text_at("what"), "Nothing runs it by itself until it is resumed");
  EXPECT_EQ(first.text_at("about"), "books");
  EXPECT_EQ(first.text_at("from"), "127.0.0.1");
  EXPECT_EQ(ask_as(reader, "GET", "/api/v1/activity").status, 403);
}

}  // namespace
}  // namespace lockstep::serve
