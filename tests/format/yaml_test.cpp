// What YAML is accepted, what is a mistake and how it is told: place, wording and all at once.
#include "format/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/error.h"
#include "loaded.h"

namespace lockstep {
namespace {

using test::load;
using test::Loaded;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> errors(std::string_view text) { return load(text).problems.errors(); }

TEST(Yaml, EveryNodeKnowsItsPlace) {
  const Loaded loaded = load("a: 1\nb:\n  - x\n  - {c: 'true'}\n");
  ASSERT_THAT(loaded.problems.errors(), IsEmpty());
  EXPECT_EQ(loaded.root["a"].place.text(), "a.yaml:1:4");
  EXPECT_EQ(loaded.root["b"].items[0].place.text(), "a.yaml:3:5");
  const yaml::Node& inner = loaded.root["b"].items[1];
  EXPECT_EQ(inner.members[0].place.text(), "a.yaml:4:6");
  EXPECT_EQ(inner["c"].scalar, "true");
  EXPECT_TRUE(inner["c"].quoted);
  EXPECT_FALSE(loaded.root["a"].quoted);
}

TEST(Yaml, AMissingMemberStandsWhereItsMapStands) {
  const Loaded loaded = load("a:\n  b: {}\n");
  const yaml::Node& missing = loaded.root["a"]["b"]["nothing"];
  EXPECT_FALSE(missing);
  EXPECT_EQ(missing.place.text(), "a.yaml:2:6");
  EXPECT_FALSE(missing["deeper"]);
}

TEST(Yaml, NullIsNoText) {
  const Loaded loaded = load("a: ~\nb:\nc: null\nd: 'null'\n");
  EXPECT_EQ(loaded.root["a"].kind, yaml::Node::Kind::Null);
  EXPECT_EQ(loaded.root["b"].kind, yaml::Node::Kind::Null);
  EXPECT_EQ(loaded.root["c"].kind, yaml::Node::Kind::Null);
  EXPECT_EQ(loaded.root["d"].scalar, "null");
}

TEST(Yaml, DuplicateKeysAreToldAndTheFirstStays) {
  const Loaded loaded = load("a: 1\nb: 2\na: 3\nc: {x: 1, x: 2}\n");
  EXPECT_THAT(loaded.problems.errors(), ElementsAre("a.yaml:3:1: \"a\" is given twice; the first one is in line 1",
                                                    "a.yaml:4:11: \"x\" is given twice; the first one is in line 4"));
  EXPECT_EQ(loaded.root["a"].scalar, "1");
}

TEST(Yaml, MergeKeysAnchorsAliasesAndTagsAreMistakes) {
  EXPECT_THAT(errors("base: &b {x: 1}\nuse:\n  <<: *b\n  y: !!int 3\n  z: !custom [1]\n"),
              ElementsAre("a.yaml:1:7: anchors (&name) are not supported; write the value where it is used",
                          "a.yaml:3:3: merge keys (<<) are not supported; write the options out",
                          "a.yaml:3:7: aliases (*name) are not supported; write the value out",
                          "a.yaml:4:6: the tag \"tag:yaml.org,2002:int\" is not supported; write the plain value",
                          "a.yaml:5:6: the tag \"!custom\" is not supported; write the plain value"));
}

TEST(Yaml, ASecondDocumentIsAMistake) {
  EXPECT_THAT(errors("a: 1\n---\nb: 2\n"), ElementsAre("a.yaml:3:1: a second document starts here; a file holds one"));
  EXPECT_THAT(errors("---\na: 1\n...\n"), IsEmpty());
}

TEST(Yaml, TabsThatIndentAreMistakes) {
  EXPECT_THAT(errors("a:\n\tb: 1\n  \tc: 2\n# \tcomment\nd: x\ty\n"),
              ElementsAre("a.yaml:2:1: a tab indents this line; use spaces", "a.yaml:3:3: a tab indents this line; use spaces"));
}

TEST(Yaml, EmptyFilesAreToldClearly) {
  EXPECT_THAT(errors(""), ElementsAre("a.yaml:1:1: the file is empty"));
  EXPECT_THAT(errors("# only a comment\n"), ElementsAre("a.yaml:1:1: the file is empty"));
  EXPECT_THAT(errors("~\n"), ElementsAre("a.yaml:1:1: the file is empty"));
}

TEST(Yaml, EncodingsOtherThanUtf8AreToldClearly) {
  EXPECT_THAT(errors("\xFF\xFE"
                     "a"),
              ElementsAre("a.yaml:1:1: the file is UTF-16; save it as UTF-8"));
  EXPECT_THAT(errors("a: 1\nb: caf\xE9\n"), ElementsAre("a.yaml:2:1: this line is not valid UTF-8; save the file as UTF-8"));
  const Loaded marked = load(
      "\xEF\xBB\xBF"
      "a: 1\n");
  EXPECT_THAT(marked.problems.errors(), IsEmpty());
  EXPECT_THAT(marked.problems.warnings(),
              ElementsAre("a.yaml:1:1: the file starts with a byte-order mark, which is ignored; save it as UTF-8 without one"));
  EXPECT_EQ(marked.root["a"].place.text(), "a.yaml:1:4");
}

TEST(Yaml, SyntaxErrorsSayWhereAndWhatToDo) {
  EXPECT_THAT(errors("a: [1, 2\nb: 3\n"), ElementsAre(testing::StartsWith("a.yaml:")));
  EXPECT_THAT(errors("a: [1, 2"), ElementsAre("a.yaml:2:1: not YAML: a list that starts with [ is not closed by ]"));
  EXPECT_THAT(errors("a: {x: ${SET}}\n"), ElementsAre(testing::HasSubstr("a value that holds ${…} needs quotes there")));
  EXPECT_THAT(errors("a: b: c\n"),
              ElementsAre("a.yaml:1:5: not YAML: a second colon in one line, or a wrong indentation; put quotes around a value that "
                          "holds \": \""));
  EXPECT_EQ(load("a: [").root.kind, yaml::Node::Kind::Missing);
}

TEST(Yaml, AQuoteThatIsNeverClosedIsAMistake) {
  EXPECT_THAT(errors("a: 1\nb: 'x\nc: 2\n"), ElementsAre("a.yaml:2:1: a quote that opens behind this is never closed"));
  EXPECT_THAT(errors("\"x"), ElementsAre("a.yaml:1:1: a quote that opens behind this is never closed"));
}

TEST(Yaml, AliasBombsCostNothing) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string name = std::to_string(i);
    const std::string previous = std::string("*a").append(std::to_string(i - 1));
    bomb.append("a").append(name).append(": &a").append(name).append(" [").append(previous);
    for (int n = 0; n < 8; ++n) bomb.append(", ").append(previous);
    bomb += "]\n";
  }
  const Loaded loaded = load(bomb);
  EXPECT_EQ(loaded.root["a39"].items.size(), 9U);
  EXPECT_EQ(loaded.root["a39"].items[0].kind, yaml::Node::Kind::Null);
  EXPECT_FALSE(loaded.problems.empty());
  EXPECT_FALSE(load("a: &a [1, *a]\n").problems.empty());
}

