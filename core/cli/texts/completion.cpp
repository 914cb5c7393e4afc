#include "cli/texts/completion.h"

#include <algorithm>

#include "cli/commands/table.h"
#include "common/text.h"

namespace lockstep {
namespace {

const Command* find_command(const std::vector<Command>& commands, std::string_view name) {
  const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& command) { return command.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

class Completer {
 public:
  Completer(const std::vector<std::string>& words, const std::vector<Command>& commands, const std::vector<std::string>& syncs)
      : before_(words.begin(), words.empty() ? words.end() : words.end() - 1),
        word_(words.empty() ? "" : words.back()),
        commands_(commands),
        syncs_(syncs) {
    command_ = find_command(commands, glance(before_).command);
  }

  Completions run() {
    const bool literal = std::find(before_.begin(), before_.end(), "--") != before_.end();
    const CliOption* open = before_.empty() || literal ? nullptr : open_option(before_.back());
    if (open != nullptr) {
      value(*open, "");
    } else if (!literal && word_.starts_with("--") && word_.find('=') != std::string::npos) {
      const std::string name = word_.substr(0, word_.find('='));
      if (const CliOption* option = find_option(name); option != nullptr && takes_value(*option)) value(*option, name + "=");
    } else if (!literal && word_.starts_with('-')) {
      options();
    } else if (command_ != nullptr) {
      positional();
    } else if (glance(before_).command.empty()) {
      for (const Command& command : commands_) add(command.name, command.summary);
    }
    return std::move(out_);
  }

 private:
  void add(const std::string& word, const std::string& help) {
    if (word.starts_with(word_)) out_.words.push_back({word, help});
  }

  template <class Use>
  void each_option(Use use) const {
    for (const CliOption& option : command_ == nullptr ? std::vector<CliOption>() : command_->options) use(option, command_);
    for (const CliOption& option : global_options()) use(option, nullptr);
  }

  const CliOption* find_option(std::string_view name) const {
    const auto among = [&](const std::vector<CliOption>& options, const Command* command) -> const CliOption* {
      for (const CliOption& option : options) {
        const auto names = long_names(option, command);
        if (std::find(names.begin(), names.end(), name) != names.end()) return &option;
      }
      return nullptr;
    };
    const CliOption* own = command_ == nullptr ? nullptr : among(command_->options, command_);
    return own != nullptr ? own : among(global_options(), nullptr);
  }

  /// The option that waits for the word as its value.
  const CliOption* open_option(const std::string& last) const {
    const CliOption* option = last.find('=') == std::string::npos ? find_option(last) : nullptr;
    if (option == nullptr || !takes_value(*option)) return nullptr;
    return option->bare != nullptr && word_.starts_with('-') ? nullptr : option;
  }

  void value(const CliOption& option, const std::string& prefix) {
    for (const std::string& choice : option.choices) add(prefix + choice, "");
    if (option.option.type == OptionType::Path) {
      out_.paths = std::string_view(option.placeholder) == "DIR" ? Completions::Paths::Directories : Completions::Paths::Files;
    }
  }

  bool given(const std::string& name) const {
    return std::any_of(before_.begin(), before_.end(),
                       [&](const std::string& word) { return word == name || word.starts_with(name + "="); });
  }

  void options() {
    each_option([&](const CliOption& option, const Command* command) {
      const std::vector<std::string> names = long_names(option, command);
      const bool spent =
          !option.repeatable && std::any_of(names.begin(), names.end(), [&](const std::string& name) { return given(name); });
      for (const std::string& name : names) {
        if (!spent) add(name, option.option.help);
      }
    });
    add("--help", "print this help and end");
    add("--version", "print the version and end");
  }

  void positional() {
    if (command_->positional == "SYNC") {
      for (const std::string& sync : syncs_) {
        if (std::find(before_.begin(), before_.end(), sync) == before_.end()) add(sync, "");
      }
    } else if (command_->positional == "DIR") {
      out_.paths = Completions::Paths::Directories;
    } else if (command_->positional == "FILE") {
      out_.paths = Completions::Paths::Files;
    }
    for (const std::string& choice : command_->positional_choices) add(choice, "");
  }

  std::vector<std::string> before_;
  std::string word_;
  const std::vector<Command>& commands_;
  const std::vector<std::string>& syncs_;
  const Command* command_ = nullptr;
  Completions out_;
};

}  // namespace

std::string Completions::lines() const {
  std::string out;
  for (const Completion& each : words) {
    // A name from the configuration may hold anything but may not look like another line or column.
    if (printable(each.word) != each.word) continue;
    out += each.word + (each.help.empty() ? "" : "\t" + printable(each.help)) + '\n';
  }
  if (paths == Paths::Files) out += ":files\n";
  if (paths == Paths::Directories) out += ":directories\n";
  return out;
}

Completions complete(const std::vector<std::string>& words, const std::vector<Command>& commands, const std::vector<std::string>& syncs) {
  return Completer(words, commands, syncs).run();
}

}  // namespace lockstep
