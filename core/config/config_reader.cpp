// From the YAML tree to Configuration: every mistake with its place, none stops the reading of the rest.
#include <algorithm>

#include "common/log.h"
#include "common/text.h"
#include "config/commands.h"
#include "config/config.h"
#include "config/config_form.h"
#include "config/store_address.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using yaml::Node;
using yaml::Problems;

/// Options whose values are masked before the plugin that knows better is loaded.
bool sounds_secret(std::string_view key) {
  const std::string lower = to_lower(key);
  const auto holds = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
  return holds("secret") || holds("password") || lower.ends_with("token") || lower.ends_with("_key");
}

/// "b" of "kind://a:b@c"; else nothing.
std::string_view password_in(std::string_view address) {
  const std::size_t scheme = address.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view authority = address.substr(scheme + 3, address.find_first_of("/?#", scheme + 3) - scheme - 3);
  const std::size_t at = authority.rfind('@'), colon = authority.substr(0, at).find(':');
  return at == std::string_view::npos || colon == std::string_view::npos ? std::string_view() : authority.substr(colon + 1, at - colon - 1);
}

/// One of a few words.
std::optional<std::string> check_choice(const Node& node, const std::vector<std::string>& choices, Problems& problems) {
  auto text = yaml::as_text(node, problems);
  if (!text || std::find(choices.begin(), choices.end(), *text) != choices.end()) return text;
  if (choices.size() == 1) {
    problems.add(node.place, "\"" + *text + "\" is unknown; the only choice is " + choices.front());
  } else {
    problems.add(node.place, "\"" + *text + "\" is none of " + join(choices, ", ") + did_you_mean(*text, choices));
  }
  return std::nullopt;
}

template <class Choice>
void read_choice(const Node& node, const Words<Choice>& words, Choice& out, Problems& problems) {
  const auto text = check_choice(node, words.texts(), problems);
  if (text) out = *words.find(*text);
}

class Reader {
 public:
  Reader(Configuration& out, const OwnNames& own, Problems& problems) : out_(out), own_(own), problems_(problems) {}

  void read(const Node& given) {
    if (given.kind != Node::Kind::Map) {
      if (problems_.empty()) problems_.add(given.place, "expected a map with stores, providers, syncs and commands");
      return;
    }
    const Node root = yaml::as_meant(given, yaml::key_names(configuration_form()), problems_);
    each(root["stores"], "stores", [&](const Node::Member& member) { out_.stores.push_back(plugin_use(member, false)); });
    each(root["providers"], "providers", [&](const Node::Member& member) { out_.providers.push_back(plugin_use(member, true)); });
    each(root["syncs"], "syncs", [&](const Node::Member& member) { out_.syncs.push_back(sync(member)); });
    each(root["commands"], "commands", [&](const Node::Member& member) { out_.commands.push_back(command(member)); });
    out_.webhooks = read_webhooks(root["webhooks"], out_.sync_names(), problems_);
    out_.alerts = read_alerts(root["alerts"], out_.directory, out_.sync_names(), problems_);
    out_.serve = read_serve_settings(root["serve"], out_.directory, out_.sync_names(), problems_);
  }

 private:
  template <class Use>
  void each(const Node& section, std::string_view name, Use use) {
    if (section.kind == Node::Kind::Missing || section.kind == Node::Kind::Null) return;
    if (section.kind != Node::Kind::Map) {
      problems_.add(section.place, std::string(name) + ": expected a map of names");
      return;
    }
    for (const Node::Member& member : section.members) {
      if (member.value.kind == Node::Kind::Map) {
        use(member);
      } else {
        problems_.add(member.value.place, member.key + ": expected a map");
      }
    }
  }

  std::string required(const Node& map, std::string_view key, const std::string& owner, const yaml::Place& place) {
    const Node& node = map[key];
    auto text = node.kind == Node::Kind::Null ? std::nullopt : yaml::as_text(node, problems_);
    if (text && !text->empty()) return *text;
    if (node.kind != Node::Kind::Sequence && node.kind != Node::Kind::Map)
      problems_.add(place, owner + " lacks \"" + std::string(key) + "\"");
    return {};
  }

