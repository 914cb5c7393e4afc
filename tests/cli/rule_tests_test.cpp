// `lockstep test`: cases beside the configuration, run by the real engine over a scratch database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/support.h"
#include "format/json.h"

namespace lockstep {
namespace {

using test::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const char* const kHooks = R"(local seen = 0
return {
  record = function(record, ctx)
    if record.banned == true then return nil, "the book is banned" end
    if record.odd == true then ctx.log.warn("an odd book") end
    return record
  end,
  assign_owner = function(record, ctx)
    local reader = ctx.db:find("readers", { name = record.reader })[1]
    if not reader then return nil, "nobody reads it" end
    return { reader_id = reader.id }
  end,
  conflict = function(field, here, there, base, ctx) return here end,
  payload = function(body, row, ctx) body.sent_at = ctx.now_iso; return body end,
  transform = { shout = function(value) return string.upper(value) end, never = function(value) return value end },
}
)";

class RuleTests : public test::ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    directory_.write("config/lockstep.yaml", R"(stores: {main: {plugin: sqlite, path: "nowhere/books.db"}}
providers: {library: {plugin: shelf, label: Library}}
syncs:
  books: {provider: library, resource: book, store: main, mapping: books.yaml, hooks: books.lua, default: true, on_conflict: hook}
)");
    directory_.write("config/books.yaml", R"(table: books
key: {column: library_id, from: id}
label: title
fields:
  title: {type: text, required: true}
  pages: {type: integer, max: 900}
  shelf: {from: place.shelf, type: text}
  place: json
  spine: {type: text, transform: shout, derived: true}
  author_id: {from: authorId, references: authors.code}
owned: {reader_id: integer}
)");
    directory_.write("config/books.lua", kHooks);
  }

  /// One case of the sync `books`, with a reader whose row it needs.
  void write_case(const std::string& text) {
    directory_.write("config/tests/one.yaml",
                     "sync: books\nnow: 2026-11-21T08:00:00Z\ntables: {readers: [{id: 7, name: Ana}]}\ncases:\n" + text);
  }

  /// Problems of the only case of that file.
  std::vector<std::string> problems_of(const std::string& text, int expected_code = 2) {
    write_case(text);
    const Json answer = test::run_json_output({"test"}, expected_code);
    std::vector<std::string> out;
    if (const Json* tests = answer.find("tests"))
      for (const Json& problem : *tests->array()->front().find("problems")->array()) out.push_back(*problem.text());
    return out;
  }

  std::vector<std::string> passing(const std::string& text) { return problems_of(text, 0); }
};

constexpr const char* kRecord = "{id: b1, title: Emma, pages: 320, place: {shelf: A}, spine: emma, reader: Ana}";

std::string record_case(const std::string& expect) {
  return "- {name: n, given: {record: " + std::string(kRecord) + "}, expect: " + expect + "}\n";
}

TEST_F(RuleTests, ARecordBecomesARow) {
  EXPECT_THAT(passing(record_case("{row: {title: Emma, pages: 320, shelf: A, spine: EMMA, reader_id: 7, place: {shelf: A}}}")), IsEmpty());
  EXPECT_FALSE(directory_.has("nowhere")) << "the store of the configuration is not opened";
}

TEST_F(RuleTests, ACellThatDiffersIsNamedWithBothValues) {
  EXPECT_THAT(problems_of(record_case("{row: {title: Persuasion, pages: 320, reader_id: 8, place: {shelf: B}, shelf: null}}")),
              ElementsAre(R"(row.title: expected "Persuasion", got "Emma")", "row.reader_id: expected 8, got 7",
                          R"(row.place: expected {"shelf":"B"}, got {"shelf":"A"})", R"(row.shelf: expected null, got "A")"));
}

TEST_F(RuleTests, ARejectionIsExpectedWithAPartOfItsReason) {
  const std::string banned = "- {name: n, given: {record: {id: b1, title: Emma, banned: true}}, expect: ";
  EXPECT_THAT(passing(banned + "{rejected: is banned}}\n"), IsEmpty());
  EXPECT_THAT(problems_of(banned + "{rejected: is lost}}\n"), ElementsAre(HasSubstr(R"(expected "is lost", got "the book is banned")")));
  EXPECT_THAT(problems_of(banned + "{row: {title: Emma}}}\n"), ElementsAre("rejected: the book is banned", "row: there is none"));
  EXPECT_THAT(problems_of(record_case("{rejected: why}")), ElementsAre(R"(rejected: expected "why", but it was not rejected)"));
  EXPECT_THAT(passing("- {name: n, given: {record: {id: b1, title: Emma, reader: Bob}}, expect: {rejected: nobody reads it}}\n"),
              IsEmpty());
  EXPECT_THAT(passing("- {name: n, given: {record: {id: b1}}, expect: {rejected: title}}\n"), IsEmpty());
}

