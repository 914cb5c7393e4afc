#include "cli/schema_support.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "format/yaml.h"

namespace lockstep::test {
namespace {

Json tree(const yaml::Node& node) {
  if (node.kind == yaml::Node::Kind::Sequence) {
    Json::Array items;
    for (const yaml::Node& item : node.items) items.push_back(tree(item));
    return items;
  }
  if (node.kind == yaml::Node::Kind::Map) {
    Json::Object members;
    for (const yaml::Node::Member& member : node.members) members.emplace_back(member.key, tree(member.value));
    return members;
  }
  if (node.kind != yaml::Node::Kind::Scalar) return nullptr;
  if (node.quoted) return node.scalar;
  try {
    return json::parse(node.scalar);
  } catch (const Error&) {
    return node.scalar;
  }
}

const std::vector<Json>& odd_values() {
  static const std::vector<Json> values{"zz",
                                        "a b",
                                        "",
                                        "7",
                                        7,
                                        -1,
                                        100000001,
                                        0.5,
                                        true,
                                        nullptr,
                                        Json::Array(),
                                        Json::Array{"zz"},
                                        Json::Array{7},
                                        Json::Object(),
                                        Json::Object{{"zz", 1}},
                                        "30s",
                                        "${ZZ}"};
  return values;
}

using Use = std::function<void(const Json&)>;

/// Calls `use` with each single change of `value`.
void each_mutant(const Json& value, const Use& use) {
  for (const Json& odd : odd_values()) use(odd);
  if (const Json::Array* items = value.array()) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      each_mutant((*items)[i], [&](const Json& changed) {
        Json::Array copy = *items;
        copy[i] = changed;
        use(copy);
      });
    }
  }
  const Json::Object* members = value.object();
  if (members == nullptr) return;
  for (std::size_t i = 0; i < members->size(); ++i) {
    Json::Object without = *members;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    use(without);
    each_mutant((*members)[i].second, [&](const Json& changed) {
      Json::Object copy = *members;
      copy[i].second = changed;
      use(copy);
    });
  }
  for (const char* name : {"zz", "a b", "0", "-x", "type", "take", "help", "status"}) {
    if (value.find(name) != nullptr) continue;
    Json::Object more = *members;
    more.emplace_back(name, members->empty() ? Json("zz") : members->front().second);
    use(more);
  }
}

}  // namespace

Json as_an_editor_reads(const std::string& file) {
  yaml::Problems problems;
  const auto unexpanded = [](std::string_view name) { return "${" + std::string(name) + "}"; };
  const yaml::Node root = yaml::load_file(file, file, unexpanded, problems);
  EXPECT_TRUE(problems.empty()) << file;
  return tree(root);
}

std::vector<std::string> verdicts(const Json& schema, const std::vector<Json>& documents) {
  const std::string file = (std::filesystem::temp_directory_path() / ("lockstep-schema-" + std::to_string(getpid()) + ".json")).string();
  std::ofstream(file) << json::to_text(Json::Object{{"schema", schema}, {"documents", Json::Array(documents.begin(), documents.end())}});
  // Debian's own Python, which has Debian's jsonschema, and not another one of the PATH.
  FILE* judge = popen(("/usr/bin/python3 " LOCKSTEP_SOURCE_DIR "/tests/cli/validate.py " + file + " 2>&1").c_str(), "r");
  if (judge == nullptr) throw std::runtime_error("popen");
  std::string text;
  char buffer[4096];
  while (const std::size_t got = fread(buffer, 1, sizeof buffer, judge)) text.append(buffer, got);
  EXPECT_EQ(pclose(judge), 0) << text;
  std::filesystem::remove(file);
  std::vector<std::string> lines = split(text, '\n');
  lines.pop_back();
  if (lines.size() != documents.size()) throw std::runtime_error("the judge said: " + text.substr(0, 2000));
  return lines;
}

std::vector<Json> mutants(const Json& right) {
  std::vector<Json> out;
  each_mutant(right, [&](const Json& changed) {
    if (!(changed == right)) out.push_back(changed);
  });
  return out;
}

}  // namespace lockstep::test
