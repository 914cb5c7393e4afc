// Run: one run of one sync. It keeps the list of its passes: execute() and roll_back() read as the order in which they work.
#pragma once

#include "engine/passes/absence.h"
#include "engine/passes/account_check.h"
#include "engine/passes/agreed_rows.h"
#include "engine/passes/answers.h"
#include "engine/passes/applying.h"
#include "engine/passes/change_guards.h"
#include "engine/passes/chunk.h"
#include "engine/passes/closing.h"
#include "engine/passes/columns.h"
#include "engine/passes/come_back.h"
#include "engine/passes/composing.h"
#include "engine/passes/conflicts.h"
#include "engine/passes/create_claims.h"
#include "engine/passes/deciding.h"
#include "engine/passes/documents.h"
#include "engine/passes/faults.h"
#include "engine/passes/foreseer.h"
#include "engine/passes/former_rows.h"
#include "engine/passes/freshly_made.h"
#include "engine/passes/hidden_markers.h"
#include "engine/passes/inserting.h"
#include "engine/passes/lagging.h"
#include "engine/passes/left_behind.h"
#include "engine/passes/listing.h"
#include "engine/passes/made_anew.h"
#include "engine/passes/markers.h"
#include "engine/passes/matching.h"
#include "engine/passes/member_names.h"
#include "engine/passes/newcomers.h"
#include "engine/passes/nobodys_items.h"
#include "engine/passes/open_work.h"
#include "engine/passes/opening.h"
#include "engine/passes/outsiders.h"
#include "engine/passes/payload_hook.h"
#include "engine/passes/persons_word.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/processing.h"
#include "engine/passes/reading.h"
#include "engine/passes/remade_elsewhere.h"
#include "engine/passes/remade_rows.h"
#include "engine/passes/routing.h"
#include "engine/passes/run_context.h"
#include "engine/passes/scanning.h"
#include "engine/passes/sender.h"
#include "engine/passes/takeovers.h"
#include "engine/passes/twins.h"
#include "engine/passes/undoing.h"
#include "engine/passes/unpaired.h"
#include "engine/passes/waiting.h"

namespace lockstep {

class Run {
 public:
  Run(const Clock& clock, std::stop_token stop, Sync& sync, const RunOptions& options, Observer& observer)
      : context_(clock, std::move(stop), sync, options, observer) {}
  SyncReport execute();

 private:
  void bring_together();
  void roll_back();

