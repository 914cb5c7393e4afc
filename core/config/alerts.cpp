#include "config/alerts.h"

#include <algorithm>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "config/config.h"
#include "http/url.h"

namespace lockstep {
namespace {

constexpr Words<AlertCause> kCauses({{AlertCause::RunFailed, "run_failed", "a run of a sync could not be carried out"},
                                     {AlertCause::RecordsFailed, "records_failed", "records of a run failed or were rejected"},
                                     {AlertCause::ConflictsWaiting, "conflicts_waiting", "a conflict waits for a person"},
                                     {AlertCause::OutOfSync, "out_of_sync", "both sides have differed for out_of_sync_after"},
                                     {AlertCause::ShutdownAhead, "shutdown_ahead", "a model is shut down within shutdown_within"},
                                     {AlertCause::AccountChanged, "account_changed", "the items are another account's"},
                                     {AlertCause::GuardStopped, "guard_stopped", "a guard stopped a run that would change too much"}});

constexpr Words<AlertForm> kForms({{AlertForm::Webhook, "webhook", "a POST of JSON, signed as Standard Webhooks have it"},
                                   {AlertForm::Slack, "slack", "an incoming webhook of Slack, or of who takes the same"},
                                   {AlertForm::Email, "email", "a mail"},
                                   {AlertForm::Heartbeat, "heartbeat",
                                    "a GET after each run that went well, and of the address with /fail after each other"}});

constexpr const char* kOutOfSyncAfter = "1h";
constexpr const char* kShutdownWithin = "720h";
constexpr std::size_t kShortestSecret = 16;

yaml::Form causes_form() { return yaml::list(yaml::choice(alert_cause_words().texts()), 1); }

std::vector<yaml::Key> told_keys() {
  return {{"on", causes_form(), "what it is told; without it everything but out_of_sync"},
          {"out_of_sync_after", yaml::of(yaml::Form::Kind::Duration), "how long a difference may last", false, kOutOfSyncAfter},
          {"shutdown_within", yaml::of(yaml::Form::Kind::Duration), "how near the shutdown of a model has to be", false, kShutdownWithin}};
}

yaml::Variant variant(AlertForm form, std::vector<yaml::Key> keys, bool told = true) {
  if (told) {
    for (yaml::Key& key : told_keys()) keys.push_back(std::move(key));
  }
  return {std::string(alert_form_words().word(form)), std::move(keys)};
}

yaml::Key url_key() { return {"url", yaml::text(1), "where it is sent to: https, or http on this machine; it is a secret", true}; }

class AlertReader {
 public:
  AlertReader(const yaml::Node& map, std::string directory, const std::vector<std::string>& syncs, yaml::Problems& problems)
      : map_(map), directory_(std::move(directory)), syncs_(syncs), problems_(problems) {}

  AlertUse read(const std::string& name, const yaml::Place& place) {
    AlertUse use;
    use.name = name;
    use.place = place;
    use.form = alert_form_words().find(map_["form"].scalar).value_or(AlertForm::Webhook);
    for (const yaml::Node& sync : map_["syncs"].items) {
      if (std::find(syncs_.begin(), syncs_.end(), sync.scalar) == syncs_.end())
        problems_.add(sync.place, "no entry \"" + sync.scalar + "\" under syncs" + did_you_mean(sync.scalar, syncs_));
      use.syncs.push_back(sync.scalar);
    }
    if (use.form != AlertForm::Heartbeat) causes(use);
    if (use.form == AlertForm::Email) {
      mail(use);
    } else {
      url(use);
    }
    return use;
  }

 private:
  void causes(AlertUse& use) {
    for (const yaml::Node& cause : map_["on"].items) {
      if (const auto known = alert_cause_words().find(cause.scalar)) use.on.push_back(*known);
    }
    const bool all = use.on.empty();
    if (all) {
      for (const auto& row : alert_cause_words().rows()) use.on.push_back(row.value);
    }
    use.shutdown_within = duration(map_["shutdown_within"], kShutdownWithin);
    use.out_of_sync_after = duration(map_["out_of_sync_after"], kOutOfSyncAfter);
    // Comparing both sides costs requests: that is done where somebody asks for it.
    if (all && !map_["out_of_sync_after"]) std::erase(use.on, AlertCause::OutOfSync);
  }

  static Millis duration(const yaml::Node& node, const char* fallback) {
    return parse_duration(node ? node.scalar : fallback).value_or(Millis(0));
  }

