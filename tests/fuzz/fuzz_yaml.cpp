// The configuration, the mapping and the table of a provider on any bytes: mistakes are told with their place and never thrown, and a file
// without mistakes can be used. The first byte says as what the rest is read.
#include <algorithm>
#include <cctype>

#include "cli/commands/table.h"
#include "config/config.h"
#include "fuzz/law.h"
#include "mapping/mapping.h"
#include "rest/provider.h"
#include "rest/table.h"

namespace lockstep::fuzz {
namespace {

std::optional<std::string> environment(std::string_view name) {
  if (name == "SET") return "value";
  if (name == "EMPTY") return "";
  if (name == "TRICK") return "x\ny: ${SET}";
  return std::nullopt;
}

/// "f.yaml:3:7: what is wrong"; a message may have more lines than one.
void check_problems(const yaml::Problems& problems) {
  for (const auto& list : {problems.errors(), problems.warnings()}) {
    for (const std::string& line : list) {
      law(line.starts_with("f.yaml:") && std::isdigit(static_cast<unsigned char>(line[7])) != 0, "a mistake has its place", line);
      law(line.find(": ") != std::string::npos, "a mistake says what is wrong", line);
    }
  }
}

Resource resource() {
  Resource out;
  out.name = "assistant";
  out.modified = "updatedAt";
  out.read_only = {"id", "orgId", "createdAt"};
  out.write_only = {"server.secret"};
  out.secret = {"credentials", "model.tools.*.server.secret"};
  out.known = {"name", "firstMessage", "model", "metadata"};
  return out;
}

void use(const Mapping& mapping) {
  law(mapping.shape()->size() == mapping.fields().size(), "each field has a column");
  law(mapping.table().columns.size() >= mapping.fields().size(), "the table has each column");
  std::string record = R"({"id":"a","name":"n","model":{"messages":[{"role":"system","content":"c"}],"temperature":0.5},"metadata":{}})";
  const std::size_t size = record.size();
  record.append(64, '\0');
  std::vector<Value> row(mapping.fields().size());
  Arena arena;
  Mapper(mapping, [](std::string_view, const Value& value, Arena&) {
    return value;
  }).map(std::string_view(record).substr(0, size), row, arena);
}

void read_mapping(std::string_view text) {
  static const std::vector<std::string> hooks{"shout", "shout_inverse"};
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(text, "f.yaml", environment, problems);
  const Mapping mapping = Mapping::load(root, resource(), hooks, problems);
  check_problems(problems);
  if (!problems.empty()) return;
  use(mapping);
  yaml::Problems again;
  law(Mapping::load(root, resource(), hooks, again).fingerprint() == mapping.fingerprint(), "the fingerprint follows the text", text);
}

void read_configuration(std::string_view text) {
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(text, "f.yaml", environment, problems);
  const Configuration configuration = parse_configuration(root, "f.yaml", own_names(), problems);
  check_problems(problems);
  if (!problems.empty()) return;
  for (const SyncUse& sync : configuration.syncs) {
    law(configuration.provider(sync.provider) != nullptr, "a sync's provider is there", sync.name);
    law(configuration.store(sync.store) != nullptr, "a sync's store is there", sync.name);
  }
  all_commands(configuration);
}

/// A table without mistakes makes a provider; what only an address can be wrong with is told by an Error.
void read_table(std::string_view text) {
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(text, "f.yaml", environment, problems);
  rest::RestSpec spec = rest::read_table(root, {"account", "", "project"}, problems);
  check_problems(problems);
  if (!problems.empty() || !root) return;
  law(!spec.resources.empty(), "a table has a resource");
  rest::RestOptions options;
  options.client.base_url = "http://127.0.0.1:9";
  options.client.user_agent = "lockstep";
  const rest::RestProvider provider(std::move(spec), std::move(options));
  law(!provider.resources().empty(), "its provider has one too");
}

}  // namespace
}  // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = lockstep::fuzz::text_of(data, size);
  if (text.front() == 'm') {
    lockstep::fuzz::read_mapping(text.substr(1));
  } else if (text.front() == 't') {
    lockstep::fuzz::read_table(text.substr(1));
  } else {
    lockstep::fuzz::read_configuration(text.substr(1));
  }
  return 0;
}
