#include "config/config.h"
#include "cli/commands/table.h"
#include "cli/support.h"
#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "config/config_form.h"

namespace lockstep {
namespace {

using test::WorkingDirectory;

std::optional<std::string> variable(std::string_view name) {
  if (name == "DB") return "here.db";
  return std::nullopt;
}

struct Read {
  Configuration configuration;
  std::vector<std::string> errors;
};

Read read(const std::string& text) {
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(text, "config/lockstep.yaml", variable, problems);
  Configuration configuration = parse_configuration(root, "config/lockstep.yaml", own_names(), problems);
  return {std::move(configuration), problems.errors()};
}

const char* const kGood = R"(stores: {main: {plugin: sqlite, path: "${DB:-x.db}"}}
providers: {vapi: {plugin: vapi, api_key: "k"}}
syncs:
  assistants: {provider: vapi, resource: assistant, store: main, mapping: mappings/a.yaml, hooks: ../scripts/a.lua, default: true,
               on_conflict: newest, local_edits: replace, label: {one: assistant, many: assistants}, page_size: 500}
commands:
  "assistants:sync": {run: import, syncs: [assistants], style: items, options: {user-id: owner, assistant-id: id}}
)";

TEST(ConfigTest, ReadsWhatItHolds) {
  const Read result = read(kGood);
  EXPECT_TRUE(result.errors.empty()) << result.errors.front();
  const SyncUse* sync = result.configuration.sync("assistants");
  ASSERT_NE(sync, nullptr);
  EXPECT_EQ(sync->mapping, "config/mappings/a.yaml");
  EXPECT_EQ(sync->hooks, "scripts/a.lua");
  EXPECT_EQ(sync->on_conflict, OnConflict::Newest);
  EXPECT_EQ(sync->local_edits, LocalEdits::Replace);
  EXPECT_EQ(sync->page_size, 500U);
  EXPECT_TRUE(sync->is_default);
  EXPECT_EQ(result.configuration.default_syncs(), std::vector<std::string>{"assistants"});
  EXPECT_EQ(result.configuration.provider("vapi")->label, "Vapi");
  const CommandEntry* command = result.configuration.command("assistants:sync");
  ASSERT_NE(command, nullptr);
  EXPECT_EQ(command->aliases, (std::map<std::string, std::string>{{"user-id", "owner"}, {"assistant-id", "id"}}));
}

TEST(ConfigTest, AStoreIsFoundByItsAddress) {
  const auto store = [](const std::string& entry) {
    return read(replace_all(kGood, R"({plugin: sqlite, path: "${DB:-x.db}"})", "{" + entry + "}"));
  };
  const auto used = [](const Read& result) {
    const PluginUse* use = result.configuration.store("main");
    return use->plugin + " " + use->options.front().key + " " + use->options.front().value.scalar;
  };
  EXPECT_EQ(used(store("address: app.db")), "sqlite path app.db");
  EXPECT_EQ(used(store("address: postgresql://db/app, schema: crm")), "postgresql url postgresql://db/app");
  EXPECT_EQ(used(store("address: postgres://db/app")), "postgresql url postgres://db/app");
  EXPECT_EQ(used(store("address: mysql://db/app")), "mysql url mysql://db/app");
  EXPECT_EQ(used(store("address: mariadb://db/app")), "mysql url mariadb://db/app");
  EXPECT_TRUE(store("address: app.db").errors.empty());
  const std::string kinds =
      "a path (sqlite), postgresql://… (postgresql), postgres://… (postgresql), mysql://… (mysql), mariadb://… (mysql)";
  EXPECT_EQ(store("address: oracle://ann:correct-horse-battery@db/app").errors,
            std::vector<std::string>{"config/lockstep.yaml:1:26: no plugin is for oracle://; an address is " + kinds});
  EXPECT_EQ(store("address: app.db, plugin: sqlite").errors,
            std::vector<std::string>{"config/lockstep.yaml:1:17: main: \"address\" takes the place of \"plugin\"; give one of them"});
  EXPECT_EQ(store("address: \"${NOWHERE}\"").errors,
            std::vector<std::string>{"config/lockstep.yaml:1:17: main lacks \"address\": the variable in it is not set; it is " + kinds});
  store("address: postgresql://ann:correct-horse-battery@db/app");
  EXPECT_EQ(redact("it is correct-horse-battery"), "it is [redacted]");
}

TEST(ConfigTest, BesideAnAddressAnOptionTakesWhatAnyStoreTakes) {
  const Option strict[] = {{"tls", OptionType::Text, nullptr, false, false, nullptr, "how", "off|on"},
                           {"port", OptionType::Integer, nullptr, false, false, nullptr, "where", nullptr, 1, 65535},
                           {"mode", OptionType::Text, nullptr, false, false, nullptr, "which", "a|b"}};
  const Option lenient[] = {{"tls", OptionType::Text, nullptr, false, false, nullptr, "how", "off|perhaps"},
                            {"port", OptionType::Integer, nullptr, false, false, nullptr, "where"},
                            {"mode", OptionType::Text, nullptr, false, false, nullptr, "which"}};
  const PluginForm plugins[] = {{"strict", "", strict}, {"lenient", "", lenient}};
  const yaml::Form form = configuration_form({}, plugins, own_names());
  const yaml::Form& store = key(form, "stores").form.parts.at(0).parts.at(1);
  EXPECT_EQ(key(store, "tls").form.choices, (std::vector<std::string>{"off", "on", "perhaps"}));
  EXPECT_EQ(key(store, "tls").help, "how (strict); how (lenient)");
  EXPECT_FALSE(key(store, "port").form.most);
  EXPECT_TRUE(key(store, "mode").form.choices.empty());
}

TEST(ConfigTest, TellsEveryMistakeWithItsPlaceAndASuggestion) {
  const Read result = read(R"(stores: {main: {plugin: sqlite}}
provider: {}
providers:
  vapi: {plugin: vapi}
  broken: {label: X}
syncs:
  assistants: {provider: vapy, resource: assistant, store: man, mapping: m.yaml, onconflict: remote}
  phones: {provider: vapi, store: main, mapping: m.yaml, on_conflict: newset, local_edits: maybe, default: yes, page_size: 0}
  hooked: {provider: vapi, resource: a, store: main, mapping: m.yaml, on_conflict: hook, label: {single: x}}
commands:
  status: {run: import, syncs: [phones]}
  "a:sync": {run: exprot, syncs: [phone], style: lines, options: {user-id: onwer, Bad: id, config: id}}
  "b:sync": {run: import}
)");
  const std::vector<std::string> expected{
      "config/lockstep.yaml:2:1: unknown option \"provider\"; did you mean \"providers\"?",
      "config/lockstep.yaml:5:3: broken lacks \"plugin\"",
      "config/lockstep.yaml:7:26: no entry \"vapy\" under providers; did you mean \"vapi\"?",
      "config/lockstep.yaml:7:60: no entry \"man\" under stores; did you mean \"main\"?",
      "config/lockstep.yaml:7:82: unknown option \"onconflict\"; did you mean \"on_conflict\"?",
      "config/lockstep.yaml:8:3: phones lacks \"resource\"",
      "config/lockstep.yaml:8:71: \"newset\" is none of remote, local, newest, manual, hook; did you mean \"newest\"?",
      "config/lockstep.yaml:8:92: \"maybe\" is none of keep, replace",
      "config/lockstep.yaml:8:108: expected true or false, not \"yes\"",
      "config/lockstep.yaml:8:124: page_size must be between 1 and 100000",
      "config/lockstep.yaml:9:84: on_conflict: hook needs a file under \"hooks\" that has a function \"conflict\"",
      "config/lockstep.yaml:9:98: unknown option \"single\"",
      "config/lockstep.yaml:11:3: \"status\" is a command of the program; choose another name",
      "config/lockstep.yaml:12:19: \"exprot\" is none of import, export, full; did you mean \"export\"?",
      "config/lockstep.yaml:12:35: no entry \"phone\" under syncs; did you mean \"phones\"?",
      "config/lockstep.yaml:12:50: \"lines\" is none of items, catalogue",
      "config/lockstep.yaml:12:76: no option \"onwer\"; did you mean \"owner\"?",
      "config/lockstep.yaml:12:83: an option's name consists of small letters, digits and \"-\"",
      "config/lockstep.yaml:12:92: --config already has a meaning",
      "config/lockstep.yaml:13:3: b:sync lacks \"syncs\", a list of names"};
  EXPECT_EQ(result.errors, expected);
}

TEST(ConfigTest, NamesOfSyncsAndGroupsHoldNothingThatAShellWouldActOn) {
  for (const char* name : {"$(touch x)", "a b", "`x`", "-x", "a;b", "a'b", "é"}) {
    const Read sync = read(replace_all(kGood, "  assistants: {", "  \"" + std::string(name) + "\": {"));
    ASSERT_FALSE(sync.errors.empty()) << name;
    EXPECT_NE(sync.errors.front().find("a sync's name consists of letters, digits"), std::string::npos) << sync.errors.front();
    const Read group = read(replace_all(kGood, "default: true,", "default: true, group: \"" + std::string(name) + "\","));
    ASSERT_EQ(group.errors.size(), 1U) << name;
    EXPECT_NE(group.errors.front().find("a group's name consists of"), std::string::npos) << group.errors.front();
  }
  EXPECT_TRUE(read(replace_all(kGood, "default: true,", "default: true, group: my_Models-2.x,")).errors.empty());
}

TEST(ConfigTest, AMistypedKeyIsOneMistake) {
  const Read result = read(R"(stores: {main: {plugin: sqlite}}
providrs: {vapi: {plugin: vapi}}
syncs:
  assistants: {provider: vapi, resorce: assistant, store: main, maping: m.yaml}
)");
  const std::vector<std::string> expected{"config/lockstep.yaml:2:1: unknown option \"providrs\"; did you mean \"providers\"?",
                                          "config/lockstep.yaml:4:32: unknown option \"resorce\"; did you mean \"resource\"?",
                                          "config/lockstep.yaml:4:65: unknown option \"maping\"; did you mean \"mapping\"?"};
  EXPECT_EQ(result.errors, expected);
}

TEST(ConfigTest, WrongKindsAreMistakesAndNotCrashes) {
  for (const char* text : {"[]", "just text", "stores: []\nproviders: 3\nsyncs: {a: 1}\ncommands: {b: [x]}",
                           "syncs: {a: {provider: [1], mapping: {}}}", "commands: {c: {run: import, syncs: [[1]], options: 5}}"}) {
    EXPECT_FALSE(read(text).errors.empty()) << text;
  }
}

TEST(ConfigTest, PathsAreRelativeToTheFileUnlessTheyComeFromTheEnvironment) {
  yaml::Problems problems;
  const auto node = [&](const char* text) { return yaml::load_text(text, "f", variable, problems); };
  EXPECT_EQ(resolve_path("config", node("data/x.db")), "config/data/x.db");
  EXPECT_EQ(resolve_path("config", node("../x.db")), "x.db");
  EXPECT_EQ(resolve_path("config", node("/abs/x.db")), "/abs/x.db");
  EXPECT_EQ(resolve_path("config", node("\"${DB}\"")), "here.db");
  EXPECT_EQ(resolve_path("config", node("\"${NOT_SET:-lockstep.db}\"")), "lockstep.db");
  EXPECT_EQ(resolve_path("config", node("\":memory:\"")), ":memory:");
}

TEST(ConfigTest, ValuesThatSoundSecretAreMaskedBeforeAnyPluginIsLoaded) {
  read("providers: {p: {plugin: p, api_key: \"very-hidden-value-1\", client_secret: \"very-hidden-value-2\", rate: \"not-hidden-value\"}}");
  EXPECT_EQ(redact("very-hidden-value-1 very-hidden-value-2 not-hidden-value"), "[redacted] [redacted] not-hidden-value");
}

TEST(ConfigTest, AMissingFileNamesInit) {
  WorkingDirectory directory;
  yaml::Problems problems;
  try {
    read_configuration("config/lockstep.yaml", variable, own_names(), problems);
    FAIL();
  } catch (const Error& failure) {
    EXPECT_EQ(failure.message(), "there is no configuration config/lockstep.yaml");
    EXPECT_NE(failure.hint().find("lockstep init"), std::string::npos);
  }
}

TEST(ConfigTest, TheTableOfSyncOptionsIsWhatIsAccepted) {
  std::string text = "providers: {p: {plugin: p}}\nstores: {s: {plugin: s}}\nsyncs:\n  x: {provider: p, store: s, resource: r, mapping: m";
  for (const yaml::Key& key : yaml::keys_of(entry_form("syncs"))) {
    const std::string& name = key.name;
    if (name == "provider" || name == "store" || name == "resource" || name == "mapping") continue;
    text += ", " + name + ": " +
            (name == "label"         ? "{one: a}"
             : name == "page_size"   ? "5"
             : name == "hooks"       ? "h.lua"
             : name == "data"        ? "{a: b.yaml}"
             : name == "group"       ? "g"
             : name == "fresh_for"   ? "11h"
             : name == "mass_change" ? "{emptied: 0, missing: 50, changed: 100}"
                                     : key.fallback);
  }
  EXPECT_TRUE(read(text + "}\n").errors.empty());
}

TEST(ConfigTest, BoundsOfAMassChangeArePerCent) {
  const std::string text =
      "providers: {p: {plugin: p}}\nstores: {s: {plugin: s}}\nsyncs:\n  x: {provider: p, store: s, resource: r, mapping: m";
  EXPECT_TRUE(read(text + ", mass_change: {changed: 80}}\n").errors.empty());
  for (const char* wrong : {"{changed: 101}", "{missing: -1}", "{emptied: half}", "{other: 5}", "30"})
    EXPECT_FALSE(read(text + ", mass_change: " + wrong + "}\n").errors.empty()) << wrong;
}

}  // namespace
}  // namespace lockstep
