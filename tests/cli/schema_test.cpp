// The schemas for editors and the readers of the program judge alike: nothing right is underlined, and what the readers refuse for its
// shape is.
#include "rules/schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/commands/table.h"
#include "cli/schema_support.h"
#include "cli/support.h"
#include "common/text.h"
#include "format/json.h"
#include "mapping/mapping.h"
#include "rest/table.h"
#include "rules/rule_tests.h"
#include "support/files.h"
#include "support/slowdown.h"

namespace lockstep {
namespace {

using test::file_text;
namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

const fs::path kSource = LOCKSTEP_SOURCE_DIR;
const fs::path kPlugins = fs::path(LOCKSTEP_BINARY_DIR) / "lib/lockstep/plugins";

Json schema(const std::string& name) {
  Registry registry({kPlugins});
  return schema_named(name, registry, own_names());
}

std::optional<std::string> no_variable(std::string_view) { return std::nullopt; }
/// What a `${…}` gives is only known at run time; a reader of these tests gets something of every kind's shape.
std::optional<std::string> seven(std::string_view) { return "7"; }

Resource item() {
  Resource resource;
  resource.name = "item";
  resource.modified = "updatedAt";
  return resource;
}

Strings mapping_mistakes(const Json& document) {
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(json::to_text(document), "m", seven, problems);
  Mapping::load(root, item(), Strings{"cents", "cents_inverse"}, problems);
  return problems.errors();
}

Strings configuration_mistakes(const Json& document) {
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(json::to_text(document), "c", seven, problems);
  Configuration configuration = parse_configuration(root, "c", own_names(), problems);
  const Configuration names = configuration;
  static Registry& registry = *new Registry({kPlugins});
  RegistryPlugins plugins(registry);
  Workspace workspace(std::move(configuration), std::move(problems), plugins, no_variable);
  for (const PluginUse& use : names.providers) workspace.provider(use.name);
  for (const PluginUse& use : names.stores) workspace.check_store(use.name);
  return workspace.problems().errors();
}

/// Every key that a mapping may hold.
Json whole_mapping() {
  return json::parse(R"json({"table": "t", "key": {"column": "k", "from": "id"}, "label": "name",
    "fields": {"name": "text", "count": {"type": "integer", "from": "a.count", "min": 1, "max": 9, "default": 2},
      "kind": {"type": "enum", "values": ["a", "b"], "from": "b[x=y].kind", "required": true},
      "note": {"type": "text", "min_length": 1, "max_length": 5, "derived": false, "transform": ["trim", "cents"]},
      "agent": {"references": "agents.remote_id", "take": "code", "transform": "lower"}},
    "owned": {"user_id": {"type": "integer", "references": "users.id"}, "memo": "text"},
    "owner": {"column": "user_id", "from": "metadata.email", "matches": "users.email"},
    "modified": {"column": "updated_at", "from": "updatedAt", "timezone": "UTC"},
    "indexes": ["name", {"columns": ["count", "user_id"], "unique": true, "name": "by_count"}]})json");
}

/// Every key that a configuration may hold, but for options of plugins that need a file.
Json whole_configuration() {
  return json::parse(R"json({"stores": {"main": {"plugin": "sqlite", "path": "a.db", "busy_timeout": "5s"}},
    "providers": {"vapi": {"plugin": "vapi", "label": "Vapi", "api_key": "key", "base_url": "http://127.0.0.1:9", "timeout": "30s",
      "connect_timeout": "10s", "page_size": 100, "rate": 10, "concurrency": 4, "retries": 3}},
    "syncs": {"things": {"provider": "vapi", "resource": "assistant", "store": "main", "mapping": "m.yaml", "hooks": "h.lua",
      "label": {"one": "thing", "many": "things"}, "default": true, "on_conflict": "newest", "local_edits": "keep", "page_size": 50}},
    "commands": {"things:sync": {"run": "import", "syncs": ["things"], "style": "items", "options": {"user-id": "owner"}}}})json");
}

Strings rule_test_mistakes(const Json& document) {
  yaml::Problems problems;
  parse_rule_tests(yaml::load_text(json::to_text(document), "t", seven, problems), "t", problems);
  return problems.errors();
}

