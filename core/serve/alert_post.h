// How an alert is sent: over HTTP as a webhook, in Slack's form or as a heartbeat, or as a mail. Addresses come from the configuration
// alone; a target gets ten seconds, and no redirect is followed.
#pragma once

#include <stop_token>
#include <string>

#include "config/alerts.h"
#include "serve/alert_book.h"

namespace lockstep::serve {

/// In a line for people: "assistants: 2 conflicts wait for a decision".
std::string headline(const AlertMessage& message);
/// `page`: where people see more; may be empty. Throws Error with what went wrong; of the address it names the host alone.
void send_alert(const AlertUse& target, const AlertMessage& message, const std::string& page, const Clock& clock,
                const std::stop_token& stop);
/// Throws the same.
void send_heartbeat(const AlertUse& target, bool well, const Clock& clock, const std::stop_token& stop);

}  // namespace lockstep::serve
