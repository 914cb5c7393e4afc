// The Vapi provider: a table, and nothing else. Copy this folder to write a provider for another HTTP API.
#include "resources.h"
#include "rest/options.h"
#include "sdk/plugin.h"

namespace lockstep::vapi {
namespace {

constexpr auto kOptions = rest::http_options("VAPI_API_KEY", "https://api.vapi.ai");

Provider* create(const std::string&, const OptionValues& values, std::string& error) noexcept {
  return guarded_create<Provider>(error, [&] { return std::make_unique<rest::RestProvider>(make_spec(), rest::read_options(values)); });
}

}  // namespace
}  // namespace lockstep::vapi

LOCKSTEP_EXPORT_PROVIDER("vapi", "1.0.0", "Vapi voice assistants and phone numbers", lockstep::vapi::kOptions, lockstep::vapi::create)
