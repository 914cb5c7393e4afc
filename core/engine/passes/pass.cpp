#include "engine/passes/pass.h"

namespace lockstep {

Pass::Pass(RunContext& run)
    : context_(run),
      clock_(run.clock),
      stop_(run.stop),
      sync_(run.sync),
      options_(run.options),
      observer_(run.observer),
      mapping_(run.mapping),
      policy_(run.policy),
      report_(run.report),
      tally_(run.tally),
      state_(run.state),
      entry_(run.entry),
      former_name_(run.former_name),
      database_(run.database),
      own_lease_(run.own_lease),
      lease_(run.lease),
      run_(run.run),
      writer_(run.writer),
      links_(run.links),
      secrets_(run.secrets),
      target_(run.target),
      scope_(run.scope),
      locals_(run.locals),
      host_(run.host),
      shaper_(run.shaper),
      references_(run.references),
      natural_(run.natural),
      facts_(run.facts),
      chronicle_(run.chronicle),
      accounts_(run.accounts),
      neighbours_(run.neighbours),
      rejections_(run.rejections),
      meter_(run.meter),
      call_(run.call),
      reachability_(run.reachability),
      stream_(run.stream),
      id_stream_(run.id_stream),
      remote_count_(run.remote_count),
      seen_(run.seen),
      links_set_aside_(run.links_set_aside) {}

std::string Pass::contradiction() const {
  return sync_.nouns.provider + " lists this " + sync_.nouns.one +
         " and answers that it does not exist when asked for it by its ID; nothing was concluded from that, run the same command again";
}

}  // namespace lockstep