  void url(AlertUse& use) {
    use.url = map_["url"].scalar;
    const std::size_t query = use.url.find('?');
    try {
      const http::Url base = http::parse_base_url(std::string_view(use.url).substr(0, query));
      // Whoever knows it may post there.
      register_secret(use.url.substr(std::min(use.url.size(), base.origin().size())));
    } catch (const Error& error) {
      problems_.add(map_["url"].place, replace_all(std::string(error.what()), "base_url", "url"));
    }
    if (!map_["secret"]) return;
    use.secret = map_["secret"].scalar;
    register_secret(use.secret);
    if (use.secret.size() < kShortestSecret)
      problems_.add(map_["secret"].place, "a secret has at least " + std::to_string(kShortestSecret) + " characters");
  }

  /// smtp://HOST:PORT and smtps://HOST:PORT.
  void mail(AlertUse& use) {
    const yaml::Node& node = map_["server"];
    std::string text = node.scalar;
    http::MailServer& server = use.server;
    const bool secure = text.starts_with("smtps://"), plain = text.starts_with("smtp://");
    text.erase(0, secure ? 8 : plain ? 7 : 0);
    const std::size_t colon = text.rfind(':');
    server.host = text.substr(0, colon);
    const std::string port = colon == std::string::npos ? (secure ? "465" : "587") : text.substr(colon + 1);
    const bool is_number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
    if ((!secure && !plain) || server.host.empty() || server.host.find_first_of("/@") != std::string::npos || !is_number ||
        std::stoi(port) > 65535) {
      problems_.add(node.place, "expected smtp://HOST:PORT or smtps://HOST:PORT; user and password have keys of their own");
      return;
    }
    server.port = static_cast<std::uint16_t>(std::stoi(port));
    server.security = secure ? http::MailServer::Security::Tls : http::MailServer::Security::StartTls;
    if (plain && http::is_loopback(server.host)) server.security = http::MailServer::Security::Clear;
    server.user = map_["user"] ? map_["user"].scalar : "";
    server.password = map_["password"] ? map_["password"].scalar : "";
    if (!server.password.empty()) register_secret(server.password);
    if (map_["ca_file"]) server.ca_file = resolve_path(directory_, map_["ca_file"]);
    use.from = address(map_["from"]);
    for (const yaml::Node& to : map_["to"].items) use.to.push_back(address(to));
  }

  std::string address(const yaml::Node& node) {
    const std::string& text = node.scalar;
    const std::size_t at = text.find('@');
    const bool good = at != std::string::npos && at > 0 && at + 1 < text.size() && text.find_first_of(" \t\r\n<>,;\"") == std::string::npos;
    if (!good) problems_.add(node.place, "expected an address such as duty@example.com");
    return text;
  }

  const yaml::Node& map_;
  const std::string directory_;
  const std::vector<std::string>& syncs_;
  yaml::Problems& problems_;
};

}  // namespace

const Words<AlertCause>& alert_cause_words() { return kCauses; }
const Words<AlertForm>& alert_form_words() { return kForms; }

bool AlertUse::concerns(AlertCause cause, const std::string& sync) const {
  const bool named = syncs.empty() || std::find(syncs.begin(), syncs.end(), sync) != syncs.end();
  return std::find(on.begin(), on.end(), cause) != on.end() && (named || cause == AlertCause::ShutdownAhead);
}

yaml::Form alert_form() {
  yaml::Form form = yaml::map({{"form", yaml::choice(alert_form_words().texts()), "what it takes", true},
                               {"syncs", yaml::list(yaml::text(1), 1), "the only syncs that it is told of; without it all"}});
  form.by = "form";
  form.variants = {variant(AlertForm::Webhook, {url_key(), {"secret", yaml::text(1), "signs what is sent, as Standard Webhooks have it"}}),
                   variant(AlertForm::Slack, {url_key()}),
                   variant(AlertForm::Email,
                           {{"server", yaml::text(1),
                             "smtp://HOST:PORT, which has to offer STARTTLS unless it is this machine, or smtps://HOST:PORT", true},
                            {"user", yaml::text(1), "for the server"},
                            {"password", yaml::text(1), "for the server"},
                            {"ca_file", yaml::text(1), "PEM file with the authority of the server's certificate; without it the system's"},
                            {"from", yaml::text(1), "the sender's address", true},
                            {"to", yaml::list(yaml::text(1), 1), "addresses", true}}),
                   variant(AlertForm::Heartbeat, {url_key()}, false)};
  return form;
}

std::vector<AlertUse> read_alerts(const yaml::Node& section, const std::string& directory, const std::vector<std::string>& syncs,
                                  yaml::Problems& problems) {
  std::vector<AlertUse> out;
  for (const yaml::Node::Member& member : section.members) {
    yaml::Problems found;
    yaml::check(member.value, alert_form(), member.key, found);
    problems.add(found);
    if (found.empty()) out.push_back(AlertReader(member.value, directory, syncs, problems).read(member.key, member.place));
  }
  return out;
}

}  // namespace lockstep