  RunContext context_;
  Chunk chunk_{context_, faults_};
  Faults faults_{context_, markers_, plan_keeper_, sender_};
  Opening opening_{context_, account_check_, columns_, conflicts_, listing_, member_names_, open_work_, takeovers_};
  Listing listing_{context_,  account_check_, hidden_markers_, left_behind_, markers_,
                   matching_, member_names_,  newcomers_,      reading_,     remade_elsewhere_};
  Scanning scanning_{context_,  agreed_rows_, columns_, create_claims_,    faults_,      left_behind_,
                     matching_, open_work_,   reading_, remade_elsewhere_, remade_rows_, takeovers_};
  Reading reading_{context_,      account_check_, chunk_,     conflicts_, create_claims_, faults_,     hidden_markers_,  markers_,
                   member_names_, newcomers_,     open_work_, outsiders_, plan_keeper_,   processing_, remade_elsewhere_};
  Processing processing_{context_, chunk_,    come_back_,     deciding_,  documents_,    faults_,      foreseer_, lagging_,
                         markers_, matching_, nobodys_items_, outsiders_, persons_word_, remade_rows_, routing_};
  Matching matching_{context_, chunk_, faults_, processing_};
  Deciding deciding_{context_, account_check_, agreed_rows_, chunk_, conflicts_, open_work_, persons_word_, undoing_};
  Routing routing_{context_, change_guards_, conflicts_, faults_, foreseer_, inserting_, open_work_, plan_keeper_, undoing_, waiting_};
  Inserting inserting_{context_, faults_, foreseer_, open_work_, waiting_};
  Waiting waiting_{context_};
  Applying applying_{context_,   absence_,     chunk_,   deciding_, faults_,  foreseer_, inserting_,
                     open_work_, plan_keeper_, routing_, sender_,   undoing_, waiting_};
  Absence absence_{context_,   change_guards_, chunk_,       deciding_,   faults_, freshly_made_, listing_,
                   made_anew_, newcomers_,     plan_keeper_, processing_, twins_,  unpaired_,     waiting_};
  Unpaired unpaired_{context_, change_guards_, chunk_, deciding_, faults_, foreseer_, former_rows_, plan_keeper_, waiting_};
  FormerRows former_rows_{context_, chunk_, faults_, open_work_};
  FreshlyMade freshly_made_{context_, chunk_, deciding_, remade_rows_};
  PersonsWord persons_word_{context_, chunk_, columns_};
  Conflicts conflicts_{context_, absence_, chunk_, takeovers_};
  PlanKeeper plan_keeper_{context_, conflicts_, faults_, waiting_};
  Columns columns_{context_, conflicts_, takeovers_};
  ChangeGuards change_guards_{context_, account_check_};
  AccountCheck account_check_{context_, chunk_};
  Documents documents_{context_, chunk_, faults_};
  MemberNames member_names_{context_};
  Markers markers_{context_, chunk_, faults_, hidden_markers_, open_work_};
  HiddenMarkers hidden_markers_{context_, chunk_, create_claims_, faults_, markers_, newcomers_, open_work_, outsiders_, processing_};
  OpenWork open_work_{context_, absence_, chunk_, create_claims_, markers_, outsiders_, remade_elsewhere_, undoing_};
  CreateClaims create_claims_{context_, chunk_, markers_, open_work_, outsiders_, remade_elsewhere_, remade_rows_};
  AgreedRows agreed_rows_{context_, chunk_};
  Newcomers newcomers_{context_, chunk_, come_back_, create_claims_, faults_, made_anew_, markers_, outsiders_, processing_, twins_};
  Twins twins_{context_, faults_};
  Takeovers takeovers_{context_, agreed_rows_, chunk_, columns_, faults_, open_work_};
  Outsiders outsiders_{context_, markers_, remade_elsewhere_};
  Lagging lagging_{context_, chunk_, faults_, open_work_};
  LeftBehind left_behind_{context_, agreed_rows_};
  NobodysItems nobodys_items_{context_, chunk_, faults_, markers_, outsiders_, remade_elsewhere_, remade_rows_};
  MadeAnew made_anew_{context_, chunk_, faults_, newcomers_, nobodys_items_};
  ComeBack come_back_{context_, faults_, freshly_made_};
  RemadeRows remade_rows_{context_, change_guards_, chunk_, open_work_, remade_elsewhere_};
  RemadeElsewhere remade_elsewhere_{context_,      agreed_rows_, chunk_,       create_claims_, faults_,
                                    freshly_made_, outsiders_,   remade_rows_, takeovers_};
  Foreseer foreseer_{context_, composing_, faults_, inserting_, plan_keeper_, remade_rows_, routing_};
  PayloadHook payload_hook_{context_, chunk_, faults_};
  Composing composing_{context_, faults_, foreseer_, open_work_, payload_hook_};
  Answers answers_{context_, chunk_, documents_};
  Undoing undoing_{context_,  account_check_, change_guards_, chunk_,       columns_, conflicts_,
                   deciding_, documents_,     open_work_,     plan_keeper_, routing_, sender_};
  Sender sender_{context_, answers_, applying_, change_guards_, chunk_,       composing_, deciding_, documents_,
                 faults_,  lagging_, markers_,  open_work_,     plan_keeper_, routing_,   undoing_,  waiting_};
  Closing closing_{context_, member_names_};
};

}  // namespace lockstep
