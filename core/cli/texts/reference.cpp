#include "cli/texts/reference.h"

#include <array>
#include <set>

#include "cli/commands/table.h"
#include "common/text.h"
#include "format/json.h"
#include "hook/stages.h"
#include "mapping/transform.h"
#include "rules/schema.h"

namespace lockstep {
namespace {

/// A cell of a table: a bar would end it.
std::string cell(std::string_view text) { return replace_all(std::string(text), "|", "\\|"); }

std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& each : cells) line += " " + cell(each) + " |";
  return line + "\n";
}

std::string head(const std::vector<std::string>& cells) {
  std::string out = row(cells) + "|";
  for (std::size_t i = 0; i < cells.size(); ++i) out += "---|";
  return out + "\n";
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

// Commands

std::string option_rows(const std::vector<CliOption>& options) {
  std::string out;
  for (const CliOption& option : options) {
    std::string name = *option.letter == '\0' ? "" : "-" + std::string(option.letter) + ", ";
    name += "--" + std::string(option.option.name);
    if (takes_value(option))
      name += (option.bare != nullptr ? "[=" : "=") + std::string(option.placeholder) + (option.bare != nullptr ? "]" : "");
    out += row({code(name), help_text(option)});
  }
  return out;
}

std::string command_text(const Command& command) {
  std::string usage = "lockstep " + command.name;
  if (!command.positional.empty()) {
    const std::string words = command.positional + (command.most > 1 ? "…" : "");
    usage += command.least == 0 ? " [" + words + "]" : " " + words;
  }
  std::string out = "### " + code(usage) + "\n\n" + command.summary + "\n\n";
  if (!command.positional_help.empty()) out += code(command.positional) + ": " + command.positional_help + "\n\n";
  if (!command.options.empty()) out += head({"option", ""}) + option_rows(command.options) + "\n";
  return out;
}

// Keys of YAML files, from their schemas

/// Rows of everything under a node of a schema. A key that some plugin alone takes is told in that plugin's words.
class KeyTables {
 public:
  std::string list(const Json& schema) {
    walk(schema, "");
    return std::move(rows_);
  }

 private:
  void walk(const Json& node, const std::string& path) {
    properties(node, path);
    if (const Json* more = node.find("additionalProperties"); more != nullptr && more->object() != nullptr) {
      walk(*more, path.empty() ? "NAME" : path + ".NAME");
    }
    if (const Json* items = node.find("items"); items != nullptr && items->object() != nullptr) walk(*items, path + "[]");
    if (const Json* kinds = node.find("anyOf"); kinds != nullptr && kinds->array() != nullptr) {
      for (const Json& kind : *kinds->array()) walk(kind, path);
    }
    if (const Json* rules = node.find("allOf"); rules != nullptr && rules->array() != nullptr) {
      for (const Json& rule : *rules->array()) {
        if (const Json* then = rule.find("then")) walk(*then, path + plugin_of(rule));
      }
    }
  }

  void properties(const Json& node, const std::string& path) {
    const Json* all = node.find("properties");
    if (all == nullptr || all->object() == nullptr) return;
    for (const auto& [name, value] : *all->object()) {
      const std::string here = path.empty() ? name : path + "." + name;
      if (seen_.insert(here).second && value.object() != nullptr) tell(here, value);
      if (value.object() != nullptr) walk(value, here);
    }
  }

  void tell(const std::string& path, const Json& value) {
    const Json* fallback = value.find("default");
    std::string help = value.text_at("description");
    if (help.empty() && fallback == nullptr) return;
    rows_ += row({code(path), help, fallback == nullptr ? "" : code(json::canonical(*fallback))});
  }

  /// " (vapi)", of a rule that counts for some plugins.
  static std::string plugin_of(const Json& rule) {
    const Json* names = &rule;
    for (const char* step : {"if", "properties", "plugin", "enum"}) names = names == nullptr ? nullptr : names->find(step);
    if (names == nullptr || names->array() == nullptr) return {};
    std::vector<std::string> out;
    for (const Json& name : *names->array()) out.push_back(name.text() == nullptr ? std::string() : *name.text());
    return "(" + join(out, ", ") + ")";
  }

  std::set<std::string> seen_;
  std::string rows_;
};

struct FileForm {
  const char* schema;
  const char* title;
  const char* about;
};

constexpr std::array<FileForm, 5> kFileForms{
    {{"configuration", "The configuration",
      "`config/lockstep.yaml`. `NAME` is a name of your choice; `(vapi)` marks a key of that plugin."},
     {"mapping", "Mappings", "`config/mappings/*.yaml`."},
     {"resources", "Resources", "`config/resources/*.yaml`: more resources of a known provider."},
     {"provider", "Provider tables", "`config/providers/*.yaml`, for the plugin `rest`; [explained](../plugins/rest/README.md)."},
     {"tests", "Tests of rules", "`config/tests/*.yaml`, for `lockstep test`."}}};

}  // namespace

std::string reference(const std::vector<Command>& commands, Registry& registry) {
  std::string out = "# Reference\n\nMade by `lockstep reference` from the program's own tables.\n\n## Commands\n\n";
  for (const Command& command : commands) out += command_text(command);
  out += "### Options that every command has\n\n" + head({"option", ""}) + option_rows(global_options());
  for (const FileForm& file : kFileForms) {
    out += "\n## " + std::string(file.title) + "\n\n" + file.about + "\n\n" + head({"key", "", "default"}) +
           KeyTables().list(schema_named(file.schema, registry, own_names()));
  }
  out += "\n## Converters\n\nNamed under `transform:` of a field; several are done one after the other.\n\n" + head({"name", ""});
  for (const std::string& name : transform::names()) out += row({code(name), std::string(transform::help(name))});
  out += "\n## Stages of hooks\n\n[Write a hook](../scripts/README.md#write-a-hook) shows how they are used.\n\n" +
         head({"function", "when", "returns"});
  for (const HookStage& stage : hook_stages()) out += row({code(stage.form), std::string(stage.when), std::string(stage.returns)});
  return out;
}

}  // namespace lockstep