TEST(Yaml, DepthIsCapped) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_THAT(errors(nested(64)), IsEmpty());
  EXPECT_THAT(errors(nested(65)), ElementsAre("a.yaml:1:65: nested deeper than 64 levels"));
  EXPECT_THAT(errors(nested(100'000)), ElementsAre("a.yaml:1:65: nested deeper than 64 levels"));
}

TEST(Yaml, TheNumberOfValuesIsCapped) {
  std::string text = "[";
  for (int i = 0; i < 200'001; ++i) text += "1,";
  EXPECT_THAT(errors(text + "]"), ElementsAre(testing::HasSubstr("the file holds more than 200000 values")));
}

TEST(YamlVariables, AreExpandedInsideValues) {
  const Loaded loaded = load(
      "a: ${SET}\nb: x-${SET}-${PORT}\nc: '${EMPTY:-fallback}'\nd: ${MISSING:-${SET}}\ne: ${MISSING}\nf: $SET\n${SET}: k\ng: $${SET}\n");
  ASSERT_THAT(loaded.problems.errors(), IsEmpty());
  EXPECT_EQ(loaded.root["a"].scalar, "value");
  EXPECT_EQ(loaded.root["b"].scalar, "x-value-8080");
  EXPECT_EQ(loaded.root["c"].scalar, "fallback");
  EXPECT_EQ(loaded.root["d"].scalar, "value");
  EXPECT_EQ(loaded.root["e"].scalar, "");
  EXPECT_TRUE(loaded.root["e"].from_environment);
  EXPECT_EQ(loaded.root["f"].scalar, "$SET");
  EXPECT_FALSE(loaded.root["f"].from_environment);
  EXPECT_EQ(loaded.root["${SET}"].scalar, "k");
  EXPECT_EQ(loaded.root["g"].scalar, "${SET}");
}

TEST(YamlVariables, CannotChangeTheStructureAndAreNotExpandedAgain) {
  const Loaded loaded = load("a: ${TRICK}\n");
  EXPECT_EQ(loaded.root["a"].scalar, "x\ny: ${SET}");
  EXPECT_EQ(loaded.root.members.size(), 1U);
}

TEST(YamlVariables, MistakesAreTold) {
  EXPECT_THAT(errors("a: ${SET\nb: ${not-a-name}\nc: ${}\nd: ${file:/nowhere/at/all}\n"),
              ElementsAre("a.yaml:1:4: a ${ is not closed by }; write $${ for a plain ${",
                          "a.yaml:2:4: \"${not-a-name}\" is no variable; write ${NAME}, ${NAME:-default} or ${file:/path}",
                          "a.yaml:3:4: \"${}\" is no variable; write ${NAME}, ${NAME:-default} or ${file:/path}",
                          "a.yaml:4:4: the file \"/nowhere/at/all\" of ${file:…} is no file that can be read"));
}

TEST(YamlVariables, FilesAreReadBesideTheYamlFileWithoutTheirLineEnd) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "lockstep_yaml_files";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "key") << "secret\n";
  std::ofstream(folder / "big") << std::string(70 * 1024, 'x');
  std::ofstream(folder / "a.yaml") << "a: ${file:key}\nb: ${file:" << (folder / "key").string() << "}\nc: ${file:big}\n";
  yaml::Problems problems;
  const yaml::Node root = yaml::load_file((folder / "a.yaml").string(), "conf/a.yaml", test::environment, problems);
  EXPECT_EQ(root["a"].scalar, "secret");
  EXPECT_EQ(root["b"].scalar, "secret");
  EXPECT_THAT(problems.errors(), ElementsAre("conf/a.yaml:3:4: the file \"big\" of ${file:…} is larger than 64 KiB"));
}

TEST(YamlFile, AMissingFileOrAFolderIsTold) {
  yaml::Problems problems;
  yaml::load_file("/nowhere/a.yaml", "conf/a.yaml", test::environment, problems);
  yaml::load_file(testing::TempDir(), "conf/b.yaml", test::environment, problems);
  EXPECT_THAT(problems.errors(),
              ElementsAre("conf/a.yaml: the file does not exist", "conf/b.yaml: this is no regular file of at most 16 MiB"));
}

TEST(YamlAccess, PlainScalarsMeanOnlyWhatTheySay) {
  Loaded loaded = load("i: 42\nn: -7\nr: 1.5e3\nt: true\nf: false\ns: 010\nport: '${PORT}'\n");
  EXPECT_EQ(yaml::as_integer(loaded.root["i"], loaded.problems), 42);
  EXPECT_EQ(yaml::as_integer(loaded.root["n"], loaded.problems), -7);
  EXPECT_EQ(yaml::as_integer(loaded.root["port"], loaded.problems), 8080);
  EXPECT_EQ(yaml::as_real(loaded.root["r"], loaded.problems), 1500.0);
  EXPECT_EQ(yaml::as_real(loaded.root["i"], loaded.problems), 42.0);
  EXPECT_EQ(yaml::as_boolean(loaded.root["t"], loaded.problems), true);
  EXPECT_EQ(yaml::as_boolean(loaded.root["f"], loaded.problems), false);
  EXPECT_EQ(yaml::as_text(loaded.root["s"], loaded.problems), "010");
  EXPECT_EQ(yaml::as_text(loaded.root["none"], loaded.problems), std::nullopt);
  EXPECT_TRUE(loaded.problems.empty());
}

TEST(YamlAccess, AnythingElseIsToldWithItsPlace) {
  Loaded loaded = load(
      "a: 010\nb: 0x10\nc: '5'\nd: yes\ne: 'true'\nf: [1]\ng: {}\nh: ~\ni: 1.5\nj: .inf\nk: True\nl: 99999999999999999999\nm: "
      "${MISSING}\n");
  for (const char* key : {"a", "b", "c", "f", "i", "l", "m"})
    EXPECT_EQ(yaml::as_integer(loaded.root[key], loaded.problems), std::nullopt) << key;
  for (const char* key : {"d", "e", "k"}) EXPECT_EQ(yaml::as_boolean(loaded.root[key], loaded.problems), std::nullopt) << key;
  for (const char* key : {"g", "h"}) EXPECT_EQ(yaml::as_text(loaded.root[key], loaded.problems), std::nullopt) << key;
  EXPECT_EQ(yaml::as_real(loaded.root["j"], loaded.problems), std::nullopt);
  EXPECT_THAT(
      loaded.problems.errors(),
      ElementsAre(
          "a.yaml:1:4: expected an integer, not \"010\"; leave out the leading zero", "a.yaml:2:4: expected an integer, not \"0x10\"",
          "a.yaml:3:4: expected an integer, not the text \"5\"; leave out the quotes", "a.yaml:4:4: expected true or false, not \"yes\"",
          "a.yaml:5:4: expected true or false, not the text \"true\"; leave out the quotes", "a.yaml:6:4: expected an integer, not a list",
          "a.yaml:7:4: expected a text, not a map", "a.yaml:8:4: expected a text, not nothing",
          "a.yaml:9:4: expected an integer, not \"1.5\"", "a.yaml:10:4: expected a number, not \".inf\"",
          "a.yaml:11:4: expected true or false, not \"True\"", "a.yaml:12:4: expected an integer, not \"99999999999999999999\"",
          "a.yaml:13:4: expected an integer, not an empty variable"));
}

TEST(YamlAccess, UnknownOptionsComeWithASuggestion) {
  Loaded loaded = load("api_kye: x\nwhatever: y\n");
  const std::vector<std::string> allowed{"api_key", "base_url"};
  yaml::only_keys(loaded.root, allowed, loaded.problems);
  EXPECT_THAT(loaded.problems.errors(),
              ElementsAre("a.yaml:1:1: unknown option \"api_kye\"; did you mean \"api_key\"?", "a.yaml:2:1: unknown option \"whatever\""));
}

TEST(YamlProblems, AreSortedByPlaceWithoutRepeatsAndRaisedTogether) {
  yaml::Problems problems;
  EXPECT_NO_THROW(problems.raise());
  problems.add({"b.yaml", 9, 1}, "later file first named");
  problems.add({"a.yaml", 10, 2}, "ten");
  problems.add({"a.yaml", 9, 3}, "nine");
  problems.add({"a.yaml", 9, 3}, "nine");
  try {
    problems.raise();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Invalid);
    EXPECT_EQ(error.message(), "b.yaml:9:1: later file first named\na.yaml:9:3: nine\na.yaml:10:2: ten");
  }
}

}  // namespace
}  // namespace lockstep
