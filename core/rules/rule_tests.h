// Rule tests: the cases that stand beside a configuration (config/tests/*.yaml) and say what its mappings and hooks are to make of a
// record.
//
//   sync: assistants                        # whose mapping and hooks are tried
//   now: 2026-11-21T08:00:00Z               # the hooks' time; else the real one
//   tables:                                 # what the database holds besides: for ctx.db:find and for lookups
//     users: [{id: 1, email: ana@example.com, role: admin}]
//   cases:
//     - name: the owner is the user with the e-mail
//       given:
//         record: {id: a1, name: Front Desk, metadata: {user_email: Ana@example.com}}
//       expect:
//         row: {name: Front Desk, user_id: 1}
//     - name: an edit in the database is sent as the whole object
//       given:
//         base: {id: a1, voice: {provider: vapi, voiceId: Elliot}}    # both sides agreed on this before
//         row: {voice_id: Kylie}                                      # then somebody edited the row
//       expect:
//         body: {voice: {provider: vapi, voiceId: Kylie}}
//
// A case is a small run of the real engine over a database of its own and a provider that holds one item.
// given: `base` (the document that was imported before), `record` (the remote document now; without it the base's, or none), `row` (cells
// of the local row: edits when there is a base, else a row of its own), `tables` (in place of the file's of the same name). At least one of
// the first three. `mode` is the run: import, or export where a `body` is expected, unless the case says; `on_conflict` and `local_edits`
// are the sync's. expect: `row` (columns of the row afterwards; those that are not named are not looked at), `body` (what is sent, whole;
// {} for nothing), `rejected` (a part of the reason), `warns` (parts of warnings, or [] for none), `conflicts` (column → who wins: local,
// remote, hook, nobody).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/time.h"
#include "data/json.h"
#include "engine/decide/decide.h"
#include "format/form.h"
#include "format/yaml.h"

namespace lockstep {

/// Table → its rows, each an object column → scalar.
using TestTables = std::map<std::string, Json::Array>;

struct RuleTest {
  std::string name;
  yaml::Place place;

  std::optional<Json> base, record, row;  ///< objects
  yaml::Place row_place;
  TestTables tables;
  Mode mode = Mode::Import;
  std::optional<OnConflict> on_conflict;
  std::optional<LocalEdits> local_edits;

  struct Expectation {
    std::optional<Json> row, body;  ///< objects
    yaml::Place row_place;
    std::optional<std::string> rejected;
    std::optional<std::vector<std::string>> warnings;
    std::map<std::string, FieldConflict::Winner> conflicts;
  } expect;
};

struct RuleTestFile {
  std::string file;
  std::string sync;
  yaml::Place sync_place;
  std::optional<Micros> now;
  std::vector<RuleTest> cases;
};

/// Every mistake goes to `problems`, what could be read comes back. A `${NAME}` stays as it is written.
RuleTestFile read_rule_tests(const std::string& file, yaml::Problems& problems);
RuleTestFile parse_rule_tests(const yaml::Node& root, const std::string& file, yaml::Problems& problems);

/// What such a file may hold.
const yaml::Form& rule_tests_form();

}  // namespace lockstep
