#include "cli/program.h"

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/commands/table.h"
#include "cli/print/format.h"
#include "cli/texts/completion.h"
#include "common/error.h"
#include "common/log.h"
#include "common/spelling.h"
#include "common/text.h"
#include "operations/report_json.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// How the shells' scripts ask; see completion.h.
constexpr std::string_view kComplete = "__complete";

std::vector<fs::path> plugin_directories(const Arguments& arguments, const Environment& environment, const fs::path& executable) {
  std::vector<fs::path> directories;
  for (const std::string& given : arguments.list("plugins")) directories.emplace_back(given);
  // The real environment only: a `.env` of the working directory must not choose what code is loaded.
  for (const std::string& given : split(environment.real("LOCKSTEP_PLUGINS").value_or(""), ':')) {
    if (!given.empty()) directories.emplace_back(given);
  }
  const fs::path prefix = executable.parent_path().parent_path();
  for (const std::string_view library : {std::string_view("lib"), std::string_view(LOCKSTEP_LIBRARY_DIRECTORY)}) {
    const fs::path directory = prefix / library / "lockstep" / "plugins";
    if (std::find(directories.begin(), directories.end(), directory) == directories.end()) directories.push_back(directory);
  }
  return directories;
}

/// `to_file`: a log of its own, which --quiet does not silence. `watched`: a person reads it as it comes.
log::Level log_level(const Context& context, bool to_file, bool watched) {
  if (context.quiet && !to_file) return log::Level::Error;
  if (context.verbosity >= 3) return log::Level::Trace;
  if (context.verbosity == 2) return log::Level::Debug;
  return watched && context.verbosity == 0 ? log::Level::Warning : log::Level::Info;
}

/// What people type elsewhere: `help`, `help COMMAND` and `version` are --help and --version.
std::vector<std::string> plain_words(std::vector<std::string> words) {
  if (words.empty() || (words.front() != "help" && words.front() != "version")) return words;
  words.front() = "--" + words.front();
  if (words.size() > 1) std::rotate(words.begin(), words.begin() + 1, words.end());
  return words;
}

class Program {
 public:
  Program(const ProgramInput& input, Environment& environment, const Clock& clock, Output& out, Output& diagnostics)
      : input_(input), words_(plain_words(input.words)), environment_(environment), seen_(glance(words_)), context_{{},
                                                                                                                    out,
                                                                                                                    diagnostics,
                                                                                                                    environment,
                                                                                                                    input.stop,
                                                                                                                    clock} {
    context_.format = &format_named(seen_.text("output"));
    context_.quiet = seen_.has("quiet");
  }

  int run() {
    try {
      return !words_.empty() && words_.front() == kComplete ? complete_words() : dispatch();
    } catch (const Error& failure) {
      return tell(failure);
    } catch (const std::exception& failure) {
      return tell(Error(ErrorKind::Invalid, failure.what()));
    }
  }

  /// The exit code when all went well and nobody could be told: 1 says that nothing was written anywhere.
  int untold() const { return writes_ ? 2 : 1; }

 private:
  int dispatch() {
    const CommandRow* row = find_command(seen_.command);
    // A command of the program parses without a configuration; the name of any other must be looked up in it.
    if (row != nullptr || seen_.command.empty()) {
      if (const auto code = parse(row != nullptr ? builtin_commands() : listed_commands())) return *code;
      settle();
      // The schema is what somebody asks for who has no configuration yet.
      if (row->needs == Needs::Configuration && !context_.arguments.has("schema")) load_configuration();
    } else {
      load_configuration();
      if (const auto code = parse(known_commands())) return *code;
      settle();
      context_.configured = context_.workspace->configuration().command(context_.arguments.command);
    }
    if (context_.workspace) context_.workspace->set_timeout(context_.arguments.text("timeout"));
    warn();
    writes_ = (row == nullptr || row->leaves == Leaves::Writes) && !context_.arguments.has("dry-run");
    if (row != nullptr) return row->run(context_);
    return context_.configured->catalogue ? catalogue_command(context_) : run_command(context_);
  }

