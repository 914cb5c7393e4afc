// Secrets in what a server says: none is told, whole or cut.
#include <gtest/gtest.h>

#include "common/log.h"
#include "data/record.h"
#include "http/client_fixture.h"
#include "rest/errors.h"
#include "rest/mask.h"
#include "rest/slice.h"

namespace lockstep::rest {
namespace {

using test::error_of;

// What is cut before it is redacted shows the first half of a secret, which redact() does not know.
TEST(RestError, NoCutLeavesHalfASecret) {
  const std::string secret = "sk-half-0123456789-abcdefghij-0123456789";
  register_secret(secret);
  const std::string half = secret.substr(0, 12);
  const ErrorSpec spec;
  for (std::size_t before = 0; before < 2100; before += 7) {
    const std::string body = std::string(before, 'x') + secret + " and more";
    ASSERT_EQ(server_text(body, spec).find(half), std::string::npos) << before;
    ASSERT_EQ(masked_body(body, {}).find(half), std::string::npos) << before;
  }
  std::string many;
  for (int i = 0; i < 60; ++i) many += secret;
  EXPECT_EQ(server_text(many, spec).find(half), std::string::npos);
  for (std::size_t before = 0; before < 320; before += 3) {
    const std::string body = std::string(before, 'x') + secret + std::string(kPagePadding, '\0');
    const Error error = error_of([&] {
      Arena arena;
      Slice slice;
      Slicer().cut(std::string_view(body).substr(0, body.size() - kPagePadding), {"", {"id"}, "", ""}, arena, slice);
    });
    ASSERT_EQ(error.message().find(half), std::string::npos) << before;
  }
}

}  // namespace
}  // namespace lockstep::rest