  /// The plugin that a store's address stands for, which gets the address as one of its options.
  void take_address(PluginUse& use, const Node::Member& member) {
    const auto at = [](const Node::Member& each) { return each.key == "address"; };
    Node::Member option = *std::find_if(member.value.members.begin(), member.value.members.end(), at);
    use.plugin_place = option.value.place;
    if (member.value["plugin"]) {
      problems_.add(option.place, member.key + ": \"address\" takes the place of \"plugin\"; give one of them");
      return;
    }
    const std::string address = yaml::as_text(option.value, problems_).value_or("");
    if (address.empty()) {
      const bool unset = option.value.from_environment;
      problems_.add(option.place,
                    member.key + " lacks \"address\"" + (unset ? ": the variable in it is not set" : "") + "; it is " + store_addresses());
      return;
    }
    register_secret(password_in(address));
    const std::optional<StoreAddress> found = store_at(address);
    if (!found) {
      // What stands behind the scheme may hold a password.
      problems_.add(option.value.place,
                    "no plugin is for " + address.substr(0, address.find("://")) + "://; an address is " + store_addresses());
      return;
    }
    use.plugin = found->plugin;
    option.key = found->option;
    use.options.push_back(std::move(option));
  }

  PluginUse plugin_use(const Node::Member& member, bool provider) {
    PluginUse use;
    use.name = member.key;
    use.place = member.place;
    if (!provider && member.value["address"]) {
      take_address(use, member);
    } else {
      use.plugin = required(member.value, "plugin", member.key, member.place);
      use.plugin_place = member.value["plugin"].place;
    }
    use.label = capitalised(member.key);
    if (provider) {
      if (const auto label = yaml::as_text(member.value["label"], problems_)) use.label = *label;
      const Node& environments = member.value["environments"];
      if (environments && environments.kind != Node::Kind::Sequence)
        problems_.add(environments.place, "expected a list such as [development]");
      for (const Node& item : environments.items) {
        if (const auto name = yaml::as_text(item, problems_)) use.environments.push_back(*name);
      }
    }
    const std::vector<yaml::Key>& own = yaml::keys_of(entry_form(provider ? "providers" : "stores"));
    for (const Node::Member& option : member.value.members) {
      if (std::any_of(own.begin(), own.end(), [&](const yaml::Key& key) { return key.name == option.key; })) continue;
      if (!provider && option.key == "address") continue;
      // Masked before anything else is said about this file: the plugin that knows which options are secret may not even load.
      if (sounds_secret(option.key)) register_secret(option.value.scalar);
      use.options.push_back(option);
    }
    return use;
  }

  /// A name that must be one of `known`.
  std::string reference(const Node::Member& member, std::string_view key, const std::vector<std::string>& known, std::string_view section) {
    std::string name = required(member.value, key, member.key, member.place);
    if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return name;
    problems_.add(member.value[key].place, "no entry \"" + name + "\" under " + std::string(section) + did_you_mean(name, known));
    return {};
  }

  SyncUse sync(const Node::Member& given) {
    const Node::Member member{given.key, given.place, yaml::as_meant(given.value, yaml::key_names(entry_form("syncs")), problems_)};
    const Node& map = member.value;
    SyncUse entry;
    entry.name = member.key;
    entry.place = member.place;
    plain_name(member.key, member.place, "a sync's name");
    entry.provider = reference(member, "provider", entry_names(out_.providers), "providers");
    entry.store = reference(member, "store", entry_names(out_.stores), "stores");
    entry.resource = required(map, "resource", member.key, member.place);
    entry.resource_place = map["resource"].place;
    if (!required(map, "mapping", member.key, member.place).empty()) entry.mapping = resolve_path(out_.directory, map["mapping"]);
    entry.mapping_place = map["mapping"].place;
    if (const auto hooks = yaml::as_text(map["hooks"], problems_); hooks && !hooks->empty())
      entry.hooks = resolve_path(out_.directory, map["hooks"]);
    entry.hooks_place = map["hooks"].place;
    entry.is_default = yaml::as_boolean(map["default"], problems_).value_or(false);
    entry.optional = yaml::as_boolean(map["optional"], problems_).value_or(false);
    entry.group = yaml::as_text(map["group"], problems_).value_or("");
    if (!entry.group.empty()) plain_name(entry.group, map["group"].place, "a group's name");
    data_files(map["data"], entry);
    freshness(map["fresh_for"], entry);
    policies(map, entry);
    entry.schedule = read_schedule(map["schedule"], true, problems_);
    entry.watch = yaml::as_boolean(map["watch"], problems_).value_or(false);
    label(map["label"], entry);
    return entry;
  }

