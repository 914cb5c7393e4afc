// Rows 16 to 24 of the table of the guarantees, identities and natural keys; and the fields that have rules of their own.
#include "decide_table.h"

namespace lockstep::test {
namespace {

// ---- rows 16 to 20: open creates and identities -------------------------------------------------------------------------------------

std::function<void(World&, Policy&)> intent(std::function<void(World&, Policy&)> first, IntentState state) {
  return with(std::move(first), [state](World& world, Policy&) { world.facts.intent = state; });
}

const std::vector<Situation> kIdentity{
    {"TheCreateHadWorked",
     16,
     intent(sides(R"({"name":"a","note":"n"})", kRow, ""), IntentState::MarkerFound),
     {always("local=link(item_id:null>r1) base")}},
    {"TheCreateHadWorkedAndTheServerAddedSomething",
     16,
     intent(sides(R"({"name":"a"})", kRow, ""), IntentState::MarkerFound),
     {in({I, F}, "local=update(item_id:null>r1 note:null>n) base"),
      in({E}, "local=link(item_id:null>r1) pending_remote(note) notes(PendingImport) base")}},
    {"TheRecreateHadWorked",
     16,
     intent(sides(kBase, R"({"item_id":"r2","name":"a","note":"n","count":1})", kBase), IntentState::MarkerFound),
     {always("local=link(item_id:r1>r2) base")}},
    {"TheCreateHadWorkedAndTheRowBearsItsId", 16, intent(sides(kRow, kRow, ""), IntentState::MarkerFound), {always("base")}},
    {"AMarkerWithoutItsItem", 16, intent(sides(R"({"name":"a"})", "", ""), IntentState::MarkerFound), {always("notes(Unknown)")}},
    {"TheCreateIsOpen",
     17,
     intent(sides(R"({"name":"a"})", "", ""), IntentState::MarkerMissing),
     {in({I}, "notes(CreatePending)"), in({E, F}, "remote=create(name:null>a) base")}},
    {"TheRecreateIsOpen",
     17,
     intent(sides(kNameEdited, "", kBase), IntentState::MarkerMissing),
     {in({I}, "notes(CreatePending)"), in({E, F}, "remote=recreate(name:a>L) base")}},
    {"TheCreateIsOpenWithExistingOnly",
     17,
     with(intent(sides(R"({"name":"a"})", "", ""), IntentState::MarkerMissing),
          [](World&, Policy& policy) { policy.existing_only = true; }),
     {always("notes(CreatePending)")}},
    {"TheCreateIsOpenAndHasNoMarker",
     17,
     with(intent(sides(R"({"name":"a"})", "", ""), IntentState::MarkerMissing),
          [](World&, Policy& policy) { policy.can_repeat_create = false; }),
     {always("notes(CreateUnresolved) error")}},
    {"TheIdWasEmptied",
     18,
     with(sides(R"({"name":"a","note":"n","count":1})", kBase, kBase), [](World& world, Policy&) { world.facts.id = IdState::Emptied; }),
     {always("local=link(item_id:null>r1) notes(IdRestored) base")}},
    {"TheIdWasEmptiedAndBothEdited",
     18,
     with(sides(R"({"name":"L","note":"n","count":1})", kNoteEdited, kBase),
          [](World& world, Policy&) { world.facts.id = IdState::Emptied; }),
     {in({I}, Keep, "local=update(item_id:null>r1 note:n>R) pending_local(name) notes(PendingExport IdRestored) base"),
      in({I}, Replace, "local=update(item_id:null>r1 name:L>a note:n>R) replaced(name) notes(LocalEditsReplaced IdRestored) base"),
      in({E}, "local=link(item_id:null>r1) remote=patch(name:a>L) pending_remote(note) notes(PendingImport IdRestored) base"),
      in({F}, "local=update(item_id:null>r1 note:n>R) remote=patch(name:a>L) notes(IdRestored) base")}},
    {"TheIdNamesAnotherItem",
     19,
     with(sides(R"({"item_id":"r2","name":"a"})", R"({"item_id":"r2","name":"a","note":"n"})", ""),
          [](World& world, Policy&) { world.facts.id = IdState::Changed; }),
     {in({I, F}, "local=update(note:null>n) notes(IdChanged) base"), in({E}, "pending_remote(note) notes(PendingImport IdChanged) base")}},
    {"TwoRowsShareAnId",
     20,
     with(sides(kNameEdited, kNoteEdited, kBase), [](World& world, Policy&) { world.facts.rows_share_id = true; }),
     {always("notes(RowsShareId) error")}},
};

// ---- rows 21 to 24: items matched by a natural key (phone numbers) ----------------------------------------------------------------------

std::function<void(World&, Policy&)> phone(std::function<void(World&, Policy&)> first, std::size_t matches) {
  return with(std::move(first), [matches](World& world, Policy& policy) {
    world.facts.by_natural_key = true;
    world.facts.natural_matches = matches;
    policy.can_create = false;
  });
}

const std::vector<Situation> kPhones{
    {"SameNumberOnce",
     21,
     phone(sides(R"({"name":"a"})", R"({"item_id":"r1","name":"a"})", ""), 1),
     {always("local=link(item_id:null>r1) base")}},
    {"SameNumberOnceAndMoreIsKnownThere",
     21,
     phone(sides(R"({"name":"a"})", kRow, ""), 1),
     {in({I, F}, "local=update(item_id:null>r1 note:null>n) base"),
      in({E}, "local=link(item_id:null>r1) pending_remote(note) notes(PendingImport) base")}},
    {"SameNumberOnceAndTheAssignmentIsHere",
     21,
     phone(sides(R"({"name":"a","agent_id":"x"})", R"({"item_id":"r1","name":"a"})", ""), 1),
     {in({I}, "local=link(item_id:null>r1) pending_local(agent_id) notes(PendingExport) base"),
      in({E, F}, "local=link(item_id:null>r1) remote=patch(agent_id:null>x) base")}},
    {"NumberWithoutRow",
     3,
     phone(sides("", R"({"item_id":"r1","name":"a","note":"n"})", ""), 0),
     {in({I, F}, kWholeInsert + " base"), in({E}, "notes(RemoteOnly)")}},
    {"NumberNotKnown", 22, phone(sides(R"({"name":"a"})", "", ""), 0), {always("notes(NotKnownRemotely)")}},
    {"SeveralItemsWithTheNumber",
     22,
     phone(sides(R"({"name":"a"})", "", ""), 2),
     {in({I}, "notes(SeveralMatches)"), in({E, F}, "notes(SeveralMatches) error")}},
    {"SeveralItemsWithTheNumberOfWhichOneIsShown",
     22,
     phone(sides(R"({"name":"a"})", kRow, ""), 2),
     {in({I}, "notes(SeveralMatches)"), in({E, F}, "notes(SeveralMatches) error")}},
    {"LinkedNumberGone", 23, phone(gone(sides(kNameEdited, "", kBase)), 0), {always("notes(MissingRemote)")}},
    {"LinkedNumberNotInAnIncompleteList", 23, phone(sides(kNameEdited, "", kBase), 0), {always("notes(Unknown)")}},
    {"AssignmentOnlyHere",
     24,
     phone(sides(R"({"item_id":"r1","name":"a","agent_id":"x"})", R"({"item_id":"r1","name":"a"})", ""), 0),
     {in({I}, "pending_local(agent_id) notes(PendingExport) base"), in({E, F}, "remote=patch(agent_id:null>x) base")}},
    {"LinkedNumberWithoutBaseIsAsAnyOther", 4, phone(sides(kRow, kRow, ""), 0), {always("base")}},
    {"LinkedNumberWithBaseIsAsAnyOther",
     8,
     phone(sides(kNameEdited, kBase, kBase), 0),
     {in({I}, Keep, "pending_local(name) notes(PendingExport)"),
      in({I}, Replace, "local=update(name:L>a) replaced(name) notes(LocalEditsReplaced) base"), in({E, F}, "remote=patch(name:a>L) base")}},
};

// ---- special fields
// -----------------------------------------------------------------------------------------------------------------------

const std::vector<Situation> kFields{
    {"ReadOnlyDiffers",
     9,
     sides(R"({"item_id":"r1","status":"old"})", R"({"item_id":"r1","status":"new"})", R"({"item_id":"r1","status":"old"})"),
     {in({I, F}, "local=update(status:old>new) base"), in({E}, "")}},
    {"DerivedEditedHere",
     9,
     sides(R"({"item_id":"r1","enabled":true})", R"({"item_id":"r1","enabled":false})", R"({"item_id":"r1","enabled":false})"),
     {in({I, F}, "local=update(enabled:true>false) notes(DerivedEdited) base"), in({E}, "notes(DerivedEdited)")}},
    {"ReadOnlyEditedOnBothSidesIsNoConflict",
     9,
     sides(R"({"item_id":"r1","status":"mine"})", R"({"item_id":"r1","status":"new"})", R"({"item_id":"r1","status":"old"})"),
     {in({I, F}, "local=update(status:mine>new) notes(DerivedEdited) base"), in({E}, "notes(DerivedEdited)")}},
    {"ReadOnlyIsInTheRowAlready",
     11,
     sides(R"({"item_id":"r1","status":"new"})", R"({"item_id":"r1","status":"new"})", R"({"item_id":"r1","status":"old"})"),
     {always("base")}},
    {"SeveralColumnsOfTheRemoteEditedHereAreWarnedOfOnce",
     9,
     sides(R"({"item_id":"r1","status":"mine","enabled":true})", R"({"item_id":"r1","status":"s","enabled":false})",
           R"({"item_id":"r1","status":"s","enabled":false})"),
     {in({I, F}, "local=update(status:mine>s enabled:true>false) notes(DerivedEdited) base"), in({E}, "notes(DerivedEdited)")}},
    {"DerivedAndWriteOnlyGoesNowhere",
     7,
     sides(R"({"item_id":"r1","seal":"mine"})", R"({"item_id":"r1","seal":"***"})", R"({"item_id":"r1"})"),
     {always("")}},
    {"WriteOnlySetHere",
     8,
     sides(R"({"item_id":"r1","token":"t"})", R"({"item_id":"r1"})", R"({"item_id":"r1"})"),
     {in({I}, "pending_local(token) notes(PendingExport)"), in({E, F}, "remote=patch(token:null>t) base")}},
    {"WriteOnlySentBefore",
     7,
     with(sides(R"({"item_id":"r1","token":"other"})", R"({"item_id":"r1"})", R"({"item_id":"r1"})"),
          [](World& world, Policy&) { world.base_here = R"({"token":"set"})"; }),
     {always("")}},
    {"WriteOnlyEmptiedHere",
     8,
     with(sides(R"({"item_id":"r1"})", R"({"item_id":"r1"})", R"({"item_id":"r1"})"),
          [](World& world, Policy&) { world.base_here = R"({"token":"set"})"; }),
     {in({I}, "pending_local(token) notes(PendingExport)"), in({E, F}, "remote=patch(token:null>null) base")}},
    {"WriteOnlyEchoedIsNotTaken", 4, sides(R"({"item_id":"r1"})", R"({"item_id":"r1","token":"***"})", ""), {always("base")}},
    {"SecretRotatedThere",
     9,
     sides(R"({"item_id":"r1","pin":"1"})", R"({"item_id":"r1","pin":"2"})", R"({"item_id":"r1","pin":"1"})"),
     {in({I, F}, "local=update(pin:1>2) base"), in({E}, "pending_remote(pin) notes(PendingImport)")}},
    {"SecretRotatedHere",
     8,
     sides(R"({"item_id":"r1","pin":"2"})", R"({"item_id":"r1","pin":"1"})", R"({"item_id":"r1","pin":"1"})"),
     {in({I}, Replace, "local=update(pin:2>1) replaced(pin) notes(LocalEditsReplaced) base"),
      in({I}, "pending_local(pin) notes(PendingExport)"), in({E, F}, "remote=patch(pin:1>2) base")}},
    {"SecretOnlyThere",
     5,
     sides(R"({"item_id":"r1"})", R"({"item_id":"r1","pin":"2"})", ""),
     {in({I, F}, "local=update(pin:null>2) base"), in({E}, "pending_remote(pin) notes(PendingImport) base")}},
    {"LegacyKeyThatTheRemoteLacksIsNotSent",
     8,
     sides(R"({"item_id":"r1","old_voice":"v"})", R"({"item_id":"r1"})", R"({"item_id":"r1"})"),
     {in({I}, Replace, "local=update(old_voice:v>null) replaced(old_voice) notes(LocalEditsReplaced) base"),
      always("notes(DerivedEdited) base")}},
    {"LegacyKeyThatTheRemoteHoldsIsSent",
     8,
     sides(R"({"item_id":"r1","old_voice":"v"})", R"({"item_id":"r1","old_voice":"w"})", R"({"item_id":"r1","old_voice":"w"})"),
     {in({I}, Keep, "pending_local(old_voice) notes(PendingExport)"),
      in({I}, Replace, "local=update(old_voice:v>w) replaced(old_voice) notes(LocalEditsReplaced) base"),
      in({E, F}, "remote=patch(old_voice:w>v) base")}},
    {"LegacyKeyInAConflictThatTheRemoteLacks",
     12,
     sides(R"({"item_id":"r1","old_voice":"v"})", R"({"item_id":"r1"})", R"({"item_id":"r1","old_voice":"w"})"),
     {in({E, F}, {Local}, "conflicts(old_voice:w/v/null=here!) pending_local(old_voice) notes(PendingExport)"), always("*")}},
    {"NewFieldIsFilled",
     9,
     with(sides(R"({"item_id":"r1","name":"a"})", kRow, R"({"item_id":"r1","name":"a"})"),
          [](World& world, Policy&) { world.unknown = {"note"}; }),
     {in({I, F}, "local=update(note:null>n) base"), in({E}, "pending_remote(note) notes(PendingImport)")}},
    {"NewFieldIsSent",
     8,
     with(sides(kRow, R"({"item_id":"r1","name":"a"})", R"({"item_id":"r1","name":"a"})"),
          [](World& world, Policy&) { world.unknown = {"note"}; }),
     {in({I}, Keep, "pending_local(note) notes(PendingExport)"),
      in({I}, Replace, "local=update(note:n>null) replaced(note) notes(LocalEditsReplaced) base"),
      in({E, F}, "remote=patch(note:null>n) base")}},
    {"NewFieldIsEqual", 11, with(sides(kRow, kRow, kRow), [](World& world, Policy&) { world.unknown = {"note"}; }), {always("base")}},
    {"NewFieldDiffers",
     12,
     with(sides(kRow, R"({"item_id":"r1","name":"a","note":"m"})", kRow), [](World& world, Policy&) { world.unknown = {"note"}; }),
     {in({F}, {Remote}, "local=update(note:n>m) conflicts(note:null/n/m=there) base"), always("*")}},
};

class IdentityTable : public testing::TestWithParam<Situation> {};

TEST_P(IdentityTable, GivesWhatTheTableSays) { check(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Identity, IdentityTable, testing::ValuesIn(kIdentity), name_of_situation);
INSTANTIATE_TEST_SUITE_P(Phones, IdentityTable, testing::ValuesIn(kPhones), name_of_situation);
INSTANTIATE_TEST_SUITE_P(Fields, IdentityTable, testing::ValuesIn(kFields), name_of_situation);

}  // namespace
}  // namespace lockstep::test
