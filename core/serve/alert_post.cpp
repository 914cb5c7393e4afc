#include "serve/alert_post.h"

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "http/client.h"
#include "http/url.h"
#include "operations/report_json.h"
#include "serve/signature.h"

namespace lockstep::serve {
namespace {

constexpr Millis kPatience{10'000};
constexpr std::size_t kMostAnswer = std::size_t{64} * 1024;

struct Posted {
  http::Method method = http::Method::Post;
  std::string behind;  ///< the path
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// The address may hold a query, which comes last whatever is put behind the path.
void post(const AlertUse& target, Posted posted, const Clock& clock, const std::stop_token& stop) {
  const std::size_t query = target.url.find('?');
  http::ClientOptions options;
  options.base_url = target.url.substr(0, query);
  options.user_agent = "lockstep";
  options.timeout = options.connect_timeout = kPatience;
  options.retry.retries = 0;
  options.body_cap = kMostAnswer;
  options.clock = &clock;
  http::HttpClient client(std::move(options));
  http::Request request;
  request.method = posted.method;
  request.target = posted.behind + (query == std::string::npos ? "" : target.url.substr(query));
  request.headers = std::move(posted.headers);
  request.body = std::move(posted.body);
  Meter meter;
  Call call{stop, Deadline::after(kPatience, clock), meter};
  int status = 0;
  try {
    status = client.send(std::move(request), call).status;
  } catch (const Error& failure) {
    // The client's own advice is about providers.
    throw Error(failure.kind(), failure.message());
  }
  if (status < 200 || status > 299) throw Error(ErrorKind::Rejected, "it answered with status " + std::to_string(status));
}

Json alert_json(const AlertMessage& message, const std::string& page) {
  return Json::Object{{"type", "lockstep." + std::string(alert_cause_words().word(message.cause))},
                      {"timestamp", time_json(message.at)},
                      {"data", Json::Object{{"state", message.recovered ? "recovered" : "firing"},
                                            {"cause", std::string(alert_cause_words().word(message.cause))},
                                            {"sync", message.sync},
                                            {"text", headline(message)},
                                            {"since", time_json(message.since)},
                                            {"run", message.run.empty() ? Json() : Json(message.run)},
                                            {"page", page.empty() ? Json() : Json(page)}}}};
}

/// What Slack takes for markup.
std::string for_slack(const std::string& text) {
  return replace_all(replace_all(replace_all(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

}  // namespace

std::string headline(const AlertMessage& message) {
  return printable((message.recovered ? "Well again: " : "") + message.sync + ": " + message.text);
}

void send_alert(const AlertUse& target, const AlertMessage& message, const std::string& page, const Clock& clock,
                const std::stop_token& stop) {
  const std::string line = headline(message);
  const std::string lines = line + "\nsince " + format_time(message.since) + (page.empty() ? "" : "\n" + page);
  if (target.form == AlertForm::Email)
    return http::send_mail(target.server, {target.from, target.to, "Lockstep: " + line, lines}, clock.now());
  Posted posted;
  posted.body = json::to_text(target.form == AlertForm::Slack ? Json(Json::Object{{"text", for_slack(lines)}}) : alert_json(message, page));
  posted.headers = {{"Content-Type", "application/json"}};
  if (target.form == AlertForm::Webhook) {
    const std::string seconds = std::to_string(clock.now() / 1'000'000);
    posted.headers.emplace_back("webhook-id", message.id);
    posted.headers.emplace_back("webhook-timestamp", seconds);
    if (!target.secret.empty())
      posted.headers.emplace_back("webhook-signature", standard_signature(target.secret, message.id, seconds, posted.body));
  }
  post(target, std::move(posted), clock, stop);
}

void send_heartbeat(const AlertUse& target, bool well, const Clock& clock, const std::stop_token& stop) {
  post(target, {http::Method::Get, well ? "" : "/fail", {}, {}}, clock, stop);
}

}  // namespace lockstep::serve