TEST_F(RuleTests, WarningsAreComparedWhereTheCaseSpeaksOfThem) {
  const std::string odd = "- {name: n, given: {record: {id: b1, title: Emma, reader: Ana, odd: true}}, expect: ";
  EXPECT_THAT(passing(odd + "{row: {title: Emma}}}\n"), IsEmpty());
  EXPECT_THAT(passing(odd + "{warns: odd book}}\n"), IsEmpty());
  EXPECT_THAT(problems_of(odd + "{warns: [odd book, even book]}}\n"), ElementsAre(R"(warns: expected "even book", got "an odd book")"));
  EXPECT_THAT(problems_of(odd + "{warns: []}}\n"), ElementsAre(R"(warns: expected none, got "an odd book")"));
}

TEST_F(RuleTests, ARowBecomesABody) {
  const std::string row = "- {name: n, given: {row: {title: Emma, shelf: A}}, expect: ";
  EXPECT_THAT(passing(row + R"({body: {title: Emma, place: {shelf: A}, sent_at: "2026-11-21T08:00:00.000Z"}}})" + "\n"), IsEmpty());
  EXPECT_THAT(problems_of(row + "{body: {title: Emma, pages: 3}}}\n"),
              ElementsAre("body.pages: expected 3, and it was not sent", R"(body.place: not expected, got {"shelf":"A"})",
                          HasSubstr("body.sent_at: not expected, got")));
  EXPECT_THAT(problems_of(row + "{body: {}}}\n"), ElementsAre(HasSubstr("body: expected that nothing is sent, got")));
  EXPECT_THAT(passing("- {name: n, given: {row: {title: Emma, pages: 901}}, expect: {body: {}, rejected: more than 900}}\n"), IsEmpty());
}

TEST_F(RuleTests, AnEditIsWhatDiffersFromTheBase) {
  const std::string base = "- {name: n, given: {base: {id: b1, title: Emma, reader: Ana, place: {shelf: A, row: 3}}, ";
  EXPECT_THAT(
      passing(base + R"(row: {shelf: B}}, expect: {body: {place: {shelf: B, row: 3}, sent_at: "2026-11-21T08:00:00.000Z"}}})" + "\n"),
      IsEmpty());
  EXPECT_THAT(passing(base + "row: {title: Emma}}, expect: {body: {}}}\n"), IsEmpty());
  EXPECT_THAT(problems_of(base + "row: {title: Emma}}, expect: {body: {title: Emma}}}\n"), ElementsAre("body: nothing was sent"));
}

TEST_F(RuleTests, AConflictIsDecidedAsTheSyncOrTheCaseSays) {
  const std::string both = R"(- name: n
  mode: full
  given: {base: {id: b1, title: Emma, reader: Ana}, record: {id: b1, title: Sanditon, reader: Ana}, row: {title: Persuasion}}
)";
  EXPECT_THAT(passing(both + "  expect: {row: {title: Persuasion}, conflicts: {title: hook}}\n"), IsEmpty());
  EXPECT_THAT(passing(both + "  on_conflict: remote\n  expect: {row: {title: Sanditon}, body: {}, conflicts: {title: remote}}\n"),
              IsEmpty());
  EXPECT_THAT(problems_of(both + "  expect: {conflicts: {title: remote, pages: local}}\n"),
              ElementsAre("conflicts.pages: expected local, and there was no conflict", "conflicts.title: expected remote, got hook"));
}

TEST_F(RuleTests, LookupsFindTheRowsOfTheCase) {
  const std::string tables = "tables: {authors: [{id: 4, code: ja}, {id: 5, code: eb}]}";
  EXPECT_THAT(passing("- {name: n, given: {record: {id: b1, title: Emma, reader: Ana, authorId: ja}, " + tables +
                      "}, expect: {row: {author_id: 4}}}\n"),
              IsEmpty());
  EXPECT_THAT(passing("- {name: n, given: {base: {id: b1, title: Emma, reader: Ana, authorId: ja}, row: {author_id: 5}, " + tables +
                      R"(}, expect: {body: {authorId: eb, sent_at: "2026-11-21T08:00:00.000Z"}}})" + "\n"),
              IsEmpty());
}

TEST_F(RuleTests, TheTableMayHoldOtherRows) {
  const std::string others = "tables: {books: [{id: 40, title: Sanditon}], notes: [{id: a, text: null}, {id: b, text: null}]}";
  const std::string given =
      "{base: {id: b1, title: Emma, reader: Ana}, record: {id: b1, title: Emma II, reader: Ana}, row: {pages: 9}, " + others;
  EXPECT_THAT(passing("- {name: n, given: " + given + "}, expect: {row: {title: Emma II, pages: 9}}}\n"), IsEmpty());
}

