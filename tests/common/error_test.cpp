// The one exception type.
#include "common/error.h"

#include <gtest/gtest.h>

#include <set>

namespace lockstep {
namespace {

TEST(Error, SaysMessageAndRemedy) {
  const Error error(ErrorKind::Credentials, "no key", "set API_KEY");
  EXPECT_EQ(error.kind(), ErrorKind::Credentials);
  EXPECT_STREQ(error.what(), "no key; set API_KEY");
  EXPECT_STREQ(Error(ErrorKind::Invalid, "plain").what(), "plain");
}

TEST(Error, GathersWhatIsKnownAsItRises) {
  Error error(ErrorKind::Rejected, "refused");
  error.with_status(422).with_effect(Effect::Maybe).with_retry_after(std::chrono::milliseconds(1500)).with_hint("look").at("b").at("a");
  EXPECT_EQ(error.status(), 422);
  EXPECT_EQ(error.effect(), Effect::Maybe);
  EXPECT_EQ(error.retry_after(), std::chrono::milliseconds(1500));
  EXPECT_EQ(error.message(), "a: b: refused");
  EXPECT_EQ(error.hint(), "look");
  EXPECT_STREQ(error.what(), "a: b: refused; look");
}

TEST(Error, StartsWithoutEffectStatusOrWait) {
  const Error error(ErrorKind::Unreachable, "no answer");
  EXPECT_EQ(error.status(), 0);
  EXPECT_EQ(error.effect(), Effect::None);
  EXPECT_EQ(error.retry_after(), std::nullopt);
}

TEST(Error, EveryKindHasItsOwnName) {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::Interrupted); ++kind) names.insert(to_string(static_cast<ErrorKind>(kind)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorKind::Interrupted) + 1);
  EXPECT_EQ(to_string(ErrorKind::RateLimited), "rate_limited");
}

}  // namespace
}  // namespace lockstep