  /// Candidates for the last word; of a configuration that cannot be read, nothing is said here.
  int complete_words() {
    const std::vector<std::string> words(words_.begin() + 1, words_.end());
    seen_ = glance(words);
    std::vector<Command> commands = builtin_commands();
    std::vector<std::string> syncs;
    try {
      load_configuration();
      commands = all_commands(context_.workspace->configuration());
      syncs = context_.workspace->configuration().sync_names();
      for (std::string& group : context_.workspace->configuration().group_names()) syncs.push_back(std::move(group));
    } catch (const Error&) {
    }
    context_.out.lines(complete(words, commands, syncs).lines());
    return 0;
  }

  /// The exit code when help or the version was all that was asked for.
  std::optional<int> parse(const std::vector<Command>& commands) {
    Parsed parsed = parse_arguments(words_, commands);
    context_.arguments = std::move(parsed.arguments);
    if (!parsed.help.empty()) {
      context_.out.lines(parsed.help);
      return 0;
    }
    if (parsed.version) {
      context_.out.line("lockstep " LOCKSTEP_VERSION);
      return 0;
    }
    if (!context_.arguments.command.empty()) return std::nullopt;
    throw Error(ErrorKind::Invalid, "no command given", "run: lockstep --help");
  }

  /// For the program's help: with the commands of the configuration, when there is one that can be read.
  std::vector<Command> listed_commands() {
    const bool help = std::any_of(words_.begin(), words_.end(), [](const std::string& word) { return word == "--help" || word == "-h"; });
    std::error_code failure;
    if (!help || !fs::exists(configuration_file(), failure)) return builtin_commands();
    load_configuration();
    return all_commands(context_.workspace->configuration());
  }

  /// The program's commands and the configuration's. When the wanted one is not among them and the configuration has mistakes, these are
  /// told.
  std::vector<Command> known_commands() {
    std::vector<Command> commands = all_commands(context_.workspace->configuration());
    const auto known = [&](const Command& command) { return command.name == seen_.command; };
    if (std::none_of(commands.begin(), commands.end(), known)) context_.workspace->problems().raise();
    return commands;
  }

  /// What the global options ask for.
  void settle() {
    const Arguments& given = context_.arguments;
    context_.format = &format_named(given.text("output"));
    context_.quiet = given.has("quiet");
    context_.verbosity = static_cast<int>(given.count("verbose"));
    const bool plain =
        given.has("no-color") || !environment_.real("NO_COLOR").value_or("").empty() || environment_.real("TERM").value_or("") == "dumb";
    context_.color = input_.out_is_terminal && !plain;
    const std::string file = given.text("log-file");
    // Cron's mail and `> file 2>&1` hold both, like a terminal.
    const bool beside_results = file.empty() && (input_.one_stream || (input_.diagnostics_is_terminal && input_.out_is_terminal));
    context_.progress = input_.diagnostics_is_terminal && !plain_terminal();
    context_.problems_logged = !(beside_results && !context_.for_programs());
    const bool watched = file.empty() && input_.diagnostics_is_terminal;
    log::configure(
        {log_level(context_, !file.empty(), watched), given.text("log-format") == "json" ? log::Format::Json : log::Format::Text, file});
    context_.plugin_directories = plugin_directories(given, environment_, input_.executable);
  }

  bool plain_terminal() const { return environment_.real("TERM").value_or("") == "dumb"; }

  std::string configuration_file() const {
    if (seen_.has("config")) return seen_.text("config");
    const std::string chosen = environment_.get("LOCKSTEP_CONFIG").value_or("");
    return chosen.empty() ? "config/lockstep.yaml" : chosen;
  }

  bool configuration_is_named() const { return seen_.has("config") || !environment_.real("LOCKSTEP_CONFIG").value_or("").empty(); }