/// Every key that a file of rule tests may hold.
Json whole_rule_tests() {
  return json::parse(R"json({"sync": "things", "now": "2026-11-21", "tables": {"users": [{"id": 1, "email": "a@b"}]},
    "cases": [{"name": "one", "given": {"base": {"id": "a"}, "record": {"id": "a", "n": null}, "row": {"name": "x"}, "tables": {"t": []}},
      "expect": {"row": {"name": "x"}, "body": {}, "rejected": "why", "warns": ["so"], "conflicts": {"name": "remote"}},
      "mode": "full", "on_conflict": "newest", "local_edits": "keep"},
     {"name": "two", "given": {"record": {"id": "b"}}, "expect": {"warns": "so", "row": {"name": null}}}]})json");
}

Strings table_mistakes(const Json& document) {
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(json::to_text(document), "t", seven, problems);
  rest::read_table(root, {"a", "o", "p"}, problems);
  return problems.errors();
}

/// Every key that a table may hold, and every way of paging.
Json whole_table() {
  return json::parse(R"json({"label": "Things", "base_url": "https://api.example.test",
    "auth": {"style": "header", "name": "X-Key", "prefix": "Token ", "variable": "THINGS_KEY"}, "headers": {"X-Account": "{account}"},
    "check": "/things?limit=1", "resources": {
      "thing": {"key": "uid", "label": "title", "modified": "changed", "get": "/things/{id}", "create": "/things",
        "update": {"path": "/things/{id}", "method": "POST"}, "record": "data", "wrap": "thing", "read_only": ["uid"],
        "write_only": ["secret"], "secret_flags": {"secret": "has_secret"}, "secret": ["hidden"], "legacy": ["old"], "known": ["uid"],
        "marker": "metadata", "references": {"part_of": "thing"},
        "list": {"path": "/things", "records": "data.items", "paging": {"style": "token", "parameter": "cursor", "token": "next",
          "token_header": "X-Next", "more": "more", "limit": "limit", "size": 50, "most": 200}}},
      "link": {"get": "/links/{+id}", "list": {"path": "/links", "paging": {"style": "link", "token": "next", "limit": "n"}}},
      "item": {"list": {"path": "/items", "paging": {"style": "last_id", "parameter": "after", "more": "has_more"}}},
      "page": {"list": {"path": "/pages", "paging": {"style": "page", "parameter": "page", "first": 0, "pages": "pages", "total": "total",
        "total_header": "X-Total"}}},
      "entry": {"list": {"path": "/entries", "paging": {"style": "offset", "parameter": "skip", "total": "total"}}},
      "call": {"list": {"path": "/calls", "paging": {"style": "created_at", "field": "createdAt", "not_after": "to", "not_before": "from",
        "limit": "limit", "size": 100, "most": 1000}}},
      "model": {"list": {"path": "/models", "paging": {"style": "none", "limit": "limit"}},
        "joins": [{"path": "/more-models", "records": "models", "paging": {"style": "none"}, "key": "id", "get": "/more-models/{id}",
          "optional": true, "adds": true}]}},
    "errors": {"message": ["error.message"], "hint": "look at the key", "rules": [{"status": 400, "member": "code", "equals": "bad",
      "contains": "bad", "kind": "credentials", "message": "Invalid API key", "hint": "look", "final": true}],
      "wait": {"members": ["retryDelay"], "headers": ["retry-after-ms"]}, "repeat_header": "x-should-retry"},
    "limits": {"rate": 5, "concurrency": 2}, "retry": {"retries": 3, "first_wait": "1s", "longest_wait": "20s"}})json");
}

/// Mistakes that no schema can know: they need two places of the file, a plugin's own code, or another file.
const Strings kBeyondShape{"unknown column",
                           "no entry \"",
                           "is used twice",
                           "both write",
                           "may both write",
                           "lies inside",
                           "unknown transform",
                           "the key of",
                           "bad default",
                           "is greater than",
                           "is given twice",
                           "primary key",
                           "unknown time zone",
                           "cannot tell records apart",
                           "belongs to a column of type text",
                           "on_conflict: hook",
                           "no option \"",
                           "no provider plugin",
                           "no store plugin",
                           "is a provider, not",
                           "is a store, not",
                           "already has a meaning",
                           "address",
                           "base_url",
                           "timeout",
                           "the hook has no",
                           "is no time",
                           "given: names neither",
                           "expect: says nothing",
                           "a row without cells",
                           "most is less than size",
                           "lacks \"token\" or",
                           "needs \"get\"",
                           "put together from several lists",
                           "a rule needs \"status\"",
                           "Shop has no resource"};

bool beyond_shape(const std::string& mistake) {
  return std::any_of(kBeyondShape.begin(), kBeyondShape.end(),
                     [&](const std::string& part) { return mistake.find(part) != std::string::npos; });
}

