// The rest provider: any HTTP API, described in a YAML file. The table stands where the other providers have theirs in C++.
#include "rest/options.h"
#include "rest/table.h"
#include "sdk/plugin.h"

namespace lockstep::rest {
namespace {

/// As http_options(), but what the table may say has no default here.
constexpr std::array<Option, 13> kOwn{{
    {"table", OptionType::Path, nullptr, true, false, nullptr, "the YAML file that describes the API"},
    {"api_key", OptionType::Text, nullptr, false, true, nullptr, "the key"},
    {"base_url", OptionType::Text, nullptr, false, false, nullptr,
     "address of the API, where it is not the table's; http:// is for this machine only"},
    {"account", OptionType::Text, nullptr, false, false, nullptr, "what stands for {account} in the table"},
    {"organization", OptionType::Text, nullptr, false, false, nullptr, "what stands for {organization} in the table"},
    {"project", OptionType::Text, nullptr, false, false, nullptr, "what stands for {project} in the table"},
    {"timeout", OptionType::Duration, "30s", false, false, nullptr, "one request with its retries and waits"},
    {"connect_timeout", OptionType::Duration, "10s", false, false, nullptr, "one connection, with TLS"},
    {"page_size", OptionType::Integer, nullptr, false, false, nullptr, "items of a list to ask for at once, in place of the table's",
     nullptr, 1, 1'000'000},
    {"rate", OptionType::Real, nullptr, false, false, nullptr, "requests a second over time, in place of the table's; 0: no limit", nullptr,
     0},
    {"concurrency", OptionType::Integer, nullptr, false, false, nullptr, "requests under way at once, in place of the table's", nullptr, 1,
     64},
    {"retries", OptionType::Integer, nullptr, false, false, nullptr, "how often a request is repeated, in place of the table's", nullptr, 0,
     100},
    {"ca_file", OptionType::Path, nullptr, false, false, nullptr, "PEM file of the authorities to trust instead of the system's"},
}};
constexpr auto kOptions = with_options(kOwn, limit_options());

std::unique_ptr<Provider> make(const OptionValues& values) {
  if (!values.has("table")) throw Error(ErrorKind::Invalid, "lacks \"table\", the file that describes the API");
  const std::string path = values.text("table");
  RestSpec spec = load_table(path, {values.text("account"), values.text("organization"), values.text("project")});
  RestOptions options = read_options(values, spec.limits);
  if (options.client.base_url.empty()) options.client.base_url = spec.base_url;
  if (options.client.base_url.empty()) throw Error(ErrorKind::Invalid, path + " names no base_url; give it there or in the configuration");
  return std::make_unique<RestProvider>(std::move(spec), std::move(options));
}

Provider* create(const std::string&, const OptionValues& values, std::string& error) noexcept {
  return guarded_create<Provider>(error, [&] { return make(values); });
}

}  // namespace
}  // namespace lockstep::rest

LOCKSTEP_EXPORT_PROVIDER("rest", "1.0.0", "any HTTP API described in YAML", lockstep::rest::kOptions, lockstep::rest::create)
