// Time: a wait that is too long, a server that never answers, a stop.
#include <thread>

#include "conformance/provider_groups.h"

namespace lockstep::conformance {
namespace {

void a_429_is_told_with_its_wait(ProviderTrial& t) {
  t.truth();
  t.gateway().replace([](const GatewayRequest&, GatewayAnswer& answer) {
    answer.status = 429;
    answer.headers = {{"Retry-After", "3600"}};
    answer.body = R"({"message":"slow down"})";
  });
  const Error error = t.throws(ErrorKind::RateLimited, "429", [&] { t.provider().check(t.call()); });
  t.that(error.retry_after() == std::chrono::hours(1), "the error does not tell the hour that Retry-After asks for");
  const auto fresh = t.make();
  const Walk walk = t.walk(*fresh);
  t.that(walk.error && walk.error->kind() == ErrorKind::RateLimited, "a list under 429: " + walk.outcome());
  t.that(!walk.end.complete, "a list under 429 is complete");
}

void hang(ProviderTrial& t) {
  t.truth();
  t.gateway().replace([](const GatewayRequest&, GatewayAnswer& answer) { answer.delivery = GatewayAnswer::Delivery::Hang; });
}

void a_deadline_ends_a_call(ProviderTrial& t) {
  hang(t);
  Meter meter;
  Call call{{}, Deadline::after(Millis(300)), meter};
  t.throws(ErrorKind::Unreachable, "check() of a server that never answers", [&] { t.provider().check(call); });
  Call listing{{}, Deadline::after(Millis(300)), meter};
  t.throws(ErrorKind::Unreachable, "a list of a server that never answers", [&] {
    const auto stream = t.provider().list(t.resource(), {}, listing);
    stream->next(listing);
  });
  // The gateway answers by itself after 20 seconds: then the provider took an answer and no error came.
  t.gateway().alter({});
}

void a_deadline_that_is_over_asks_nothing(ProviderTrial& t) {
  t.truth();
  t.gateway().alter({});
  Meter meter;
  Call call{{}, Deadline(std::chrono::steady_clock::now() - std::chrono::seconds(1)), meter};
  t.throws_any("check() after its deadline", [&] { t.provider().check(call); });
  t.equal(t.gateway().requests(), 0U, "requests after the deadline");
}

void a_stop_ends_a_call(ProviderTrial& t) {
  hang(t);
  std::stop_source source;
  Meter meter;
  Call call{source.get_token(), Deadline(), meter};
  std::jthread stopper([&] {
    t.gateway().wait_for_requests(1);
    source.request_stop();
  });
  t.throws(ErrorKind::Interrupted, "check() that was stopped", [&] { t.provider().check(call); });
  stopper.join();
  t.gateway().alter({});
}

void requests_are_counted(ProviderTrial& t) {
  t.truth();
  t.gateway().alter({});
  Meter meter;
  Call call{{}, Deadline(), meter};
  t.provider().check(call);
  t.equal(meter.get.load(), t.gateway().requests(), "requests that the meter counts");
}

}  // namespace

std::vector<ProviderCheck> patience_checks() {
  return {{"A429IsToldWithItsWait", a_429_is_told_with_its_wait},
          {"ADeadlineEndsACall", a_deadline_ends_a_call},
          {"ADeadlineThatIsOverAsksNothing", a_deadline_that_is_over_asks_nothing},
          {"AStopEndsACall", a_stop_ends_a_call},
          {"RequestsAreCounted", requests_are_counted}};
}

}  // namespace lockstep::conformance
