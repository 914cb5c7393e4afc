// The section `serve:`: what it may say, and what is refused with its place.
#include "config/serve_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "office.h"

namespace lockstep::serve {
namespace {

using ::testing::HasSubstr;

class ServeSettings : public test::OfficeTest {
 protected:
  std::string mistake(const std::string& section) {
    configure("serve: {" + section + "}\n");
    const auto errors = workspace_anew()->problems().errors();
    return errors.empty() ? std::string() : errors.front();
  }
};

TEST_F(ServeSettings, ClearTextStaysOnThisMachine) {
  for (const char* open :
       {"listen: \"0.0.0.0:8787\"", "listen: \"10.0.0.5:80\"", "listen: \"[::]:8787\"", "listen: \"sync.example.com:80\""})
    EXPECT_THAT(mistake(open), HasSubstr("clear text")) << open;
  for (const char* closed : {"listen: \"127.0.0.1:8787\"", "listen: \"[::1]:1\"", "listen: \"unix:/run/x.sock\"", "listen: systemd",
                             "listen: \"0.0.0.0:8787\", tls: {certificate: a.pem, key: b.pem}",
                             "listen: \"0.0.0.0:8787\", trusted_proxies: [10.0.0.1]", "listen: \"0.0.0.0:8787\", insecure: true"})
    EXPECT_EQ(mistake(closed), "") << closed;
}

TEST_F(ServeSettings, MistakesAreToldWithTheirPlaces) {
  for (const char* wrong :
       {"listen: nowhere", "public_url: \"ftp://x\"", "tls: {certificate: a.pem}", "at_once: 0", "lisen: \"127.0.0.1:1\"",
        "tokens: [{name: x, scope: root, sha256: 00}]", "tokens: [{name: x, scope: read}]", "vapi_sync: {assistants: nothing}"})
    EXPECT_THAT(mistake(wrong), HasSubstr("lockstep.yaml:")) << wrong;
}

}  // namespace
}  // namespace lockstep::serve
