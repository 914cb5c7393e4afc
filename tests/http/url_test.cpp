// Addresses and proxy variables.
#include "http/url.h"

#include <gtest/gtest.h>

#include <map>

#include "common/log.h"
#include "http/client_fixture.h"
#include "http/proxy.h"

namespace lockstep::http {
namespace {

TEST(Url, ReadsHostPortAndPath) {
  const Url url = parse_base_url("HTTPS://API.vapi.ai/v1/");
  EXPECT_EQ(url.host, "api.vapi.ai");
  EXPECT_EQ(url.port, 443);
  EXPECT_EQ(url.path, "/v1");
  EXPECT_EQ(url.authority(), "api.vapi.ai");
  EXPECT_EQ(parse_base_url("http://[::1]:8080").authority(), "[::1]:8080");
  EXPECT_EQ(parse_base_url("https://host:8443").origin(), "https://host:8443");
}

TEST(Url, ClearTextIsForThisMachineOnly) {
  for (const char* fine : {"http://localhost:1", "http://127.0.0.1:1", "http://127.1.2.3:1", "http://[::1]:1"}) {
    EXPECT_NO_THROW(parse_base_url(fine)) << fine;
  }
  for (const char* bad : {"http://api.vapi.ai", "http://10.0.0.1", "http://localhost.example.com", "http://127.0.0.1.example.com"}) {
    const Error error = test::error_of([&] { parse_base_url(bad); });
    EXPECT_EQ(error.kind(), ErrorKind::Invalid) << bad;
    EXPECT_EQ(error.hint(), "use https://") << bad;
  }
}

TEST(Url, RefusesWhatIsNoBaseAddress) {
  for (const char* bad :
       {"", "api.vapi.ai", "ftp://api.vapi.ai", "https://", "https://user:pw@host", "https://host/?key=1", "https://host/#x"}) {
    EXPECT_EQ(test::error_of([&] { parse_base_url(bad); }).kind(), ErrorKind::Invalid) << bad;
  }
}

TEST(Url, ParametersAreEncoded) {
  const std::vector<std::pair<std::string, std::string>> parameters{{"createdAtLe", "2026-08-27T08:27:34.988Z"}, {"q", "a&b=ü"}};
  EXPECT_EQ(with_query("/assistant", parameters), "/assistant?createdAtLe=2026-08-27T08%3A27%3A34.988Z&q=a%26b%3D%C3%BC");
  EXPECT_EQ(encode_component("../x?y"), "..%2Fx%3Fy");
}

TEST(Url, LogsShowNoSecretParameter) {
  register_secret("sk-registered-secret");
  EXPECT_EQ(loggable_target("/models?key=abc123&pageSize=5&pageToken=xyz"), "/models?key=[redacted]&pageSize=5&pageToken=[redacted]");
  EXPECT_EQ(loggable_target("/x/sk-registered-secret").find("sk-registered"), std::string::npos);
}

struct NoProxyCase {
  const char* list;
  const char* host;
  std::uint16_t port;
  bool listed;
};

TEST(Proxy, NoProxyNamesHostsDomainsAndNetworks) {
  const NoProxyCase cases[] = {
      {"", "api.vapi.ai", 443, false},
      {"*", "api.vapi.ai", 443, true},
      {"vapi.ai", "api.vapi.ai", 443, true},
      {".vapi.ai", "api.vapi.ai", 443, true},
      {"*.vapi.ai", "api.vapi.ai", 443, true},
      {"api.vapi.ai", "API.vapi.ai", 443, true},
      {"pi.ai", "api.vapi.ai", 443, false},
      {"evilvapi.ai", "api.vapi.ai", 443, false},
      {"a.test, vapi.ai:443", "api.vapi.ai", 443, true},
      {"vapi.ai:8443", "api.vapi.ai", 443, false},
      {"10.0.0.0/8", "10.1.2.3", 443, true},
      {"10.0.0.0/8", "11.1.2.3", 443, false},
      {"10.1.2.3", "10.1.2.3", 443, true},
      {"fd00::/8", "fd12::1", 443, true},
      {"10.0.0.0/99", "10.1.2.3", 443, false},
  };
  for (const NoProxyCase& one : cases)
    EXPECT_EQ(listed_in_no_proxy(one.list, one.host, one.port), one.listed) << one.list << " " << one.host;
}

Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(Proxy, VariablesByScheme) {
  const Url secure = parse_base_url("https://api.vapi.ai");
  EXPECT_FALSE(proxy_for(secure, variables({})));
  EXPECT_EQ(proxy_for(secure, variables({{"HTTPS_PROXY", "http://Proxy.test:3128"}}))->host, "proxy.test");
  EXPECT_EQ(proxy_for(secure, variables({{"https_proxy", "lower.test:1"}, {"HTTPS_PROXY", "upper.test:1"}}))->host, "lower.test");
  EXPECT_EQ(proxy_for(secure, variables({{"ALL_PROXY", "all.test:8"}}))->port, 8);
  EXPECT_FALSE(proxy_for(secure, variables({{"HTTP_PROXY", "clear.test:1"}})));
  EXPECT_FALSE(proxy_for(secure, variables({{"HTTPS_PROXY", "p.test:1"}, {"no_proxy", "vapi.ai"}})));
  EXPECT_FALSE(proxy_for(parse_base_url("http://localhost:8"), variables({{"HTTP_PROXY", "p.test:1"}, {"ALL_PROXY", "p.test:1"}})));
}

TEST(Proxy, CredentialsAreSentAndRedacted) {
  const auto proxy = proxy_for(parse_base_url("https://api.vapi.ai"), variables({{"HTTPS_PROXY", "http://user:p%40ssword@proxy.test:1"}}));
  EXPECT_EQ(proxy->authorization, "Basic dXNlcjpwQHNzd29yZA==");
  EXPECT_EQ(redact("x p@ssword y").find("p@ssword"), std::string::npos);
}

TEST(Proxy, AnUnusableOneIsNamed) {
  const Error error = test::error_of([] {
    proxy_for(parse_base_url("https://api.vapi.ai"), variables({{"HTTPS_PROXY", "socks5://proxy.test:1"}}));
  });
  EXPECT_EQ(error.kind(), ErrorKind::Invalid);
  EXPECT_NE(error.message().find("HTTPS_PROXY"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::http
