// The in-process API: every call takes the lock that the serving threads take.
#include "sandbox/sandbox.h"

#include <algorithm>

#include "common/error.h"
#include "format/json.h"
#include "sandbox/control.h"
#include "sandbox/embedded.h"
#include "sandbox/server.h"

namespace lockstep::sandbox {
namespace {

void fill(World& world, const Options& options) {
  world.clear();
  if (options.state) return world.load(*options.state);
  const Json fixtures = json::parse(kAssistants);
  const std::size_t hand_made = std::min(options.assistants, fixtures.array()->size());
  const auto end = fixtures.array()->begin() + static_cast<std::ptrdiff_t>(hand_made);
  world.put_all(Kind::Assistant, std::vector<Json>(fixtures.array()->begin(), end));
  const Json phone_numbers = json::parse(kPhoneNumbers);
  world.put_all(Kind::PhoneNumber, *phone_numbers.array());
  const Json tools = json::parse(kTools);
  world.put_all(Kind::Tool, *tools.array());
  Generate more = options.generate;
  more.count += options.assistants - hand_made;
  world.generate(more);
  more.count = options.phone_numbers;
  world.generate(more, Kind::PhoneNumber);
}

void fill(Models& models, const Options& options) {
  models.clear();
  models.load(ModelList::OpenAi, json::parse(kOpenAiModels));
  models.load(ModelList::Gemini, json::parse(kGeminiModels));
  models.load_all(json::parse(kXaiModels));
  models.load(ModelList::Anthropic, json::parse(kAnthropicModels));
  if (options.models) models.load_all(*options.models);
}

}  // namespace

struct Sandbox::Running {
  Running(Sandbox& sandbox, Options given)
      : options(std::move(given)),
        shared(*options.clock, options.settings),
        server(shared, options.port, [&sandbox](const Request& request) { return control(sandbox, request); }) {}

  Options options;
  Shared shared;
  Server server;
};

Sandbox::Sandbox() : Sandbox(Options()) {}

Sandbox::Sandbox(Options options) : running_(std::make_unique<Running>(*this, std::move(options))) {
  fill(running_->shared.world, running_->options);
  fill(running_->shared.models, running_->options);
  running_->server.start();
}

Sandbox::~Sandbox() { running_->server.stop(); }

std::uint16_t Sandbox::port() const { return running_->server.port(); }
std::string Sandbox::url() const { return "http://127.0.0.1:" + std::to_string(port()); }
std::string Sandbox::key() const { return settings().manners.key; }

std::size_t Sandbox::size(Kind kind) const {
  const std::lock_guard lock(running_->shared.mutex);
  return running_->shared.world.items(kind).size();
}

std::vector<std::string> Sandbox::ids(Kind kind) const {
  const std::lock_guard lock(running_->shared.mutex);
  std::vector<std::string> ids;
  for (const auto& item : running_->shared.world.items(kind).items()) ids.push_back(item.id);
  return ids;
}

std::optional<Json> Sandbox::item(std::string_view id) const {
  const std::lock_guard lock(running_->shared.mutex);
  for (const Kind kind : kKinds)
    if (const Item* held = running_->shared.world.items(kind).find(id)) return json::parse(held->text);
  return std::nullopt;
}

std::string Sandbox::secret(std::string_view id) const {
  const std::lock_guard lock(running_->shared.mutex);
  for (const Kind kind : kKinds)
    if (const Item* held = running_->shared.world.items(kind).find(id)) return held->secret;
  return {};
}

std::string Sandbox::put(Json document, Kind kind) {
  const std::lock_guard lock(running_->shared.mutex);
  return running_->shared.world.put(kind, std::move(document));
}

void Sandbox::edit(std::string_view id, std::string_view path, Json value) {
  const std::lock_guard lock(running_->shared.mutex);
  running_->shared.world.edit(id, path, std::move(value));
}

std::vector<std::string> Sandbox::edit_some(std::size_t count, std::uint64_t seed) {
  const std::lock_guard lock(running_->shared.mutex);
  return running_->shared.world.edit_some(count, seed);
}

bool Sandbox::remove(std::string_view id) {
  const std::lock_guard lock(running_->shared.mutex);
  return std::ranges::any_of(kKinds, [&](Kind kind) { return running_->shared.world.remove(kind, id); });
}

std::vector<std::string> Sandbox::generate(const Generate& spec) {
  const std::lock_guard lock(running_->shared.mutex);
  return running_->shared.world.generate(spec);
}

std::string Sandbox::state() const {
  const std::lock_guard lock(running_->shared.mutex);
  return running_->shared.world.state();
}

void Sandbox::load(const Json& state) {
  const std::lock_guard lock(running_->shared.mutex);
  running_->shared.world.load(state);
}

void Sandbox::change_models(const std::function<void(Models&)>& change) {
  const std::lock_guard lock(running_->shared.mutex);
  change(running_->shared.models);
}

std::vector<std::string> Sandbox::model_ids(ModelList list) const {
  const std::lock_guard lock(running_->shared.mutex);
  return running_->shared.models.ids(list);
}

void Sandbox::reset() {
  clear_faults();
  clear_requests();
  set(running_->options.settings);
  const std::lock_guard lock(running_->shared.mutex);
  fill(running_->shared.world, running_->options);
  fill(running_->shared.models, running_->options);
}

Settings Sandbox::settings() const {
  const std::lock_guard lock(running_->shared.mutex);
  return running_->shared.settings;
}

void Sandbox::set(const Settings& settings) {
  const std::lock_guard lock(running_->shared.mutex);
  running_->shared.settings = settings;
}

void Sandbox::fault(Fault fault) { running_->shared.faults.add(std::move(fault)); }
void Sandbox::clear_faults() { running_->shared.faults.clear(); }
std::vector<LoggedRequest> Sandbox::requests() const { return running_->shared.log.entries(); }
void Sandbox::clear_requests() { running_->shared.log.clear(); }

std::size_t Sandbox::count(std::string_view method) const {
  const auto entries = requests();
  return static_cast<std::size_t>(
      std::ranges::count_if(entries, [&](const LoggedRequest& entry) { return entry.request.method == method; }));
}

}  // namespace lockstep::sandbox
