// Answers that are no lists, are cut off, or say no.
#include "conformance/provider_groups.h"
#include "format/json.h"

namespace lockstep::conformance {
namespace {

using Delivery = GatewayAnswer::Delivery;

/// A list whose answer number `nth` (and every later one) is altered must not be called complete.
void is_not_whole(ProviderTrial& t, std::size_t nth, const std::string& what, const std::function<void(GatewayAnswer&)>& harm) {
  const std::size_t page_size = t.page_size_for_three();
  t.gateway().alter([harm, nth](const GatewayRequest& request, GatewayAnswer& answer) {
    if (request.number >= nth) harm(answer);
  });
  const Walk walk = t.walk(t.provider(), page_size, 100);
  const bool struck = t.gateway().requests() >= nth;
  t.gateway().alter({});
  if (struck) t.that(!walk.whole(), what + " at answer " + std::to_string(nth) + " and yet the list is called whole: " + walk.outcome());
}

void a_truncated_answer_is_no_list(ProviderTrial& t) {
  t.truth();
  for (const std::size_t nth : {std::size_t{1}, std::size_t{2}}) {
    is_not_whole(t, nth, "cut under a Content-Length", [](GatewayAnswer& answer) { answer.delivery = Delivery::CutLength; });
    is_not_whole(t, nth, "cut without a last chunk", [](GatewayAnswer& answer) { answer.delivery = Delivery::CutChunked; });
    is_not_whole(t, nth, "half a JSON text", [](GatewayAnswer& answer) { answer.body.resize(answer.body.size() / 2); });
    is_not_whole(t, nth, "a JSON text without its end", [](GatewayAnswer& answer) { answer.body.resize(answer.body.find_last_of("]}")); });
    is_not_whole(t, nth, "a connection that ends", [](GatewayAnswer& answer) { answer.delivery = Delivery::Reset; });
  }
}

void a_truncated_file_is_no_list(ProviderTrial& t) {
  t.truth();
  for (const std::size_t part : {2U, 3U, 100U}) {
    const auto cut = [part](std::string text) { return text.substr(0, text.size() - std::max<std::size_t>(2, text.size() / part)); };
    const auto provider = t.make_with_text(cut);
    const Walk walk = t.walk(*provider);
    t.that(!walk.whole(), "a text that is cut off is a complete list: " + walk.outcome());
  }
}

void a_page_for_people_is_no_list(ProviderTrial& t) {
  t.truth();
  for (const char* body : {"<html><body>Maintenance</body></html>", "", "null", "\"nothing\"", "{\"message\":\"ok\"}"}) {
    is_not_whole(t, 1, std::string("200 and ") + (*body == '\0' ? "no body" : body), [body](GatewayAnswer& answer) { answer.body = body; });
  }
}

/// As close to `id` as can be, and another one: digits stay digits, hexadecimal letters stay such.
std::string unlike(std::string id) {
  for (std::size_t i = id.size() > 8 ? id.size() - 8 : 0; i < id.size(); ++i) {
    char& c = id[i];
    if (c >= '0' && c <= '9') c = static_cast<char>('0' + (c - '0' + 7) % 10);
    if (c >= 'a' && c <= 'f') c = static_cast<char>('a' + (c - 'a' + 3) % 6);
  }
  return id == "" ? "none" : id + (id.size() < 8 ? "-none" : "");
}

const Resource& gettable(ProviderTrial& t) {
  t.truth();
  const Resource& resource = t.resource();
  if (!resource.can_get) Check::skip(resource.name + " cannot be asked for one by one");
  return resource;
}

void one_item_is_what_the_list_said(ProviderTrial& t) {
  const Resource& resource = gettable(t);
  for (std::size_t i = 0; i < 2; ++i) {
    const WalkedItem& item = t.truth().items[i];
    const auto document = t.provider().get(resource, item.id, t.call());
    t.require(document.has_value(), item.id + " is in the list and cannot be got");
    t.equal(document->id, item.id, "the id of the item that was asked for");
    const Json listed = json::parse(item.raw), got = json::parse(document->json);
    t.require(got.object() != nullptr, "what get() answers is no JSON object");
    for (const Json::Member& member : *listed.object()) t.that(got.find(member.first) != nullptr, "get() lacks " + member.first);
  }
}

void an_item_that_is_not_there_is_nothing(ProviderTrial& t) {
  const Resource& resource = gettable(t);
  t.that(!t.provider().get(resource, unlike(t.truth().items[0].id), t.call()), "an item that is not there was got");
}

void a_404_of_something_in_between_is_an_error(ProviderTrial& t) {
  const Resource& resource = gettable(t);
  t.gateway().replace([](const GatewayRequest&, GatewayAnswer& answer) {
    answer.status = 404;
    answer.headers = {{"Content-Type", "text/html"}};
    answer.body = "<html><body>404 page not found</body></html>";
  });
  const std::string id = t.truth().items[0].id;
  t.throws_any("a proxy's own 404, which says nothing of the item", [&] { t.provider().get(resource, id, t.call()); });
  t.that(!t.walk(t.provider()).whole(), "a list that was answered 404 is complete");
}

void an_odd_id_stays_one_id(ProviderTrial& t) {
  const Resource& resource = gettable(t);
  const std::string id = t.truth().items[0].id;
  for (const std::string& odd : {"../" + id, id + "?x=1", id + "/..", id + "#x", std::string("..")}) {
    bool found = false;
    try {
      found = t.provider().get(resource, odd, t.call()).has_value();
    } catch (const Error&) {
      // Refused: as good as not found.
    }
    t.that(!found, "\"" + odd + "\" found an item");
  }
}

void trouble_of_the_server_is_unreachable(ProviderTrial& t) {
  t.truth();
  for (const int status : {500, 502, 503}) {
    t.gateway().replace([status](const GatewayRequest&, GatewayAnswer& answer) {
      answer.status = status;
      answer.body = R"({"message":"in trouble"})";
    });
    const Error error = t.throws(ErrorKind::Unreachable, std::to_string(status), [&] { t.provider().check(t.call()); });
    t.equal(error.status(), status, "the status that the error tells");
    const Walk walk = t.walk(t.provider());
    t.that(walk.error && walk.error->kind() == ErrorKind::Unreachable, "a list under " + std::to_string(status) + ": " + walk.outcome());
  }
}

void a_refusal_is_told_in_its_own_words(ProviderTrial& t) {
  t.truth();
  t.gateway().replace([](const GatewayRequest&, GatewayAnswer& answer) {
    answer.status = 400;
    answer.body = json::to_text(Json::Object{{"message", "the moon is wrong"}, {"error", Json::Object{{"message", "the moon is wrong"}}}});
  });
  const Error error = t.throws(ErrorKind::Rejected, "400", [&] { t.provider().check(t.call()); });
  t.contains(error.what(), "the moon is wrong", "the error");
}

}  // namespace

std::vector<ProviderCheck> answer_checks() {
  return {{"ATruncatedAnswerIsNoList", a_truncated_answer_is_no_list},
          {"ATruncatedTextIsNoList", a_truncated_file_is_no_list},
          {"APageForPeopleIsNoList", a_page_for_people_is_no_list},
          {"OneItemIsWhatTheListSaid", one_item_is_what_the_list_said},
          {"AnItemThatIsNotThereIsNothing", an_item_that_is_not_there_is_nothing},
          {"A404OfSomethingInBetweenIsAnError", a_404_of_something_in_between_is_an_error},
          {"AnOddIdStaysOneId", an_odd_id_stays_one_id},
          {"TroubleOfTheServerIsUnreachable", trouble_of_the_server_is_unreachable},
          {"ARefusalIsToldInItsOwnWords", a_refusal_is_told_in_its_own_words}};
}

}  // namespace lockstep::conformance
