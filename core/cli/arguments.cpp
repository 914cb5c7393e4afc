// The one file that knows CLI11. One CLI::App is made for the command that was named, from its table and the global one; the word that
// names the command is found first, because the configuration that declares commands is itself named by an option.
#include <CLI/CLI.hpp>

#include <algorithm>

#include "cli/arguments.h"
#include "cli/commands/table.h"
#include "cli/print/output.h"
#include "common/error.h"
#include "common/text.h"

namespace lockstep {
namespace {

const char* const kGlobalGroup = "Options that every command has";

const CliOption* find_global(std::string_view name) {
  for (const CliOption& option : global_options()) {
    if (name == option.option.name || (name.size() == 1 && name == option.letter)) return &option;
  }
  return nullptr;
}

/// Index of the word that names the command; words.size() when there is none. Fills the global options on its way, and behind it.
std::size_t find_command(const std::vector<std::string>& words, Arguments& seen) {
  std::size_t command = words.size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (!word.starts_with('-') || word == "-") {
      if (command == words.size()) command = i;
      continue;
    }
    if (word == "--") break;
    const std::size_t equals = word.find('=');
    const std::string_view name =
        word.substr(word.starts_with("--") ? 2 : 1, equals == std::string_view::npos ? equals : equals - (word.starts_with("--") ? 2 : 1));
    const CliOption* option = find_global(name);
    if (option == nullptr) continue;
    if (!takes_value(*option)) {
      seen.add(option->option.name, "true");
    } else if (equals != std::string_view::npos) {
      seen.add(option->option.name, std::string(word.substr(equals + 1)));
    } else if (i + 1 < words.size()) {
      seen.add(option->option.name, words[++i]);
    }
  }
  if (command < words.size()) seen.command = words[command];
  return command;
}

void check_value(const CliOption& option, const std::string& given) {
  const std::string name = "--" + std::string(option.option.name);
  if (given.empty()) throw Error(ErrorKind::Invalid, name + " needs a value");
  if (const auto problem = option_problem(option.option.type, given)) {
    throw Error(ErrorKind::Invalid, name + ": " + *problem + ", not " + in_quotes(given));
  }
  if (option.choices.empty() || std::find(option.choices.begin(), option.choices.end(), given) != option.choices.end()) return;
  throw Error(ErrorKind::Invalid,
              name + ": " + in_quotes(given) + " is none of " + join(option.choices, ", ") + did_you_mean(given, option.choices));
}

/// "-q,--quiet" or "--owner,--user-id": every spelling of an option.
std::string spellings_of(const CliOption& option, const Command* command) {
  std::vector<std::string> names;
  if (*option.letter != '\0') names.push_back("-" + std::string(option.letter));
  for (std::string& name : long_names(option, command)) names.push_back(std::move(name));
  return join(names, ",");
}

void add_option(CLI::App& app, const CliOption& option, const std::string& spellings, Arguments& given, const std::string& group) {
  const std::string name = option.option.name;
  if (!takes_value(option)) {
    app.add_flag_function(
           spellings,
           [&given, name](std::int64_t count) {
             for (; count > 0; --count) given.add(name, "true");
           },
           help_text(option))
        ->group(group);
    return;
  }
  auto* added = app.add_option_function<std::vector<std::string>>(
      spellings,
      [&given, &option, name](const std::vector<std::string>& values) {
        for (const std::string& value : values) {
          check_value(option, value);
          given.add(name, value);
        }
      },
      help_text(option));
  added->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->group(group);
  const std::string placeholder = option.placeholder;
  added->option_text(option.bare != nullptr ? "[" + placeholder + "]" : placeholder + (option.repeatable ? " ..." : ""));
}

class HelpFormat : public CLI::Formatter {
 public:
  explicit HelpFormat(const Command* command) : command_(command) {}
  /// "FILE", "[SYNC...]".
  std::string make_option_usage(const CLI::Option* positional) const override {
    const std::string name = make_option_name(positional, true) + (command_ != nullptr && command_->most > 1 ? "..." : "");
    return command_ != nullptr && command_->least > 0 ? name : "[" + name + "]";
  }
  std::string make_description(const CLI::App* app) const override { return app->get_description() + "\n\n"; }

