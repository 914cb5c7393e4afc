#include "engine/passes/run_context.h"

#include <utility>

#include "common/log.h"
#include "common/text.h"
#include "format/secret_names.h"

namespace lockstep {
namespace {

Policy policy_of(const Sync& sync, const RunOptions& options) {
  Policy policy;
  policy.mode = options.mode;
  policy.on_conflict = options.on_conflict.value_or(sync.on_conflict);
  policy.local_edits = options.local_edits.value_or(sync.local_edits);
  policy.force = options.force;
  policy.existing_only = options.existing_only;
  policy.can_create = sync.resource->can_create && sync.mapping->sends();
  policy.can_repeat_create = !sync.resource->marker.empty();
  return policy;
}

}  // namespace

RunContext::RunContext(const Clock& its_clock, std::stop_token its_stop, Sync& its_sync, const RunOptions& its_options,
                       Observer& its_observer)
    : clock(its_clock),
      stop(std::move(its_stop)),
      sync(its_sync),
      options(its_options),
      observer(its_observer),
      mapping(*sync.mapping),
      policy(policy_of(sync, options)),
      tally(sync, options, policy, report, observer),
      state(*sync.store),
      secrets(*sync.resource, mapping),
      scope(mapping, target, sync.hook.get(), sync.nouns.one),
      host(*sync.store, clock,
           [this](log::Level level, std::string_view message) {
             if (level == log::Level::Warning || level == log::Level::Error) {
               tally.problem({Problem::Severity::Warning, {}, {}, "hook", std::string(message)});
             } else {
               log::write(level, message);
             }
           }),
      shaper(mapping, sync.hook.get()),
      references(mapping, *sync.store),
      natural(mapping),
      facts(mapping, secrets, target, shaper, references, host, sync.nouns.one),
      chronicle(mapping, target),
      accounts(*sync.resource),
      call{stop, Deadline(), meter, mapping.secrets()} {
  report.name = sync.name;
  report.sends = mapping.sends();
  report.started_at = clock.now();
  report.run = options.run.empty() ? make_ulid(report.started_at) : options.run;
  facts.know_remade([this] { return state.remade(); });
  if (sync.hook) sync.hook->attach(&host);
}

RunContext::~RunContext() {
  if (sync.hook) sync.hook->attach(nullptr);
}

void RunContext::check_stop() const {
  if (stop.stop_requested()) throw Error(ErrorKind::Interrupted, "interrupted");
}

std::uint64_t RunContext::seed() const {
  Hasher hasher;
  hasher.text(mapping.fingerprint().hex());
  if (sync.hook) hasher.text(sync.hook->fingerprint().hex());
  for (const Field& field : mapping.fields()) {
    if (field.is_set) hasher.text(field.column);
  }
  for (const std::string& path : sync.resource->read_only) hasher.text(path);
  for (const std::string& pattern : secret_patterns_of(*sync.resource)) hasher.text(pattern);
  return hasher.digest().low;
}

bool RunContext::list_concludes() const {
  if (mapping.on_missing().empty() || undoing()) return false;
  return policy.mode != Mode::Export || !policy.can_create;
}

}  // namespace lockstep
