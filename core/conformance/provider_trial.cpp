#include "conformance/provider_trial.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "common/log.h"
#include "conformance/provider_groups.h"
#include "http/url.h"

namespace lockstep::conformance {
namespace {

constexpr std::size_t kFewestItems = 4;

std::span<const Option> options_of(const ProviderPlugin& plugin) { return {plugin.head.options, plugin.head.option_count}; }

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorKind::Storage, path + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::string Walk::outcome() const {
  if (error) return std::string("error ") + error->what();
  return end.complete ? std::to_string(items.size()) + " items, complete"
                      : std::to_string(items.size()) + " items, not complete: " + end.why;
}

ProviderTrial::~ProviderTrial() { provider_.reset(); }

const Option* ProviderTrial::option(std::string_view name) const {
  for (const Option& candidate : options_of(*bench_.plugin)) {
    if (name == candidate.name) return &candidate;
  }
  return nullptr;
}

const Option* ProviderTrial::key_option() const {
  const auto options = options_of(*bench_.plugin);
  const auto found = std::find_if(options.begin(), options.end(), [](const Option& candidate) { return candidate.secret; });
  return found == options.end() ? nullptr : &*found;
}

const Option* ProviderTrial::path_option() const {
  for (const Option& candidate : options_of(*bench_.plugin)) {
    if (candidate.type == OptionType::Path && candidate.required) return &candidate;
  }
  return nullptr;
}

std::string ProviderTrial::given(const Option& option) const {
  const auto found = bench_.options.find(option.name);
  if (found != bench_.options.end()) return found->second;
  return option.fallback == nullptr ? "" : option.fallback;
}

std::string ProviderTrial::key() {
  const Option* option = key_option();
  if (option == nullptr) skip("the provider takes no credential");
  std::string value = given(*option);
  if (value.empty()) skip("no credential is given" + (option->env == nullptr ? std::string() : "; set " + std::string(option->env)));
  return value;
}

Gateway& ProviderTrial::gateway() {
  const Option* address = option("base_url");
  if (address == nullptr) skip("the provider has no option base_url, so nothing can be put between it and its service");
  if (given(*address).empty()) skip("the configuration gives no base_url, so nothing can be put between the provider and its service");
  if (!gateway_) {
    const Option* authorities = option("ca_file");
    gateway_ = std::make_unique<Gateway>(given(*address), authorities == nullptr ? "" : given(*authorities));
  }
  return *gateway_;
}

std::unique_ptr<Provider> ProviderTrial::make(const Changes& changes) {
  Changes options = bench_.options;
  if (const Option* address = option("base_url"); address != nullptr && !given(*address).empty()) options["base_url"] = gateway().url();
  for (const auto& [name, value] : changes) options[name] = value;
  for (const auto& [name, value] : options) {
    const Option* row = option(name);
    if (row != nullptr && row->secret) register_secret(value);
  }
  std::string failure;
  std::unique_ptr<Provider> made(bench_.plugin->create("conformance", OptionValues(options_of(*bench_.plugin), options), failure));
  require(made != nullptr, "the plugin's factory makes no provider: " + failure);
  return made;
}

Provider& ProviderTrial::provider() {
  if (!provider_) provider_ = make();
  return *provider_;
}

const Resource& ProviderTrial::resource_of(const Provider& provider) {
  const auto resources = provider.resources();
  const auto found = std::find_if(resources.begin(), resources.end(),
                                  [&](const Resource& candidate) { return bench_.resource.empty() || candidate.name == bench_.resource; });
  require(found != resources.end(), "the provider has no resource " + bench_.resource);
  return *found;
}

const Resource& ProviderTrial::resource() {
  if (key_option() != nullptr) key();
  return resource_of(provider());
}

Walk ProviderTrial::walk(Provider& provider, std::size_t page_size, std::size_t limit) {
  Walk walk;
  ListQuery query;
  query.page_size = page_size;
  std::unique_ptr<PageStream> stream;
  try {
    stream = provider.list(resource_of(provider), query, call_);
    while (auto page = stream->next(call_)) {
      for (const Record& record : page->records) walk.items.push_back({std::string(record.id), std::string(record.raw), record.hash});
      walk.problems.insert(walk.problems.end(), page->problems.begin(), page->problems.end());
      stream->recycle(std::move(*page));
      if (++walk.pages == limit) break;
    }
    walk.end = stream->end();
  } catch (const Error& error) {
    walk.error = error;
    if (stream) walk.end = stream->end();
  }
  if (walk.pages == limit) walk.end = {false, walk.end.scope, "it still went on after " + std::to_string(limit) + " pages"};
  return walk;
}

const Walk& ProviderTrial::truth() {
  if (!truth_) {
    resource();
    truth_ = walk(provider());
    require(truth_->whole(), "the list cannot be read: " + truth_->outcome());
  }
  if (truth_->items.size() < kFewestItems) {
    skip("the service has " + std::to_string(truth_->items.size()) + " items; this needs at least " + std::to_string(kFewestItems));
  }
  return *truth_;
}

std::size_t ProviderTrial::page_size_for_three() { return std::max<std::size_t>(2, (truth().items.size() + 2) / 3); }

std::unique_ptr<Provider> ProviderTrial::make_with_text(const std::function<std::string(std::string)>& change) {
  if (option("base_url") != nullptr) {
    gateway().alter([change](const GatewayRequest&, GatewayAnswer& answer) {
      if (answer.status == 200) answer.body = change(std::move(answer.body));
    });
    return make();
  }
  const Option* file = path_option();
  if (file == nullptr)
    skip("the provider has neither an option base_url nor a required one of type path, so its answers cannot be altered");
  if (!copies_) copies_.emplace("conformance");
  const std::string copy = (copies_->path() / std::to_string(++copies_made_)).string();
  std::ofstream(copy, std::ios::binary) << change(read_file(given(*file)));
  return make({{file->name, copy}});
}

void ProviderTrial::holds_no_key(std::string_view text, std::string_view what) {
  const std::string secret = key();
  const bool plain = text.find(secret) == std::string_view::npos;
  that(plain && text.find(http::encode_component(secret)) == std::string_view::npos, std::string(what) + " holds the key");
}

std::span<const ProviderCheck> provider_checks() {
  static const std::vector<ProviderCheck> checks = [] {
    std::vector<ProviderCheck> all;
    for (const auto& group : {credential_checks(), list_checks(), text_checks(), answer_checks(), patience_checks()}) {
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return checks;
}

Finding run_provider_check(const ProviderCheck& check, const ProviderBench& bench) {
  ProviderTrial trial(bench);
  return run_check(trial, [&] { check.run(trial); });
}

}  // namespace lockstep::conformance