  /// Groups are completed beside the syncs.
  void plain_name(const std::string& name, const yaml::Place& place, const std::string& what) {
    if (yaml::may_be_named(yaml::key(configuration_form(), "syncs").form, name)) return;
    problems_.add(place,
                  in_quotes(name) + ": " + what + " consists of letters, digits, \"_\", \".\" and \"-\", and does not start with \"-\"");
  }

  void data_files(const Node& map, SyncUse& entry) {
    if (map && map.kind != Node::Kind::Map) problems_.add(map.place, "expected a map such as {reference: models/openai.yaml}");
    for (const Node::Member& member : map.members) {
      const auto path = yaml::as_text(member.value, problems_);
      if (path) entry.data.push_back({member.key, resolve_path(out_.directory, member.value), member.value.place});
    }
    if (!entry.data.empty() && entry.hooks.empty()) problems_.add(map.place, "data is for hooks, and this sync has none");
  }

  void freshness(const Node& node, SyncUse& entry) {
    const auto text = yaml::as_text(node, problems_);
    if (!text) return;
    const auto duration = parse_duration(*text);
    if (!duration || duration->count() < 0) {
      problems_.add(node.place, "expected a duration such as 11h, not \"" + *text + "\"");
    } else {
      entry.fresh_for = *duration;
    }
  }

  void policies(const Node& map, SyncUse& entry) {
    read_choice(map["on_conflict"], on_conflict_words(), entry.on_conflict, problems_);
    entry.on_conflict_place = map["on_conflict"].place;
    read_choice(map["local_edits"], local_edits_words(), entry.local_edits, problems_);
    if (entry.on_conflict == OnConflict::Hook && entry.hooks.empty()) {
      problems_.add(entry.on_conflict_place, "on_conflict: hook needs a file under \"hooks\" that has a function \"conflict\"");
    }
    entry.leave_gone = yaml::as_boolean(map["leave_gone"], problems_).value_or(false);
    mass_change(map["mass_change"], entry.mass_change);
    const auto size = yaml::as_integer(map["page_size"], problems_);
    const yaml::Form& form = yaml::key(entry_form("syncs"), "page_size").form;
    const auto least = static_cast<std::int64_t>(form.least.value_or(1)), most = static_cast<std::int64_t>(form.most.value_or(1));
    if (size && (*size < least || *size > most)) {
      problems_.add(map["page_size"].place, "page_size must be between " + std::to_string(least) + " and " + std::to_string(most));
    } else if (size) {
      entry.page_size = static_cast<std::size_t>(*size);
    }
  }

  void mass_change(const Node& node, MassChange& bounds) {
    if (!node) return;
    if (node.kind != Node::Kind::Map) {
      problems_.add(node.place, "expected a map such as {changed: 80}");
      return;
    }
    yaml::only_keys(node, yaml::key(entry_form("syncs"), "mass_change").form, problems_);
    percent(node["emptied"], bounds.emptied);
    percent(node["missing"], bounds.missing);
    percent(node["changed"], bounds.changed);
  }

  void percent(const Node& node, std::uint64_t& bound) {
    const auto value = yaml::as_integer(node, problems_);
    if (value && (*value < 0 || *value > 100)) {
      problems_.add(node.place, "expected per cent, from 0 to 100");
    } else if (value) {
      bound = static_cast<std::uint64_t>(*value);
    }
  }