/// Of many documents, every n-th.
std::vector<Json> thinned(std::vector<Json> documents, std::size_t n) {
  std::vector<Json> out;
  for (std::size_t i = 0; i < documents.size(); i += n) out.push_back(std::move(documents[i]));
  return out;
}

/// Judges every mutant of `right` (under a sanitizer a part of them) by schema and reader and compares.
template <class Reader>
void compare(const Json& right, const Json& schema, Reader mistakes) {
  ASSERT_EQ(mistakes(right), Strings());
  const std::vector<Json> documents = thinned(test::mutants(right), test::kSlowdown);
  const Strings judged = test::verdicts(schema, documents);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Strings told = mistakes(documents[i]);
    const bool shape = std::any_of(told.begin(), told.end(), [](const std::string& mistake) { return !beyond_shape(mistake); });
    const std::string text = json::to_text(documents[i]);
    if (judged[i] != "ok") {
      ++refused;
      EXPECT_FALSE(told.empty()) << "the schema refuses what the program takes: " << judged[i] << "\n" << text;
    } else if (text.find("${") == std::string::npos) {
      EXPECT_FALSE(shape) << "the schema takes what the program refuses: " << (told.empty() ? "" : told.front()) << "\n" << text;
    }
  }
  EXPECT_EQ(test::verdicts(schema, {right}), Strings{"ok"});
  EXPECT_GT(refused, 200U / test::kSlowdown);
}

Strings resources_mistakes(const Json& document) {
  yaml::Problems problems;
  rest::RestSpec spec;
  spec.label = "Shop";
  spec.resources.emplace_back().resource.name = "book";
  rest::add_resources(yaml::load_text(json::to_text(document), "r", seven, problems), spec, problems);
  return problems.errors();
}

/// A table's own resources with the key that only these have.
Json whole_resources() {
  Json resources = *whole_table().find("resources");
  resources["thing"]["like"] = Json("book");
  return Json::Object{{"resources", std::move(resources)}};
}

TEST(SchemaTest, OfMoreResourcesAgreesWithTheReader) { compare(whole_resources(), schema("resources"), resources_mistakes); }

TEST(SchemaTest, OfRuleTestsAgreesWithTheReader) { compare(whole_rule_tests(), schema("tests"), rule_test_mistakes); }

TEST(SchemaTest, OfMappingsAgreesWithTheReader) { compare(whole_mapping(), schema("mapping"), mapping_mistakes); }

TEST(SchemaTest, OfConfigurationsAgreesWithTheReader) { compare(whole_configuration(), schema("configuration"), configuration_mistakes); }

TEST(SchemaTest, OfProviderTablesAgreesWithTheReader) { compare(whole_table(), schema("provider"), table_mistakes); }

TEST(SchemaTest, EveryShippedFilePassesIt) {
  const Strings configuration =
      test::verdicts(schema("configuration"), {test::as_an_editor_reads((kSource / "config/lockstep.yaml").string())});
  EXPECT_EQ(configuration, Strings{"ok"});
  std::vector<Json> mappings;
  for (const fs::directory_entry& entry : fs::directory_iterator(kSource / "config/mappings"))
    mappings.push_back(test::as_an_editor_reads(entry.path().string()));
  ASSERT_FALSE(mappings.empty());
  EXPECT_EQ(test::verdicts(schema("mapping"), mappings), Strings(mappings.size(), "ok"));
  std::vector<Json> resources;
  for (const fs::directory_entry& entry : fs::directory_iterator(kSource / "config/resources"))
    resources.push_back(test::as_an_editor_reads(entry.path().string()));
  EXPECT_EQ(test::verdicts(schema("resources"), resources), Strings(resources.size(), "ok"));
  std::vector<Json> tests;
  for (const fs::directory_entry& entry : fs::directory_iterator(kSource / "config/tests"))
    tests.push_back(test::as_an_editor_reads(entry.path().string()));
  ASSERT_FALSE(tests.empty());
  EXPECT_EQ(test::verdicts(schema("tests"), tests), Strings(tests.size(), "ok"));
  std::vector<Json> tables;
  for (const fs::directory_entry& entry : fs::directory_iterator(kSource / "config/providers"))
    tables.push_back(test::as_an_editor_reads(entry.path().string()));
  ASSERT_FALSE(tables.empty());
  EXPECT_EQ(test::verdicts(schema("provider"), tables), Strings(tables.size(), "ok"));
}

