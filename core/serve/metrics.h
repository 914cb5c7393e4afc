// Metrics of the server, in the text format of Prometheus and OpenMetrics.
#pragma once

#include <string>

namespace lockstep::serve {

class Service;

std::string metrics_text(Service& service);

}  // namespace lockstep::serve