 private:
  const Command* command_;
};

std::vector<std::string> option_names(const Command* command) {
  std::vector<std::string> names{"help", "version"};
  for (const CliOption& option : global_options()) names.emplace_back(option.option.name);
  if (command == nullptr) return names;
  for (const CliOption& option : command->options) names.emplace_back(option.option.name);
  for (const auto& [alias, target] : command->aliases) names.push_back(alias);
  return names;
}

[[noreturn]] void refuse(const std::string& word, const Command* command) {
  const std::string behind = command == nullptr ? "" : " for " + command->name;
  if (!word.starts_with('-') || word == "-") throw Error(ErrorKind::Invalid, "unexpected argument " + in_quotes(word) + behind);
  const std::string shown = word.substr(0, word.find('='));
  const std::string bare(std::string_view(shown).substr(std::min(shown.find_first_not_of('-'), shown.size())));
  std::string message = "unknown option " + printable(shown) + behind;
  if (const auto near = nearest(bare, option_names(command))) message += "; did you mean --" + *near + "?";
  throw Error(ErrorKind::Invalid, message, "run: lockstep " + (command == nullptr ? "" : command->name + " ") + "--help");
}

std::string command_list(const std::vector<Command>& commands) {
  std::vector<std::vector<std::string>> rows;
  for (const Command& command : commands) {
    std::string usage = command.name;
    if (!command.positional.empty()) usage += command.least > 0 ? " " + command.positional : " [" + command.positional + "…]";
    rows.push_back({"  " + usage, command.summary});
  }
  return "Commands:\n" + align(rows) + "\nlockstep COMMAND --help shows the options of a command.";
}

void check_positionals(const Command& command, const Arguments& given) {
  if (given.positionals.size() < command.least) {
    throw Error(ErrorKind::Invalid, command.name + " needs " + command.positional + ": " + command.positional_help);
  }
  if (given.positionals.size() > command.most) refuse(given.positionals[command.most], &command);
}

void check_choices(const Command& command, const Arguments& given) {
  const std::vector<std::string>& choices = command.positional_choices;
  for (const std::string& word : given.positionals) {
    if (choices.empty() || std::find(choices.begin(), choices.end(), word) != choices.end()) continue;
    throw Error(ErrorKind::Invalid,
                command.name + ": " + in_quotes(word) + " is none of " + join(choices, ", ") + did_you_mean(word, choices));
  }
}

/// Gives an option that may stand bare its value, so that the parser always sees one.
std::vector<std::string> completed(std::vector<std::string> words, const Command* command) {
  if (command == nullptr) return words;
  for (const CliOption& option : command->options) {
    if (option.bare == nullptr) continue;
    const std::string name = "--" + std::string(option.option.name);
    for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
      const bool last = i + 1 == words.size() || words[i + 1].starts_with('-');
      if (words[i] == name && last) words[i] += "=" + std::string(option.bare);
    }
  }
  return words;
}

/// CLI11 takes the words from the back.
void run_parser(CLI::App& app, std::vector<std::string> words) {
  std::reverse(words.begin(), words.end());
  app.parse(std::move(words));
}