  void label(const Node& node, SyncUse& entry) {
    if (!node) return;
    if (node.kind != Node::Kind::Map) {
      problems_.add(node.place, "expected a map such as {one: assistant, many: assistants}");
      return;
    }
    yaml::only_keys(node, yaml::key(entry_form("syncs"), "label").form, problems_);
    entry.one = yaml::as_text(node["one"], problems_).value_or("");
    entry.many = yaml::as_text(node["many"], problems_).value_or("");
  }

  CommandEntry command(const Node::Member& member) {
    const Node& map = member.value;
    CommandEntry entry;
    entry.name = member.key;
    entry.place = member.place;
    const yaml::Form& form = entry_form("commands");
    yaml::only_keys(map, form, problems_);
    command_name(member);
    entry.run = required(map, "run", member.key, member.place);
    if (!entry.run.empty()) check_choice(map["run"], yaml::key(form, "run").form.choices, problems_);
    entry.catalogue = check_choice(map["style"], yaml::key(form, "style").form.choices, problems_) == "catalogue";
    if (entry.catalogue && !entry.run.empty() && entry.run != "import")
      problems_.add(map["run"].place, "style: catalogue belongs to run: import");
    command_syncs(member, entry);
    command_options(map["options"], entry);
    entry.schedule = read_schedule(map["schedule"], false, problems_);
    return entry;
  }

  void command_name(const Node::Member& member) {
    const yaml::Form& names = yaml::key(configuration_form(), "commands").form;
    if (among(own_.commands, member.key)) {
      problems_.add(member.place, "\"" + member.key + "\" is a command of the program; choose another name");
    } else if (!yaml::may_be_named(names, member.key)) {
      problems_.add(member.place, "a command's name has no blank, no \"=\" and does not start with \"-\"");
    }
  }

  void command_syncs(const Node::Member& member, CommandEntry& entry) {
    const Node& list = member.value["syncs"];
    if (list.kind != Node::Kind::Sequence || list.items.empty()) {
      problems_.add(list ? list.place : member.place, member.key + " lacks \"syncs\", a list of names");
      return;
    }
    std::vector<std::string> known = entry_names(out_.syncs);
    for (std::string& group : out_.group_names()) known.push_back(std::move(group));
    for (const Node& item : list.items) {
      const auto name = yaml::as_text(item, problems_);
      if (!name) continue;
      if (std::find(known.begin(), known.end(), *name) == known.end()) {
        problems_.add(item.place, "no entry \"" + *name + "\" under syncs" + did_you_mean(*name, known));
      }
      entry.syncs.push_back(*name);
    }
  }

  /// `options: {user-id: owner}`: other names for options of the run.
  void command_options(const Node& map, CommandEntry& entry) {
    if (!map) return;
    if (map.kind != Node::Kind::Map) {
      problems_.add(map.place, "expected a map such as {user-id: owner}");
      return;
    }
    const yaml::Form& form = yaml::key(entry_form("commands"), "options").form;
    std::vector<std::string> targets;
    for (const CliOption& option : run_options(entry.run)) targets.emplace_back(option.option.name);
    if (targets.empty()) targets = form.parts.front().choices;
    for (const Node::Member& member : map.members) {
      const auto target = yaml::as_text(member.value, problems_);
      if (!target) continue;
      if (std::find(targets.begin(), targets.end(), *target) == targets.end()) {
        problems_.add(member.value.place, "no option \"" + *target + "\"" + did_you_mean(*target, targets));
      } else if (among(form.taken, member.key) || among(own_.options, member.key)) {
        problems_.add(member.place, "--" + member.key + " already has a meaning");
      } else if (!yaml::may_be_named(form, member.key)) {
        problems_.add(member.place, "an option's name consists of small letters, digits and \"-\"");
      } else {
        entry.aliases[member.key] = *target;
      }
    }
  }

  static bool among(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  Configuration& out_;
  const OwnNames& own_;
  Problems& problems_;
};

}  // namespace

Configuration parse_configuration(const Node& root, const std::string& file, const OwnNames& own, Problems& problems) {
  Configuration configuration;
  configuration.file = file;
  configuration.directory = fs::path(file).parent_path();
  Reader(configuration, own, problems).read(root);
  return configuration;
}

}  // namespace lockstep
