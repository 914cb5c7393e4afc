// check() says everything that a form does not allow, each with its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/form.h"

namespace lockstep::yaml {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Form shop() {
  Form extra = of(Form::Kind::Any);
  Form any = of(Form::Kind::Any);
  any.loose = true;
  return map({{"name", text(1), "", true},
              {"kind", choice({"books", "bread"}), ""},
              {"open", of(Form::Kind::Boolean), ""},
              {"floors", integer(), ""},
              {"tax", of(Form::Kind::Real), ""},
              {"code", matching("[a-z]+"), ""},
              {"goods", list(map({{"price", of(Form::Kind::Real), "", true}}), 1), ""},
              {"notes", names(any), ""},
              {"extra", extra, ""},
              {"hours", either({text(1), list(text(1))}), ""}});
}

std::vector<std::string> mistakes(const std::string& yaml) {
  Problems problems;
  const Node root = load_text(
      yaml, "s", [](std::string_view) { return std::nullopt; }, problems);
  check(root, shop(), "a shop", problems);
  return problems.errors();
}

TEST(FormCheck, TakesWhatIsRight) {
  EXPECT_THAT(
      mistakes(
          "{name: A, kind: books, open: true, floors: 2, tax: 0.5, code: ab, goods: [{price: 1}], notes: {x: null, y: [1]}, extra: {a: 1}, "
          "hours: [early, late]}"),
      IsEmpty());
  EXPECT_THAT(mistakes("{name: A, hours: always}"), IsEmpty());
}

TEST(FormCheck, TellsEveryMistakeWithItsPlace) {
  EXPECT_THAT(mistakes("kind: bokos\nopen: perhaps\ngoods: []\nextra:\ncode: A1\n"),
              ElementsAre("s:1:1: a shop lacks \"name\"", "s:1:7: kind: \"bokos\" is none of books, bread; did you mean \"books\"?",
                          "s:2:7: expected true or false, not \"perhaps\"", "s:3:8: goods must not be empty",
                          "s:5:1: extra: expected a value", "s:5:7: code: \"A1\" does not fit; expected [a-z]+"));
}

TEST(FormCheck, LooksInsideListsMapsAndAlternatives) {
  EXPECT_THAT(mistakes("name: A\ngoods: [{cost: 1}, 5]\nnotes: []\nhours: {a: 1}\n"),
              ElementsAre("s:2:9: goods lacks \"price\"", "s:2:10: unknown option \"cost\"", "s:2:20: goods: expected a map",
                          "s:3:8: notes: expected a map of names", "s:4:8: expected a text, not a map"));
  EXPECT_THAT(mistakes("name: ''\n"), ElementsAre("s:1:7: name must not be empty"));
}

}  // namespace
}  // namespace lockstep::yaml
