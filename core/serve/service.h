// Service: everything that `lockstep serve` holds, and the application that its web server serves.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "operations/jobs.h"
#include "serve/activity.h"
#include "serve/alerts.h"
#include "serve/current_workspace.h"
#include "serve/deliveries.h"
#include "serve/gate.h"
#include "serve/idempotency.h"
#include "serve/owed_imports.h"
#include "serve/pauses.h"
#include "serve/person.h"
#include "serve/plans.h"
#include "serve/request_counts.h"
#include "serve/route.h"
#include "serve/scheduler.h"
#include "serve/sessions.h"
#include "serve/state_folder.h"
#include "serve/status_board.h"
#include "serve/tokens.h"
#include "serve/watcher.h"
#include "web/event_hub.h"
#include "web/server.h"

namespace lockstep::serve {

struct ServiceParts {
  LoadWorkspace load;
  const Clock& clock;
  std::string version;                                         ///< of the program
  std::vector<std::filesystem::path> plugin_directories = {};  ///< for the list of plugins
  AlertTimes alert_times = {};
  AlertBounds alert_bounds = {};
  BoardBounds board_bounds = {};
};

/// Any thread.
class Service : public web::Application {
 public:
  /// Throws what reading the configuration throws, and Error{Storage, Invalid} for the folder of its state.
  explicit Service(ServiceParts parts);
  ~Service() override;

  web::Response answer(const web::Request& request) override;
  web::Response refuse(const web::Refusal& refusal) override;
  std::size_t body_limit(const web::Request& head, const web::ServerBounds& bounds) override;

  /// The address that it is reached by: once, before the first request.
  void listens_on(std::uint16_t port);
  /// From now on runs begin by themselves.
  void begin_work();
  /// The configuration anew; false when it has mistakes, and the old one stays.
  bool reload();
  /// Takes no more work, gives that under way `grace` to end by itself, and then stops it where it is safe.
  void stop(Millis grace);

  // What the routes work with.
  const CurrentWorkspace& workspace() const { return workspace_; }
  const Clock& clock() const { return parts_.clock; }
  const ServiceParts& parts() const { return parts_; }
  const StateFolder& folder() const { return folder_; }
  operations::Jobs& jobs() { return jobs_; }
  StatusBoard& board() { return board_; }
  web::EventHub& hub() { return hub_; }
  Tokens& tokens() { return tokens_; }
  Plans& plans() { return plans_; }
  Pauses& pauses() { return pauses_; }
  Scheduler& scheduler() { return scheduler_; }
  const Watcher& watcher() const { return watcher_; }
  Deliveries& deliveries() { return deliveries_; }
  Alerts& alerts() { return alerts_; }
  Gate& gate() { return gate_; }
  Activity& activity() { return activity_; }
  const RequestCounts& counts() const { return counts_; }
  bool stopping() const { return stopping_; }
  Micros started_at() const { return started_at_; }

  /// Names of the syncs that the person may see.
  std::vector<std::string> visible_syncs(const Person& person) const;
  /// Those that they name, groups too, or without any the usual ones. Throws Problem{404} for what they may not see or what is none.
  std::vector<std::string> chosen_syncs(const Person& person, const std::vector<std::string>& named) const;
  /// Begins it in the name of the person, as soon as its syncs are free. Throws Error{Busy} when too many wait.
  operations::JobSnapshot submit(const Person& person, operations::JobRequest request);
  /// The same in nobody's name: request.by says through what.
  std::string submit(operations::JobRequest request);
  /// Events about what runs by itself.
  void tell_schedule(const std::string& name, const std::string& what);
  /// The job, once it has ended, or `wait` is over, or too many wait already.
  operations::JobSnapshot wait_for(const std::string& job, Millis wait);

 private:
  bool has_ended(const std::string& job) const;
  /// A run in nobody's name; the id of its job.
  std::string run_of_itself(Mode mode, const std::string& by, const std::vector<std::string>& syncs, const std::vector<std::string>& ids);
  OwedImports::Doors doors_of_owed();
  web::Response dispatch(const web::Request& request);
  web::Response carry_out(const web::Request& request);
  void note_activity(const Route& route, const Match& matched, const Person& person, const web::Request& request, int status);
  void tell_progress(const std::stop_token& stop);
  void tell(const operations::JobSnapshot& job, const operations::JobSnapshot* before);

  ServiceParts parts_;
  CurrentWorkspace workspace_;
  StateFolder folder_;
  Activity activity_;
  Tokens tokens_;
  Sessions sessions_;
  Gate gate_;
  Plans plans_;
  Idempotency idempotency_;
  RequestCounts counts_;
  const Micros started_at_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint16_t> port_ = 0;
  std::atomic<int> waiting_ = 0;
  web::EventHub hub_;
  StatusBoard board_;
  operations::Jobs jobs_;
  Pauses pauses_;
  Scheduler scheduler_;
  Watcher watcher_;
  OwedImports owed_imports_;
  Deliveries deliveries_;
  Alerts alerts_;
  std::jthread progress_;
  std::vector<std::jthread> automation_;
};

/// Answers of state and of people are never kept by a cache.
void harden(web::Response& response);

}  // namespace lockstep::serve