TEST(SchemaTest, TheShippedSchemasAreWhatTheProgramPrints) {
  test::WorkingDirectory directory;
  for (const std::string name : {"configuration", "mapping", "provider", "resources", "tests"}) {
    const fs::path file = kSource / "config/schema" / (name + ".json");
    const test::Outcome outcome = test::run({"check", "--schema", name});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(outcome.out == file_text(file)) << "run: lockstep check --schema " << name << " > " << file;
  }
  EXPECT_EQ(test::run({"check", "--schema"}).out, test::run({"check", "--schema=configuration"}).out);
  EXPECT_FALSE(directory.has("config")) << "none is needed for it";
}

/// "…/schema/mapping.json" of the line that editors look for, relative to the file.
fs::path named_schema(const fs::path& yaml) {
  const std::string text = file_text(yaml);
  const std::string key = "# yaml-language-server: $schema=";
  if (!text.starts_with(key)) return {};
  return yaml.parent_path() / text.substr(key.size(), text.find('\n') - key.size());
}

TEST(SchemaTest, WhatInitWritesNamesASchemaThatItWritesToo) {
  test::WorkingDirectory directory;
  ASSERT_EQ(test::run({"init", "."}).code, 0);
  std::size_t files = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator("config")) {
    // What hooks look things up in has no form of its own.
    if (entry.path().extension() != ".yaml" || entry.path().parent_path().filename() == "models") continue;
    ++files;
    const std::string folder = entry.path().parent_path().filename().string();
    const std::map<std::string, std::string> kinds{
        {"config", "configuration"}, {"providers", "provider"}, {"resources", "resources"}, {"tests", "tests"}};
    const std::string kind = kinds.contains(folder) ? kinds.at(folder) : "mapping";
    EXPECT_EQ(file_text(named_schema(entry.path())), file_text(kSource / "config/schema" / (kind + ".json"))) << entry.path();
  }
  EXPECT_GE(files, 2U);
}

/// Every property of the schema, however deep, that has a form but no description.
void find_mute(const Json& node, const std::string& at, Strings& mute) {
  if (const Json::Array* items = node.array()) {
    for (const Json& each : *items) find_mute(each, at, mute);
  }
  if (node.object() == nullptr) return;
  const Json* properties = node.find("properties");
  if (properties != nullptr && node.find("type") != nullptr) {
    for (const auto& [name, property] : *properties->object()) {
      if (property.text_at("description").empty()) mute.push_back(at + "/" + name);
    }
  }
  for (const auto& [name, value] : *node.object()) find_mute(value, at + "/" + name, mute);
}

TEST(SchemaTest, ExplainsEveryKeyAndGivesItsDefault) {
  for (const char* name : {"configuration", "mapping", "provider", "resources", "tests"}) {
    Strings mute;
    find_mute(schema(name), "", mute);
    EXPECT_EQ(mute, Strings()) << name;
  }
  const std::string text = json::to_text(schema("configuration"));
  EXPECT_NE(text.find(R"("default":"30s")"), std::string::npos);
  EXPECT_NE(text.find(R"("default":false)"), std::string::npos);
  EXPECT_NE(text.find("[VAPI_API_KEY]"), std::string::npos);
}

TEST(InitTest, ItsConfigurationIsCommentedAndPassesTheCheck) {
  test::WorkingDirectory directory;
  ASSERT_EQ(test::run({"init", "."}).code, 0);
  const test::Outcome check = test::run({"check", "--offline"}, {{"VAPI_API_KEY", "some-key"}});
  EXPECT_EQ(check.code, 0) << check.out << check.err;
  EXPECT_NE(check.out.find("No mistakes found.\n"), std::string::npos) << check.out;
  EXPECT_EQ(check.out.find("⚠"), std::string::npos) << check.out;
  EXPECT_EQ(test::run({"check", "--offline"}).code, 0) << "before there is a key";
  const Strings lines = split(directory.read("config/lockstep.yaml"), '\n');
  const auto comments =
      std::count_if(lines.begin(), lines.end(), [](const std::string& line) { return line.find('#') != std::string::npos; });
  EXPECT_GT(comments, static_cast<std::ptrdiff_t>(lines.size() / 3));
  const test::Outcome again = test::run({"init", "."});
  EXPECT_EQ(again.code, 1);
  EXPECT_NE(again.err.find("nothing was written: config/lockstep.yaml"), std::string::npos) << again.err;
}

}  // namespace
}  // namespace lockstep
