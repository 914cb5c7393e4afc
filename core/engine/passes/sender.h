// Sender: remote writes: each record is fetched once more, decided anew, promised in the journal, sent, and the server's answer taken in.
// Several are under way at once; everything but the requests happens on the run's own thread.
#pragma once

#include "engine/passes/pass.h"
#include "engine/write/courier.h"

namespace lockstep {

class Answers;
class Applying;
class ChangeGuards;
class Chunk;
class Composing;
class Deciding;
class Documents;
class Faults;
class Lagging;
class Markers;
class OpenWork;
class PlanKeeper;
class Routing;
class Undoing;
class Waiting;

class Sender : private Pass {
 public:
  Sender(RunContext& run, Answers& answers, Applying& applying, ChangeGuards& change_guards, Chunk& chunk, Composing& composing,
         Deciding& deciding, Documents& documents, Faults& faults, Lagging& lagging, Markers& markers, OpenWork& open_work,
         PlanKeeper& plan_keeper, Routing& routing, Undoing& undoing, Waiting& waiting);

  /// Sends these, and waits until all are answered. Throws what no other record would escape either.
  void send(std::span<Item*> items);
  /// Made when it is first asked for.
  Courier& courier();
  /// Replies are awaited.
  bool is_under_way() const { return courier_ && courier_->under_way() > 0; }
  /// Of what was sent: what turned out to need a local write only.
  std::vector<Item*> take_later() { return std::exchange(later_, {}); }

 private:
  struct Shipment;
  struct Sending {
    bool update;
    std::string id;
    std::string standing;  ///< the item before
    std::shared_ptr<const Json> body;
  };
  void begin(std::vector<Shipment>& shipments, std::size_t ticket, std::vector<std::size_t>& ready);
  bool take_fresh(Shipment& shipment, Courier::Reply reply);
  bool prepare(Shipment& shipment);
  bool receive(Shipment& shipment, Courier::Reply reply);
  void ship(std::vector<Shipment>& shipments);
  void note_effect(const Shipment& shipment, const Courier::Reply& reply);
  std::optional<Error> reason_to_stop(const Courier::Reply& reply);
  void dispatch(Shipment& shipment, std::size_t ticket);
  Document carry_out(const Sending& sending, Call& call) const;
  void finish(Shipment& shipment, Courier::Reply reply);
  std::string answered_with_anothers(const Shipment& shipment, const Document& document) const;
  void take_reply(Shipment& shipment, const Document& document);
  void send_failed(Shipment& shipment, const Error& failure);

  Answers& answers_;
  Applying& applying_;
  ChangeGuards& change_guards_;
  Chunk& chunk_;
  Composing& composing_;
  Deciding& deciding_;
  Documents& documents_;
  Faults& faults_;
  Lagging& lagging_;
  Markers& markers_;
  OpenWork& open_work_;
  PlanKeeper& plan_keeper_;
  Routing& routing_;
  Undoing& undoing_;
  Waiting& waiting_;
  std::vector<Item*> later_;          ///< of a chunk: what turned out to need a local write only
  std::unique_ptr<Courier> courier_;  ///< last: its errands use all of this
};

}  // namespace lockstep
