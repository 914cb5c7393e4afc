// Alerts: whom `lockstep serve` tells when something is wrong, and once more when it is well again.
#pragma once

#include <string>
#include <vector>

#include "common/time.h"
#include "common/words.h"
#include "format/form.h"
#include "format/yaml.h"
#include "http/mail.h"

namespace lockstep {

enum class AlertCause { RunFailed, RecordsFailed, ConflictsWaiting, OutOfSync, ShutdownAhead, AccountChanged, GuardStopped };
const Words<AlertCause>& alert_cause_words();

enum class AlertForm { Webhook, Slack, Email, Heartbeat };
const Words<AlertForm>& alert_form_words();

/// An entry of `alerts:`.
struct AlertUse {
  std::string name;
  AlertForm form = AlertForm::Webhook;
  std::vector<AlertCause> on;      ///< of a heartbeat none
  std::vector<std::string> syncs;  ///< empty: all
  Millis out_of_sync_after{0};     ///< how long a difference may last; 0: it is none of `on`
  Millis shutdown_within{0};       ///< how near a model's shutdown has to be
  std::string url;                 ///< of all but e-mail, with its query; a secret
  std::string secret;              ///< of a webhook, which is then signed; empty: it is not
  http::MailServer server;
  std::string from;
  std::vector<std::string> to;
  yaml::Place place;

  bool concerns(AlertCause cause, const std::string& sync) const;
};

/// The form of an entry.
yaml::Form alert_form();
/// The entries; mistakes go to `problems`.
std::vector<AlertUse> read_alerts(const yaml::Node& section, const std::string& directory, const std::vector<std::string>& syncs,
                                  yaml::Problems& problems);

}  // namespace lockstep
