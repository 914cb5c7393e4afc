#include "cli/plugin_bench.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/commands/table.h"
#include "common/log.h"
#include "common/text.h"
#include "conformance/file_limit.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFullDiskBytes = 256 * 1024;

std::span<const Option> table_of(const PluginHead& head) { return {head.options, head.option_count}; }

std::string names_in(const PluginHead& head) {
  std::vector<std::string> names;
  for (const Option& option : table_of(head)) names.emplace_back(option.name);
  return names.empty() ? "the plugin takes none" : "the options are " + join(names, ", ");
}

/// The configuration, which may have mistakes elsewhere; empty where there is none.
Configuration read_quietly(Context& context) {
  std::string file = context.arguments.text("config");
  if (file.empty()) file = context.environment.get("LOCKSTEP_CONFIG").value_or("config/lockstep.yaml");
  std::error_code failure;
  context.environment.read_dotenv(".env");
  context.environment.read_dotenv(fs::path(file).parent_path() / ".env");
  if (!fs::exists(file, failure)) return {};
  yaml::Problems ignored;
  return read_configuration(
      file, [&](std::string_view name) { return context.environment.get(name); }, own_names(), ignored);
}

/// The provider of that name, else the first that uses the plugin.
const PluginUse* use_of(const Configuration& configuration, const PluginHead& plugin, const std::string& name) {
  const PluginUse* found = configuration.provider(name);
  if (found != nullptr && found->plugin == plugin.name) return found;
  const auto first = std::find_if(configuration.providers.begin(), configuration.providers.end(),
                                  [&](const PluginUse& use) { return use.plugin == plugin.name; });
  return first == configuration.providers.end() ? nullptr : &*first;
}

/// Options of the provider, its resource from the first sync of it.
void read_configured(Context& context, const PluginHead& plugin, const std::string& name, OptionTexts& options, std::string& resource) {
  const Configuration configuration = read_quietly(context);
  const PluginUse* use = use_of(configuration, plugin, name);
  if (use == nullptr) return;
  const OptionValues table(table_of(plugin), {});
  for (const yaml::Node::Member& member : use->options) {
    const Option* option = table.option(member.key);
    const bool path = option != nullptr && option->type == OptionType::Path && !member.value.scalar.empty();
    options[member.key] = path ? resolve_path(configuration.directory, member.value) : member.value.scalar;
  }
  for (const SyncUse& sync : configuration.syncs) {
    if (sync.provider == use->name && resource.empty()) resource = sync.resource;
  }
}

}  // namespace

OptionTexts read_given_options(const PluginHead& head, const std::vector<std::string>& given) {
  OptionTexts out;
  const OptionValues table(table_of(head), {});
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const Option* option = table.option(name);
    if (equals == std::string::npos || option == nullptr) {
      throw Error(ErrorKind::Invalid, "--option: " + in_quotes(name) + " is no NAME=VALUE of plugin " + head.name, names_in(head));
    }
    const std::string value = text.substr(equals + 1);
    if (option->secret) register_secret(value);
    if (const auto problem = option_problem(option->type, value)) {
      throw Error(ErrorKind::Invalid, "--option " + name + ": " + *problem);
    }
    out[name] = value;
  }
  return out;
}

std::string plugin_behind(Context& context, const std::string& name) {
  const Configuration configuration = read_quietly(context);
  const PluginUse* use = configuration.provider(name);
  return use == nullptr || use->plugin.empty() ? name : use->plugin;
}

