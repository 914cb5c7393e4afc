// From the YAML tree to cases. The form has said everything that is wrong with the shape; here only what lies between the keys is checked.
#include "rules/rule_tests.h"

#include <filesystem>

#include "common/error.h"
#include "common/text.h"
#include "engine/decide/policy.h"
#include "mapping/field_reader.h"

namespace lockstep {
namespace {

using yaml::Node;
using yaml::Problems;

/// A `${NAME}` in a record is what it is: a test does not depend on variables.
std::optional<std::string> as_written(std::string_view name) { return "${" + std::string(name) + "}"; }

template <class Choice>
std::optional<Choice> word(const Node& node, const Words<Choice>& words) {
  return node ? words.find(node.scalar) : std::nullopt;
}

std::optional<Json> object(const Node& node, Problems& problems) { return node ? std::optional(read_json(node, problems)) : std::nullopt; }

TestTables tables(const Node& node, Problems& problems) {
  TestTables out;
  for (const Node::Member& member : node.members) out[member.key] = *read_json(member.value, problems).array();
  return out;
}

std::vector<std::string> texts(const Node& node) {
  if (node.kind != Node::Kind::Sequence) return {node.scalar};
  std::vector<std::string> out;
  for (const Node& item : node.items) out.push_back(item.scalar);
  return out;
}

RuleTest::Expectation expectation(const Node& node, Problems& problems) {
  RuleTest::Expectation out;
  out.row = object(node["row"], problems);
  out.row_place = node["row"].place;
  out.body = object(node["body"], problems);
  if (node["rejected"]) out.rejected = node["rejected"].scalar;
  if (node["warns"]) out.warnings = texts(node["warns"]);
  for (const Node::Member& member : node["conflicts"].members) out.conflicts[member.key] = *winner_words().find(member.value.scalar);
  return out;
}

Mode mode_of(const Node& node, const RuleTest& test) {
  if (const Node& given = node["mode"]) return *mode_words().find(given.scalar);
  return test.expect.body ? Mode::Export : Mode::Import;
}

RuleTest read_case(const Node& node, const TestTables& shared, Problems& problems) {
  RuleTest test;
  test.name = node["name"].scalar;
  test.place = node.place;
  const Node& given = node["given"];
  test.base = object(given["base"], problems);
  test.record = object(given["record"], problems);
  test.row = object(given["row"], problems);
  test.row_place = given["row"].place;
  test.tables = tables(given["tables"], problems);
  test.tables.insert(shared.begin(), shared.end());
  test.on_conflict = word(node["on_conflict"], on_conflict_words());
  test.local_edits = word(node["local_edits"], local_edits_words());
  test.expect = expectation(node["expect"], problems);
  test.mode = mode_of(node, test);
  if (!test.base && !test.record && !test.row) problems.add(given.place, "given: names neither a base nor a record nor a row");
  if (node["expect"].members.empty()) problems.add(node["expect"].place, "expect: says nothing, so the case could not fail");
  if (test.row && !test.base && test.row->object()->empty()) problems.add(test.row_place, "row: a row without cells");
  return test;
}

}  // namespace

RuleTestFile parse_rule_tests(const Node& root, const std::string& file, Problems& problems) {
  RuleTestFile out;
  out.file = file;
  if (root.kind != Node::Kind::Map) {
    if (problems.empty()) problems.add(root.place, "expected a map with sync and cases");
    return out;
  }
  const std::size_t before = problems.errors().size();
  yaml::check(root, rule_tests_form(), "the file", problems);
  if (problems.errors().size() != before) return out;
  out.sync = root["sync"].scalar;
  out.sync_place = root["sync"].place;
  if (const Node& now = root["now"]) {
    out.now = parse_time(now.scalar);
    if (!out.now) problems.add(now.place, "now: " + in_quotes(now.scalar) + " is no time such as 2026-11-21T08:00:00Z");
  }
  const TestTables shared = tables(root["tables"], problems);
  for (const Node& item : root["cases"].items) out.cases.push_back(read_case(item, shared, problems));
  return out;
}

RuleTestFile read_rule_tests(const std::string& file, Problems& problems) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure))
    throw Error(ErrorKind::Invalid, "there is no file of tests " + printable(file), "name a YAML file of tests");
  return parse_rule_tests(yaml::load_file(file, file, as_written, problems), file, problems);
}

}  // namespace lockstep