  /// The working directory is where the shipped layout has its `.env`: config/lockstep.yaml lies below it. A configuration that is named
  /// has its own, beside it or there.
  void read_dotenv(Environment& environment) const {
    const auto beside = [this] { return fs::path(configuration_file()).parent_path() / ".env"; };
    if (!configuration_is_named()) {
      environment.read_dotenv(".env");
      environment.read_dotenv(beside());
      return;
    }
    environment.read_dotenv(beside());
    std::error_code failure;
    const fs::path folder = fs::weakly_canonical(configuration_file(), failure).parent_path();
    environment.read_dotenv(".env", folder.parent_path() == fs::current_path(failure));
  }

  void load_configuration() {
    read_dotenv(environment_);
    try {
      context_.workspace = workspace_of(std::shared_ptr<Environment>(std::shared_ptr<void>(), &environment_));
    } catch (Error& missing) {
      if (find_command(seen_.command) == nullptr) refuse_command(missing);
      throw;
    }
    context_.read_anew = [this] { return read_anew(); };
  }

  /// Everything again, `.env` too, and every sync, so that a mistake shows now and not when a run meets it.
  std::shared_ptr<const Workspace> read_anew() {
    const auto environment = std::make_shared<Environment>(environment_.without_file());
    read_dotenv(*environment);
    std::shared_ptr<Workspace> workspace = workspace_of(environment);
    workspace->problems().raise();
    workspace->load_all(workspace->configuration().sync_names());
    return workspace;
  }

  std::unique_ptr<Workspace> workspace_of(const std::shared_ptr<Environment>& environment) {
    const auto lookup = [environment](std::string_view name) { return environment->get(name); };
    yaml::Problems problems;
    Configuration configuration = read_configuration(configuration_file(), lookup, own_names(), problems);
    auto workspace = std::make_unique<Workspace>(std::move(configuration), std::move(problems), plugin_source(), lookup);
    workspace->set_doubt([environment](std::string_view name) { return environment->doubt_of(name); });
    return workspace;
  }

  PluginSource& plugin_source() {
    if (input_.plugins != nullptr) return *input_.plugins;
    if (plugins_ == nullptr) {
      // The directories are read here at the earliest: they need the options, which this command may not have parsed yet.
      registry_ = std::make_unique<Registry>(plugin_directories(seen_, environment_, input_.executable));
      plugins_ = std::make_unique<RegistryPlugins>(*registry_);
    }
    return *plugins_;
  }

  [[noreturn]] void refuse_command(const Error& missing) const {
    std::vector<std::string> names;
    for (const Command& command : builtin_commands()) names.push_back(command.name);
    throw Error(ErrorKind::Invalid,
                "unknown command " + in_quotes(seen_.command) + other_command(seen_.command, names) + " (" + missing.message() +
                    ", which might declare it)",
                missing.hint());
  }

  void warn() {
    for (const std::string& line : environment_.warnings()) log::warning(line);
    if (!context_.workspace || context_.arguments.command == "check") return;
    for (const std::string& line : context_.workspace->problems().warnings()) log::warning(line);
  }

  int tell(const Error& failure) {
    const int code = failure.kind() == ErrorKind::Interrupted ? 130 : 1;
    if (context_.for_programs()) {
      context_.print(error_json(failure, code));
      return code;
    }
    context_.out.flush();
    context_.diagnostics.line("Error: " + printable(failure.what(), true));
    return code;
  }

  const ProgramInput& input_;
  const std::vector<std::string> words_;
  Environment& environment_;
  Arguments seen_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<RegistryPlugins> plugins_;
  Context context_;
  bool writes_ = false;
};

}  // namespace

void Context::print(const Json& object) const { format->write(out, object); }

int run_program(const ProgramInput& input, Environment& environment, const Clock& clock, Output& out, Output& diagnostics) {
  Program program(input, environment, clock, out, diagnostics);
  const int code = program.run();
  out.flush();
  if (code == 0 && !out.problem().empty()) {
    diagnostics.line("Error: standard output cannot be written: " + out.problem());
    diagnostics.flush();
    return program.untold();
  }
  diagnostics.flush();
  return code;
}

}  // namespace lockstep