conformance::ProviderBench provider_bench(Context& context, const ProviderPlugin& plugin, const std::string& name,
                                          const OptionTexts& given) {
  conformance::ProviderBench bench;
  bench.plugin = &plugin;
  read_configured(context, plugin.head, name, bench.options, bench.resource);
  for (const Option& option : table_of(plugin.head)) {
    std::string& value = bench.options[option.name];
    if (value.empty() && option.env != nullptr) value = context.environment.get(option.env).value_or("");
    if (option.secret) register_secret(value);
    // Most faults are shown more than once; waiting between repeated requests would take minutes.
    if (std::string_view(option.name) == "retries") value = "0";
    if (value.empty()) bench.options.erase(option.name);
  }
  for (const auto& [option, value] : given) bench.options[option] = value;
  // Where nothing can be put in between there are no faults, and a service that asks to wait is waited for, as in a run.
  if (!bench.options.contains("base_url") && !given.contains("retries")) bench.options.erase("retries");
  if (context.arguments.has("resource")) bench.resource = context.arguments.text("resource");
  return bench;
}

const Option* missing_key(const conformance::ProviderBench& bench) {
  for (const Option& option : table_of(bench.plugin->head)) {
    if (option.secret) return bench.options.contains(option.name) ? nullptr : &option;
  }
  return nullptr;
}

class StoreBench::PluginDatabase : public conformance::Database {
 public:
  PluginDatabase(const StoreBench& bench, OptionTexts options, std::string suffix)
      : bench_(bench), options_(std::move(options)), suffix_(std::move(suffix)) {}

  std::unique_ptr<Store> open() override { return bench_.open(options_); }
  std::unique_ptr<conformance::Trouble> full_disk() override {
    if (bench_.path_option_.empty()) return nullptr;
    return std::make_unique<conformance::FileLimit>(kFullDiskBytes);
  }
  conformance::ProgramCall holder(const std::string& lease) const override {
    conformance::ProgramCall call{bench_.words_, {}};
    if (!bench_.path_option_.empty()) {
      call.words.insert(call.words.end(), {"--option", bench_.path_option_ + "=" + options_.at(bench_.path_option_)});
    }
    call.words.insert(call.words.end(), {"--hold", lease});
    return call;
  }
  std::string suffix() const override { return suffix_; }

 private:
  const StoreBench& bench_;
  OptionTexts options_;
  std::string suffix_;
};

StoreBench::StoreBench(const StorePlugin& plugin, OptionTexts given, std::vector<std::string> words)
    : plugin_(plugin), given_(std::move(given)), words_(std::move(words)) {
  const bool told = !given_.empty();
  for (const Option& option : table_of(plugin.head)) {
    if (option.required && option.type == OptionType::Path && !given_.contains(option.name)) path_option_ = option.name;
    // A test of a lock need not wait as long as a run.
    if (std::string_view(option.name) == "busy_timeout" && !given_.contains(option.name)) given_[option.name] = "200ms";
    if (option.secret && option.env != nullptr && !given_.contains(option.name)) {
      if (const char* value = std::getenv(option.env)) given_[option.name] = value;
    }
  }
  if (path_option_.empty()) {
    if (!told) {
      throw Error(ErrorKind::Invalid, std::string("the checks make tables, and nothing says where plugin ") + plugin.head.name + " may",
                  "name a database that may be filled with --option NAME=VALUE; " + names_in(plugin.head));
    }
    return;
  }
  folder_.emplace("conformance");
}

StoreBench::~StoreBench() = default;

std::unique_ptr<conformance::Database> StoreBench::make() {
  ++made_;
  OptionTexts options = given_;
  if (!path_option_.empty()) {
    options[path_option_] = (folder_->path() / ("store" + std::to_string(made_))).string();
    return std::make_unique<PluginDatabase>(*this, std::move(options), "");
  }
  const std::string suffix =
      "_" + to_lower(make_ulid(system_clock().now())).substr(0, 10) + std::to_string(getpid()) + "_" + std::to_string(made_);
  return std::make_unique<PluginDatabase>(*this, std::move(options), suffix);
}

std::unique_ptr<Store> StoreBench::open(const OptionTexts& options) const {
  std::string failure;
  std::unique_ptr<Store> store(plugin_.create("conformance", OptionValues(table_of(plugin_.head), options), failure));
  if (!store) throw Error(ErrorKind::Storage, "the plugin's factory makes no store: " + failure);
  return store;
}

}  // namespace lockstep
