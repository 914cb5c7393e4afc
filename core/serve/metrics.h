// Metrics of the server, in the text format of Prometheus and OpenMetrics.
#pragma once

#include <string>

#include "serve/person.h"

namespace lockstep::serve {

class Service;

/// `open`: OpenMetrics; else the text format 0.0.4. Of syncs that the person may see.
std::string metrics_text(Service& service, const Person& person, bool open);

}  // namespace lockstep::serve