TEST_F(RuleTests, AVariableInARecordStaysAsItIsWritten) {
  EXPECT_THAT(passing("- {name: n, given: {record: {id: b1, title: \"${HOME}\", reader: Ana}}, expect: {row: {title: \"${HOME}\"}}}\n"),
              IsEmpty());
}

TEST_F(RuleTests, RulesThatNeverFiredAreNamed) {
  write_case(record_case("{row: {title: Emma}}"));
  const Outcome outcome = test::run({"test"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("config/tests/one.yaml (books)\n  ✓ n\n"));
  EXPECT_THAT(outcome.out, HasSubstr("Never fired: 1 of 6 fields of books: author_id\n"));
  EXPECT_THAT(outcome.out, HasSubstr("Never fired: hooks of books: conflict, payload, transform.never\n"));
  EXPECT_THAT(outcome.out, HasSubstr("1 passed, 0 failed\n"));
  const Json answer = test::run_json_output({"test"});
  EXPECT_EQ(json::to_text(*answer.find("never_fired")),
            R"([{"sync":"books","fields":["author_id"],"hooks":["conflict","payload","transform.never"]}])");
  EXPECT_EQ(*answer.find("passed")->integer(), 1);
}

TEST_F(RuleTests, SomeThatFailAreExitTwoAndTheOthersRunAllTheSame) {
  write_case(record_case("{row: {title: Other}}") + record_case("{row: {title: Emma}}"));
  const Outcome outcome = test::run({"test"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.out, HasSubstr("  ✗ n (config/tests/one.yaml:5:3)\n      row.title: expected \"Other\", got \"Emma\"\n  ✓ n\n"));
  EXPECT_THAT(outcome.out, HasSubstr("1 passed, 1 failed\n"));
  const Outcome quiet = test::run({"test", "--quiet"});
  EXPECT_THAT(quiet.out, testing::StartsWith("  ✗ n"));
  EXPECT_THAT(quiet.out, Not(HasSubstr("✓")));
}

TEST_F(RuleTests, AFileMayBeNamed) {
  directory_.write("elsewhere.yaml",
                   "sync: books\ncases: [{name: n, given: {record: {id: b, title: T, banned: true}}, expect: {rejected: banned}}]\n");
  EXPECT_EQ(test::run({"test", "elsewhere.yaml"}).code, 0);
}

TEST_F(RuleTests, MistakesAreToldTogetherBeforeAnyCaseRuns) {
  write_case(R"(- {name: n, given: {record: {id: b1}, rwo: {title: T}}, expect: {row: {titel: Emma}}}
- {name: m, given: {}, expect: {}}
)");
  Outcome outcome = test::run({"test"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("config/tests/one.yaml:5:39: unknown option \"rwo\"; did you mean \"row\"?"));
  write_case("- {name: n, given: {record: {id: b1}}, expect: {row: {titel: Emma}}}\n- {name: m, given: {}, expect: {}}\n");
  outcome = test::run({"test"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("table books has no column \"titel\"; did you mean \"title\"?"));
  EXPECT_THAT(outcome.err, HasSubstr("given: names neither a base nor a record nor a row"));
  EXPECT_THAT(outcome.err, HasSubstr("expect: says nothing, so the case could not fail"));
  EXPECT_THAT(outcome.out, IsEmpty());
}

TEST_F(RuleTests, WithoutTestsOrSyncItIsBadUsage) {
  EXPECT_THAT(test::run({"test"}).err, HasSubstr("there are no tests: no *.yaml in config/tests"));
  EXPECT_EQ(test::run({"test"}).code, 1);
  EXPECT_EQ(test::run({"test", "missing.yaml"}).code, 1);
  directory_.write("config/tests/one.yaml", "sync: boks\ncases: [{name: n, given: {record: {id: b}}, expect: {rejected: x}}]\n");
  EXPECT_THAT(test::run({"test"}).err,
              HasSubstr("config/tests/one.yaml:1:7: no sync \"boks\" in config/lockstep.yaml; did you mean \"books\"?"));
}

TEST(ShippedRuleTests, AllPassAndTryEveryFieldAndHook) {
  test::WorkingDirectory directory;
  ASSERT_EQ(test::run({"init", "."}).code, 0);
  const Outcome outcome = test::run({"test"});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, Not(HasSubstr("Never fired")));
  EXPECT_THAT(outcome.out, HasSubstr(", 0 failed\n"));
}

}  // namespace
}  // namespace lockstep
