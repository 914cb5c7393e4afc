// Rows 1 to 15 of the table of the guarantees: which sides exist, what changed, what was deleted.
#include "decide_table.h"

namespace lockstep::test {
namespace {

// ---- rows 1 to 3: one side or none, never linked ------------------------------------------------------------------------------------

const std::vector<Situation> kOneSide{
    {"Nothing", 1, sides("", "", ""), {always("")}},
    {"LocalOnly",
     2,
     sides(R"({"name":"a","note":"n","status":"live","enabled":true,"token":"t","old_voice":"v"})", "", ""),
     {in({I}, "notes(LocalOnly)"), in({E, F}, "remote=create(name:null>a note:null>n token:null>t) notes(DerivedEdited) base")}},
    {"LocalOnlyWhereNothingMayBeCreated",
     2,
     with(sides(R"({"name":"a"})", "", ""), [](World&, Policy& policy) { policy.can_create = false; }),
     {always("notes(LocalOnly)")}},
    {"LocalOnlyWithExistingOnly",
     2,
     with(sides(R"({"name":"a"})", "", ""), [](World&, Policy& policy) { policy.existing_only = true; }),
     {always("notes(LocalOnly)")}},
    {"RemoteOnly", 3, sides("", kRow, ""), {in({I, F}, kWholeInsert + " base"), in({E}, "notes(RemoteOnly)")}},
    {"RemoteOnlyWithExistingOnly",
     3,
     with(sides("", kRow, ""), [](World&, Policy& policy) { policy.existing_only = true; }),
     {always("notes(RemoteOnly)")}},
};

// ---- rows 4 to 6: both sides, no base ------------------------------------------------------------------------------------------------

const std::vector<Situation> kLinkedById{
    {"Equal", 4, sides(kRow, kRow, ""), {always("base")}},
    {"EqualAsNumbersAndNullsAre",
     4,
     sides(R"({"item_id":"r1","count":1,"model":{"b":1,"a":[1]}})", R"({"item_id":"r1","count":1.0,"model":{"a":[1],"b":1.0},"note":null})",
           ""),
     {always("base")}},
    {"WriteOnlySetHereAndEchoed", 4, sides(R"({"item_id":"r1","token":"t"})", R"({"item_id":"r1","token":"***"})", ""), {always("base")}},
    {"NullHere",
     5,
     sides(R"({"item_id":"r1","name":"a"})", kRow, ""),
     {in({I, F}, "local=update(note:null>n) base"), in({E}, "pending_remote(note) notes(PendingImport) base")}},
    {"NullThere",
     5,
     sides(kRow, R"({"item_id":"r1","name":"a"})", ""),
     {in({I}, Keep, "pending_local(note) notes(PendingExport) base"),
      in({I}, Replace, "local=update(note:n>null) replaced(note) notes(LocalEditsReplaced) base"),
      in({E, F}, "remote=patch(note:null>n) base")}},
    {"NullOnEachSide",
     5,
     sides(R"({"item_id":"r1","name":"a"})", R"({"item_id":"r1","note":"n"})", ""),
     {in({I}, Keep, "local=update(note:null>n) pending_local(name) notes(PendingExport) base"),
      in({I}, Replace, "local=update(name:a>null note:null>n) replaced(name) notes(LocalEditsReplaced) base"),
      in({E}, "remote=patch(name:null>a) pending_remote(note) notes(PendingImport) base"),
      in({F}, "local=update(note:null>n) remote=patch(name:null>a) base")}},
    {"EmptyIsAValue",
     6,
     sides(R"({"item_id":"r1","name":""})", R"({"item_id":"r1","name":"b"})", ""),
     {in({F}, {Local}, "remote=patch(name:b>) conflicts(name:null//b=here) base"),
      {{I, E, F}, {Remote, Newest, Manual, AskHook, Local}, {}, "*"}}},
    {"Differ",
     6,
     sides(R"({"item_id":"r1","name":"a"})", R"({"item_id":"r1","name":"b"})", ""),
     {in({I}, Replace, "local=update(name:a>b) replaced(name) notes(LocalEditsReplaced) base"),
      in({I, F}, {Remote}, "local=update(name:a>b) conflicts(name:null/a/b=there) base"),
      in({E}, {Remote}, "conflicts(name:null/a/b=there!) pending_remote(name) notes(PendingImport) base"),
      in({I}, {Local}, "conflicts(name:null/a/b=here!) pending_local(name) notes(PendingExport) base"),
      in({E, F}, {Local}, "remote=patch(name:b>a) conflicts(name:null/a/b=here) base"),
      in({I, F}, {Newest}, "local=update(name:a>b) conflicts(name:null/a/b=there) notes(TieToRemote) base"),
      in({E}, {Newest}, "conflicts(name:null/a/b=there!) pending_remote(name) notes(TieToRemote PendingImport) base"),
      in({}, {Manual}, "conflicts(name:null/a/b=nobody) base"), in({}, {AskHook}, "conflicts(name:null/a/b=nobody) ask")}},
};

// ---- rows 7 to 12: both sides and a base ---------------------------------------------------------------------------------------------

const std::vector<Situation> kWithBase{
    {"NothingChanged", 7, sides(kBase, kBase, kBase), {always("")}},
    {"NothingChangedAndHeldApart",
     7,
     with(sides(kNameEdited, kBase, kBase), [](World& world, Policy&) { world.base_here = R"({"name":"L"})"; }),
     {always("")}},
    {"EditedHere",
     8,
     sides(kNameEdited, kBase, kBase),
     {in({I}, Keep, "pending_local(name) notes(PendingExport)"),
      in({I}, Replace, "local=update(name:L>a) replaced(name) notes(LocalEditsReplaced) base"), in({E, F}, "remote=patch(name:a>L) base")}},
    {"EmptiedHere",
     8,
     sides(R"({"item_id":"r1","note":"n","count":1})", kBase, kBase),
     {in({I}, Keep, "pending_local(name) notes(PendingExport)"),
      in({I}, Replace, "local=update(name:null>a) replaced(name) notes(LocalEditsReplaced) base"),
      in({E, F}, "remote=patch(name:a>null) base")}},
    {"EditedThere",
     9,
     sides(kBase, kNoteEdited, kBase),
     {in({I, F}, "local=update(note:n>R) base"), in({E}, "pending_remote(note) notes(PendingImport)")}},
    {"HeldApartAndEditedThere",
     9,
     with(sides(kNameEdited, R"({"item_id":"r1","name":"b","note":"n","count":1})", kBase),
          [](World& world, Policy&) { world.base_here = R"({"name":"L"})"; }),
     {in({I, F}, "local=update(name:L>b) base"), in({E}, "pending_remote(name) notes(PendingImport)")}},
    {"BothDifferentFields",
     10,
     sides(kNameEdited, kNoteEdited, kBase),
     {in({I}, Keep, "local=update(note:n>R) pending_local(name) notes(PendingExport) base"),
      in({I}, Replace, "local=update(name:L>a note:n>R) replaced(name) notes(LocalEditsReplaced) base"),
      in({E}, "remote=patch(name:a>L) pending_remote(note) notes(PendingImport) base"),
      in({F}, "local=update(note:n>R) remote=patch(name:a>L) base")}},
    {"BothTheSame", 11, sides(kNameEdited, kNameEdited, kBase), {always("base")}},
    {"HeldApartAndMetAgain",
     11,
     with(sides(kBase, kBase, kBase), [](World& world, Policy&) { world.base_here = R"({"name":"L"})"; }),
     {always("base")}},
    {"HeldApartAndTheRemoteTookTheRowsValue",
     11,
     with(sides(kNameEdited, kNameEdited, kBase), [](World& world, Policy&) { world.base_here = R"({"name":"L"})"; }),
     {always("base")}},
    {"BothDiffer",
     12,
     sides(R"({"item_id":"r1","name":"L","note":"M","count":1})", R"({"item_id":"r1","name":"R","note":"n","count":2})", kBase),
     {in({I}, Replace, "local=update(name:L>R note:M>n count:1>2) replaced(name note) notes(LocalEditsReplaced) base"),
      in({I}, {Remote}, "local=update(name:L>R count:1>2) conflicts(name:a/L/R=there) pending_local(note) notes(PendingExport) base"),
      in({E}, {Remote}, "remote=patch(note:n>M) conflicts(name:a/L/R=there!) pending_remote(name count) notes(PendingImport) base"),
      in({F}, {Remote}, "local=update(name:L>R count:1>2) remote=patch(note:n>M) conflicts(name:a/L/R=there) base"),
      in({I}, {Local}, "local=update(count:1>2) conflicts(name:a/L/R=here!) pending_local(name note) notes(PendingExport) base"),
      in({E}, {Local}, "remote=patch(name:R>L note:n>M) conflicts(name:a/L/R=here) pending_remote(count) notes(PendingImport) base"),
      in({F}, {Local}, "local=update(count:1>2) remote=patch(name:R>L note:n>M) conflicts(name:a/L/R=here) base"),
      in({I}, {Newest},
         "local=update(name:L>R count:1>2) conflicts(name:a/L/R=there) pending_local(note) notes(TieToRemote PendingExport) base"),
      in({E}, {Newest},
         "remote=patch(note:n>M) conflicts(name:a/L/R=there!) pending_remote(name count) notes(TieToRemote PendingImport) base"),
      in({F}, {Newest}, "local=update(name:L>R count:1>2) remote=patch(note:n>M) conflicts(name:a/L/R=there) notes(TieToRemote) base"),
      in({I}, {Manual}, "local=update(count:1>2) conflicts(name:a/L/R=nobody) pending_local(note) notes(PendingExport) base"),
      in({E}, {Manual}, "remote=patch(note:n>M) conflicts(name:a/L/R=nobody) pending_remote(count) notes(PendingImport) base"),
      in({F}, {Manual}, "local=update(count:1>2) remote=patch(note:n>M) conflicts(name:a/L/R=nobody) base"),
      in({}, {AskHook}, "conflicts(name:a/L/R=nobody) ask")}},
};

// ---- rows 13 to 15: deleted ----------------------------------------------------------------------------------------------------------

const std::vector<Situation> kDeleted{
    {"DeletedRemotely",
     13,
     gone(sides(kNameEdited, "", kBase)),
     {in({I}, "notes(MissingRemote)"), in({E, F}, "remote=recreate(name:a>L) base")}},
    {"DeletedRemotelyAndRemembered",
     13,
     with(sides(kBase, "", kBase), [](World& world, Policy&) { world.facts.gone_remembered = true; }),
     {in({I}, "notes(MissingRemote)"), in({E, F}, "remote=recreate() base")}},
    {"DeletedRemotelyWithoutBase",
     13,
     gone(sides(kRow, "", "")),
     {in({I}, "notes(MissingRemote)"), in({E, F}, "remote=recreate(name:null>a note:null>n) base")}},
    {"DeletedRemotelyWithASecretThatNoDocumentHolds",
     13,
     gone(sides(R"({"item_id":"r1","name":"a","token":"t","pin":"p"})", "", R"({"item_id":"r1","name":"a","token":"set","pin":"set"})")),
     {in({I}, "notes(MissingRemote)"), in({E, F}, "remote=recreate(token:null>t pin:null>p) base")}},
    {"NotInTheListButNoCompleteListSaysSo", 13, sides(kNameEdited, "", kBase), {always("notes(Unknown)")}},
    {"RowNamesAnUnknownItem", 13, sides(kRow, "", ""), {always("notes(Unknown)")}},
    {"DeletedRemotelyWhereNothingMayBeCreated",
     13,
     with(gone(sides(kBase, "", kBase)), [](World&, Policy& policy) { policy.can_create = false; }),
     {always("notes(MissingRemote)")}},
    {"DeletedRemotelyWithExistingOnly",
     13,
     with(gone(sides(kBase, "", kBase)), [](World&, Policy& policy) { policy.existing_only = true; }),
     {always("notes(MissingRemote)")}},
    {"DeletedLocally", 14, sides("", kRow, kRow), {in({I, F}, kWholeInsert + " notes(MissingLocal) base"), in({E}, "notes(MissingLocal)")}},
    {"DeletedLocallyWithExistingOnly",
     14,
     with(sides("", kRow, kRow), [](World&, Policy& policy) { policy.existing_only = true; }),
     {always("notes(MissingLocal)")}},
    {"DeletedOnBothSides", 15, gone(sides("", "", kBase)), {always("notes(Gone)")}},
    {"DeletedOnBothSidesAndRemembered",
     15,
     with(gone(sides("", "", kBase)), [](World& world, Policy&) { world.facts.gone_remembered = true; }),
     {always("")}},
    {"MissingOnBothSidesButNoCompleteListSaysSo", 15, sides("", "", kBase), {always("notes(Unknown)")}},
};

class ContentTable : public testing::TestWithParam<Situation> {};

TEST_P(ContentTable, GivesWhatTheTableSays) { check(GetParam()); }

std::string name_of_situation(const testing::TestParamInfo<Situation>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(OneSide, ContentTable, testing::ValuesIn(kOneSide), name_of_situation);
INSTANTIATE_TEST_SUITE_P(LinkedById, ContentTable, testing::ValuesIn(kLinkedById), name_of_situation);
INSTANTIATE_TEST_SUITE_P(WithBase, ContentTable, testing::ValuesIn(kWithBase), name_of_situation);
INSTANTIATE_TEST_SUITE_P(Deleted, ContentTable, testing::ValuesIn(kDeleted), name_of_situation);

}  // namespace
}  // namespace lockstep::test