Parsed parse_for(const Command* command, const std::vector<std::string>& words, const std::vector<Command>& commands) {
  Parsed parsed;
  Arguments& given = parsed.arguments;
  CLI::App app(command == nullptr ? "Lockstep keeps a remote API and a SQL database in step." : command->summary,
               command == nullptr ? "lockstep" : "lockstep " + command->name);
  app.formatter(std::make_shared<HelpFormat>(command));
  app.get_formatter()->column_width(32);
  app.allow_extras();
  if (command != nullptr) {
    given.command = command->name;
    for (const CliOption& option : command->options) add_option(app, option, spellings_of(option, command), given, "Options");
    if (!command->positional.empty()) app.add_option(command->positional, given.positionals, command->positional_help);
  } else {
    app.footer(command_list(commands));
  }
  // Behind the command's own: help shows groups in the order in which they came.
  app.set_help_flag("-h,--help", "print this help and end")->group(kGlobalGroup);
  app.add_flag("--version", parsed.version, "print the version and end")->group(kGlobalGroup);
  for (const CliOption& option : global_options()) add_option(app, option, spellings_of(option, nullptr), given, kGlobalGroup);
  try {
    run_parser(app, completed(words, command));
  } catch (const CLI::CallForHelp&) {
    parsed.help = app.help();
    return parsed;
  } catch (const CLI::ParseError& problem) {
    throw Error(ErrorKind::Invalid, problem.what(), "run: " + app.get_name() + " --help");
  }
  if (parsed.version) return parsed;
  if (const auto extra = app.remaining(); !extra.empty()) refuse(extra.front(), command);
  if (command != nullptr) check_positionals(*command, given);
  if (command != nullptr) check_choices(*command, given);
  return parsed;
}

}  // namespace

bool takes_value(const CliOption& option) { return option.option.type != OptionType::Boolean; }

std::string help_text(const CliOption& option) {
  std::string text = option.option.help;
  if (!option.choices.empty() && std::string_view(option.placeholder).find('|') == std::string_view::npos)
    text += ": " + join(option.choices, ", ");
  if (option.option.fallback != nullptr) text += " (default " + std::string(option.option.fallback) + ")";
  if (option.option.env != nullptr) text += " [$" + std::string(option.option.env) + "]";
  return text;
}

std::vector<std::string> long_names(const CliOption& option, const Command* command) {
  std::vector<std::string> names{"--" + std::string(option.option.name)};
  if (command == nullptr) return names;
  for (const auto& [alias, target] : command->aliases) {
    if (target == option.option.name && alias != target) names.push_back("--" + alias);
  }
  return names;
}

std::string other_command(const std::string& word, const std::vector<std::string>& names) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"diff", "plan"},      {"compare", "plan"}, {"preview", "plan"},    {"sync", "full"},       {"merge", "full"},  {"pull", "import"},
      {"fetch", "import"},   {"push", "export"},  {"undo", "rollback"},   {"revert", "rollback"}, {"log", "history"}, {"runs", "history"},
      {"validate", "check"}, {"doctor", "check"}, {"errors", "rejected"}, {"failed", "rejected"}, {"new", "init"}};
  for (const auto& [meant, command] : kWords) {
    if (word == meant) return "; did you mean " + in_quotes(command) + "?";
  }
  return did_you_mean(word, names);
}

Arguments glance(const std::vector<std::string>& words) {
  Arguments seen;
  find_command(words, seen);
  return seen;
}

Parsed parse_arguments(const std::vector<std::string>& words, const std::vector<Command>& commands) {
  Arguments seen;
  const std::size_t at = find_command(words, seen);
  if (at == words.size()) return parse_for(nullptr, words, commands);
  const auto command = std::find_if(commands.begin(), commands.end(), [&](const Command& known) { return known.name == words[at]; });
  if (command == commands.end()) {
    std::vector<std::string> names;
    for (const Command& known : commands) names.push_back(known.name);
    throw Error(ErrorKind::Invalid, "unknown command " + in_quotes(words[at]) + other_command(words[at], names), "run: lockstep --help");
  }
  std::vector<std::string> rest = words;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(at));
  return parse_for(&*command, rest, commands);
}

std::size_t limit_of(const Arguments& given, std::string_view fallback) {
  const OptionValues limit(std::span<const Option>(), {{"limit", given.text("limit", fallback)}});
  if (limit.integer("limit") < 0) throw Error(ErrorKind::Invalid, "--limit cannot be negative");
  return static_cast<std::size_t>(limit.integer("limit"));
}

std::string Arguments::text(std::string_view option, std::string_view fallback) const {
  const auto found = values_.find(option);
  return found == values_.end() || found->second.empty() ? std::string(fallback) : found->second.back();
}

std::vector<std::string> Arguments::list(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace lockstep
