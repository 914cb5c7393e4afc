#include "engine/passes/listing.h"

#include <utility>

#include "engine/passes/account_check.h"
#include "engine/passes/hidden_markers.h"
#include "engine/passes/left_behind.h"
#include "engine/passes/markers.h"
#include "engine/passes/matching.h"
#include "engine/passes/member_names.h"
#include "engine/passes/newcomers.h"
#include "engine/passes/reading.h"
#include "engine/passes/remade_elsewhere.h"

namespace lockstep {
namespace {

constexpr Millis kPatienceForPage{50};

}  // namespace

Listing::Listing(RunContext& run, AccountCheck& account_check, HiddenMarkers& hidden_markers, LeftBehind& left_behind, Markers& markers,
                 Matching& matching, MemberNames& member_names, Newcomers& newcomers, Reading& reading, RemadeElsewhere& remade_elsewhere)
    : Pass(run),
      account_check_(account_check),
      hidden_markers_(hidden_markers),
      left_behind_(left_behind),
      markers_(markers),
      matching_(matching),
      member_names_(member_names),
      newcomers_(newcomers),
      reading_(reading),
      remade_elsewhere_(remade_elsewhere) {}

void Listing::begin_work() {
  if (reader_) reader_->begin(KnownRecords(links_));
}

void Listing::start_reading() {
  if (const Credentials credentials = sync_.provider->credentials(); !credentials.present) {
    throw Error(ErrorKind::Credentials, sync_.nouns.provider + " API key not configured", "set " + credentials.missing);
  }
  if (options_.ids.empty() && !options_.open_create()) {
    stream_ = sync_.provider->list(*sync_.resource, {sync_.page_size}, call_);
  } else {
    auto ids = std::make_unique<IdStream>(*sync_.provider, *sync_.resource, options_.ids);
    id_stream_ = ids.get();
    stream_ = std::move(ids);
  }
  const bool map_ahead = Shaper::maps_ahead(mapping_, sync_.hook.get());
  reader_ = std::make_unique<Reader>(
      *stream_, call_,
      Reader::Settings{&mapping_, &secrets_, map_ahead, shaper_.rows_are_final(), policy_.force, accounts_.path(), seed()});
  reader_->wait_for_answer();
}

void Listing::know_rows() { reader_->want(locals_.moved_links()); }

void Listing::read_remote() {
  markers_.list_begins();
  while (true) {
    // While a page is awaited no transaction stays open: other programs may read and write meanwhile.
    if (!reader_->ready_within(kPatienceForPage)) writer_->commit();
    std::optional<Batch> batch = reader_->next();
    if (!batch) break;
    ++pages_;
    check_stop();
    remote_count_ += batch->records.size();
    reading_.work_on(*batch);
    reader_->recycle(std::move(*batch));
    writer_->commit_if_due();
    observer_.progress(remote_count_, std::nullopt);
  }
  check_stop();
  const ListEnd end = stream_->end();
  if (!end.complete) {
    throw Error(ErrorKind::Corrupt, "the list of " + sync_.nouns.many + " is incomplete: " + end.why,
                "nothing was concluded from it; run the same command again");
  }
  account_check_.check_empty_list();
  newcomers_.settle_awaited();
  hidden_markers_.settle_hidden();
  matching_.match_held_back();
  remade_elsewhere_.settle_lost_elsewhere();
  markers_.list_ends();
  member_names_.tell_unmet_rules();
  left_behind_.tell_left_behind();
  report_.remote = remote_count_;
  observer_.found_remote(remote_count_, true);
}

}  // namespace lockstep
