#include "config/config_form.h"

#include <algorithm>

#include "config/alerts.h"
#include "config/commands.h"
#include "config/schedule.h"
#include "config/serve_settings.h"
#include "config/store_address.h"
#include "config/webhooks.h"

namespace lockstep {
namespace {

using yaml::Form;
using yaml::Key;
using Kind = yaml::Form::Kind;

Kind kind_of(OptionType type) {
  switch (type) {
    case OptionType::Integer: return Kind::Integer;
    case OptionType::Real: return Kind::Real;
    case OptionType::Boolean: return Kind::Boolean;
    case OptionType::Duration: return Kind::Duration;
    case OptionType::Text:
    case OptionType::Path: break;
  }
  return Kind::Text;
}

/// Shells complete these names, so they hold nothing that a shell would act on.
constexpr const char* kPlainName = "[A-Za-z0-9_.][A-Za-z0-9_.-]*";

/// A section that may be left empty.
Form section(Form entry, std::string pattern = {}) {
  Form form = yaml::names(std::move(entry), std::move(pattern));
  form.loose = true;
  return form;
}

/// The same of a map with keys of its own.
Form optional_map(Form form) {
  form.loose = true;
  return form;
}

/// An entry of a plugin: what it has of its own depends on the plugin.
Form plugin_entry(std::vector<Key> common, std::span<const PluginForm> known) {
  std::vector<std::string> names;
  for (const PluginForm& plugin : known) names.push_back(plugin.name);
  common.insert(common.begin(), {"plugin", names.empty() ? yaml::text(1) : yaml::choice(std::move(names)),
                                 "the plugin to use; `lockstep plugins` lists what is installed", true});
  Form entry = yaml::map(std::move(common));
  entry.by = "plugin";
  for (const PluginForm& plugin : known) {
    yaml::Variant variant{plugin.name, {}};
    for (const Option& option : plugin.options) variant.keys.push_back(key_of(option));
    entry.variants.push_back(std::move(variant));
  }
  return entry;
}

/// What either plugin takes for an option that both have.
void widen(Form& form, const Form& other) {
  if (form.choices.empty() || other.choices.empty()) form.choices.clear();
  for (const std::string& choice : form.choices.empty() ? std::vector<std::string>() : other.choices) {
    if (std::find(form.choices.begin(), form.choices.end(), choice) == form.choices.end()) form.choices.push_back(choice);
  }
  form.least = form.least && other.least ? std::optional(std::min(*form.least, *other.least)) : std::nullopt;
  form.most = form.most && other.most ? std::optional(std::max(*form.most, *other.most)) : std::nullopt;
}

/// A store by its address: which plugin's options stand beside that depends on what it says.
Form addressed_store(std::span<const PluginForm> known) {
  std::vector<Key> keys{{"address", yaml::text(1), "where the database is, in place of `plugin`: " + store_addresses(), true}};
  for (const PluginForm& plugin : known) {
    for (const Option& option : plugin.options) {
      if (is_address_option(option.name)) continue;
      Key key = key_of(option);
      key.required = false;
      key.help += " (" + plugin.name + ")";
      const auto same = std::find_if(keys.begin(), keys.end(), [&](const Key& there) { return there.name == option.name; });
      if (same == keys.end()) {
        keys.push_back(std::move(key));
      } else {
        widen(same->form, key.form);
        same->help += "; " + key.help;
      }
    }
  }
  return yaml::map(std::move(keys));
}

Form mass_change() {
  return yaml::map({{"emptied", yaml::integer(0, 100), "values of one column that a run may empty, in per cent", false, "30"},
                    {"missing", yaml::integer(0, 100), "known items that a list may lack, in per cent", false, "30"},
                    {"changed", yaml::integer(0, 100), "remote items whose texts or objects a run may change, in per cent", false, "50"}});
}

Form sync() {
  return yaml::map({
      {"provider", yaml::text(1), "name of an entry under providers", true},
      {"resource", yaml::text(1), "kind of remote item, as the provider calls it", true},
      {"store", yaml::text(1), "name of an entry under stores", true},
      {"mapping", yaml::text(1), "file with the field rules", true},
      {"hooks", yaml::text(), "Lua file with the functions to call"},
      {"label", yaml::map({{"one", yaml::text(), "one of them: assistant"}, {"many", yaml::text(), "several: assistants"}}),
       "what people call the items"},
      {"data", yaml::names(yaml::text(1), "[A-Za-z_][A-Za-z0-9_-]*"), "name: YAML or JSON file that the hooks may look things up in"},
      {"default", yaml::of(Kind::Boolean), "taken by commands that name no sync", false, "false"},
      {"group", yaml::text(1), "a name for several syncs together"},
      {"optional", yaml::of(Kind::Boolean), "left out, unless it is named itself, while its provider has no credentials", false, "false"},
      {"fresh_for", yaml::of(Kind::Duration), "how long commands of style catalogue leave it alone after a complete run"},
      {"on_conflict", yaml::choice(on_conflict_words().texts()), "who wins where both sides changed", false, "remote"},
      {"local_edits", yaml::choice(local_edits_words().texts()), "what an import does with edits made in the database", false, "keep"},
      {"leave_gone", yaml::of(Kind::Boolean), "what one side of a known pair lacks was deleted on purpose, and is not made anew", false,
       "false"},
      {"page_size", yaml::integer(1, 100000), "items asked for in one request"},
      {"schedule", schedule_form(true), "when `lockstep serve` runs it by itself"},
      {"watch", yaml::of(Kind::Boolean), "`lockstep serve` exports rows as soon as the application changes them", false, "false"},
      {"mass_change", mass_change(), "more than this at once stops a run that has no --allow-mass-change; 100: never"},
  });
}

/// Options that any of the runs has.
std::vector<std::string> options_of_runs() {
  std::vector<std::string> names;
  for (const std::string& run : mode_words().texts()) {
    for (const CliOption& option : run_options(run)) {
      if (std::find(names.begin(), names.end(), option.option.name) == names.end()) names.emplace_back(option.option.name);
    }
  }
  return names;
}

std::vector<std::string> taken_options(const OwnNames& own) {
  std::vector<std::string> names{"help", "version", "sync-missing"};
  names.insert(names.end(), own.options.begin(), own.options.end());
  for (std::string& name : options_of_runs()) names.push_back(std::move(name));
  return names;
}

Form command(const OwnNames& own) {
  Form aliases = yaml::names(yaml::choice(options_of_runs()), "[a-z0-9][a-z0-9-]*");
  aliases.taken = taken_options(own);
  return yaml::map({{"run", yaml::choice(mode_words().texts()), "what it does", true},
                    {"syncs", yaml::list(yaml::text(), 1), "names of entries under syncs", true},
                    {"style", yaml::choice({"items", "catalogue"}),
                     "what it prints: a line for each item, or a part for each provider, which are asked at the same time", false, "items"},
                    {"options", std::move(aliases), "other names for options of the run: {user-id: owner}"},
                    {"schedule", schedule_form(false), "when `lockstep serve` runs it by itself"}});
}

Form commands(const OwnNames& own) {
  Form form = section(command(own), "[^- \\t\\n=][^ \\t\\n=]*");
  form.taken = own.commands;
  return form;
}

}  // namespace

Key key_of(const Option& option) {
  Form form = yaml::of(kind_of(option.type));
  form.choices = choices_of(option);
  form.loose = true;
  if (option.required) form.fewest = 1;
  const Option open{};
  if (option.least != open.least) form.least = option.least;
  if (option.most != open.most) form.most = option.most;
  std::string help = option.help;
  if (option.env != nullptr) help += " [" + std::string(option.env) + "]";
  return {option.name, std::move(form), std::move(help), option.required, option.fallback == nullptr ? "" : option.fallback};
}

Form configuration_form(std::span<const PluginForm> providers, std::span<const PluginForm> stores, const OwnNames& own) {
  return yaml::map({
      {"stores", section(yaml::either({plugin_entry({}, stores), addressed_store(stores)})), "the databases, by names that you choose"},
      {"providers",
       section(plugin_entry({{"label", yaml::text(), "the name in messages; without it the entry's own"},
                             {"environments", yaml::list(yaml::text(1), 1),
                              "values of LOCKSTEP_ENV (without it: production) in which the provider is there; without this: all"}},
                            providers)),
       "the remote APIs, by names that you choose"},
      {"syncs", section(sync(), kPlainName), "what is kept in step: a remote resource and a table, by names that you choose"},
      {"commands", commands(own), "commands of your own, by names that you choose"},
      {"webhooks", section(webhook_form(), kPlainName),
       "who may tell `lockstep serve` that something has changed, by names that you choose"},
      {"alerts", section(alert_form(), kPlainName), "whom `lockstep serve` tells when something is wrong, by names that you choose"},
      {"serve", optional_map(serve_form()), "how `lockstep serve` is reached, and by whom"},
  });
}

const Form& configuration_form() {
  static const Form form = configuration_form({}, {}, {});
  return form;
}

const Form& entry_form(std::string_view section) { return yaml::key(configuration_form(), section).form.parts.front(); }

}  // namespace lockstep
