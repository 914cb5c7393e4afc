// plugins test: the conformance checks on one plugin, as the tests of this project run them.
#include <functional>

#include "cli/commands/commands.h"
#include "cli/plugin_bench.h"
#include "common/text.h"
#include "conformance/apart.h"
#include "plugin/registry.h"

namespace lockstep {
namespace {

using conformance::Finding;
using Outcome = Finding::State;

/// Runs checks one after the other, each in a process of its own, and says what came of each at once.
class Examination {
 public:
  explicit Examination(Context& context) : context_(context) {}

  void run(const char* name, const std::function<Finding()>& check) {
    if (context_.stop.stop_requested()) return;
    const Finding outcome = conformance::run_apart(check);
    ++counts_[static_cast<std::size_t>(outcome.state)];
    if (context_.for_programs()) {
      Json::Array reasons;
      for (const std::string& reason : outcome.reasons) reasons.emplace_back(reason);
      checks_.push_back(
          Json::Object{{"name", name}, {"outcome", kStates[static_cast<std::size_t>(outcome.state)]}, {"reasons", std::move(reasons)}});
    } else {
      print(name, outcome);
    }
  }

  /// Most checks cannot be made, and this helps.
  void lacks(std::string remedy) { remedy_ = std::move(remedy); }

  int finish(const PluginFile& file) {
    const int exit = exit_code();
    if (context_.for_programs()) {
      context_.print(Json::Object{{"plugin", file.name},
                                  {"kind", file.kind},
                                  {"version", file.version},
                                  {"file", file.path.lexically_normal().string()},
                                  {"checks", std::move(checks_)},
                                  {"passed", counts_[0]},
                                  {"failed", counts_[1]},
                                  {"skipped", counts_[2]},
                                  {"exit", exit}});
    } else if (!context_.quiet) {
      context_.out.line(std::to_string(counts_[0]) + " passed, " + std::to_string(counts_[1]) + " failed, " + std::to_string(counts_[2]) +
                        " skipped");
      if (!remedy_.empty()) context_.out.line("Nothing could be asked of the service: " + remedy_);
    }
    return exit;
  }

 private:
  static constexpr const char* kStates[] = {"passed", "failed", "skipped"};

  int exit_code() const {
    if (context_.stop.stop_requested()) return 130;
    if (counts_[1] > 0) return 2;
    return counts_[0] > 0 && remedy_.empty() ? 0 : 1;
  }

  void print(const char* name, const Finding& outcome) {
    if (context_.quiet && outcome.state != Outcome::Failed) return;
    const Palette palette = Palette::of(context_.color);
    const bool failed = outcome.state == Outcome::Failed, skipped = outcome.state == Outcome::Skipped;
    const std::string_view color = failed ? palette.bad : skipped ? palette.warn : palette.good;
    std::string line = std::string(color) +
                       (failed    ? "✗"
                        : skipped ? "⏭"
                                  : "✓") +
                       std::string(palette.reset) + " " + conformance::sentence_of(name);
    if (skipped) line += ": skipped, " + printable(outcome.reasons.at(0));
    context_.out.line(line);
    for (const std::string& reason : outcome.reasons) {
      if (failed) context_.out.line("  " + printable(reason));
    }
    context_.out.flush();
  }

  Context& context_;
  Json::Array checks_;
  std::int64_t counts_[3] = {0, 0, 0};
  std::string remedy_;
};

/// This program, with what it needs to find the plugin again.
std::vector<std::string> own_words(Context& context, const std::string& name) {
  std::vector<std::string> words{"/proc/self/exe", "plugins", "test", name};
  for (const auto& directory : context.plugin_directories) words.insert(words.end(), {"--plugins", directory.string()});
  for (const std::string& option : context.arguments.list("option")) words.insert(words.end(), {"--option", option});
  return words;
}

void examine_store(Context& context, const StorePlugin& plugin, Examination& examination) {
  const OptionTexts given = read_given_options(plugin.head, context.arguments.list("option"));
  StoreBench bench(plugin, given, own_words(context, plugin.head.name));
  if (context.arguments.has("hold")) conformance::hold_lease(*bench.open(given), context.arguments.text("hold"));
  for (const conformance::StoreCheck& check : conformance::store_checks()) {
    const auto database = bench.make();
    examination.run(check.name, [&] { return conformance::run_store_check(check, *database); });
  }
}

void examine_provider(Context& context, const ProviderPlugin& plugin, const std::string& name, Examination& examination) {
  const OptionTexts given = read_given_options(plugin.head, context.arguments.list("option"));
  const conformance::ProviderBench bench = provider_bench(context, plugin, name, given);
  if (const Option* key = missing_key(bench)) examination.lacks(std::string("set ") + (key->env == nullptr ? key->name : key->env));
  for (const conformance::ProviderCheck& check : conformance::provider_checks()) {
    examination.run(check.name, [&] { return conformance::run_provider_check(check, bench); });
  }
}

}  // namespace

int plugins_test(Context& context, const std::string& asked) {
  Registry registry(context.plugin_directories);
  const std::string name = plugin_behind(context, asked);
  const PluginFile file = registry.file(name);
  if (!file.loaded) throw Error(ErrorKind::Invalid, "plugin " + file.path.string() + " " + file.refused);
  if (!context.for_programs() && !context.quiet) {
    context.out.line("Testing " + file.kind + " plugin " + printable(file.name) + " " + printable(file.version) + " (" +
                     printable(file.path.lexically_normal().string()) + ")");
  }
  Examination examination(context);
  if (file.kind == "store") {
    examine_store(context, registry.store(name), examination);
  } else {
    examine_provider(context, registry.provider(name), asked, examination);
  }
  return examination.finish(file);
}

}  // namespace lockstep
