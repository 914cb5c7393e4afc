// Answers: what several routes have in common.
#pragma once

#include "operations/history.h"
#include "operations/job.h"
#include "serve/route.h"
#include "serve/service.h"

namespace lockstep::serve {

/// How long a client is content to wait for the end of what it asks for (Prefer: wait=20, RFC 7240), at most a minute; `fallback` where it
/// does not say.
Millis patience_of(const web::Request& request, Millis fallback = Millis(0));

/// A job as it is now: 200 once it has ended, else 202 with the place to look.
web::Response job_response(const operations::JobSnapshot& job);
/// Begins a job and answers with it, after as long a wait as the client asks for.
web::Response begin(Service& service, const Asked& asked, operations::JobRequest request, Millis fallback = Millis(0));

/// Throws Problem{403} unless the person has this scope too.
void demand(const Asked& asked, Scope scope, std::string_view what);
/// Throws Problem{404} where the person may not see all of these.
void demand_sight(const Asked& asked, const std::vector<std::string>& syncs);
/// Throws Problem{403} where the person's token is limited to some syncs: `what` concerns all.
void demand_all_syncs(const Asked& asked, std::string_view what);
/// The journal as the person may see it: who may not see every sync is not told which others a command named.
operations::HistoryOutcome history_for(Service& service, const Person& person, const operations::HistoryRequest& request);

/// The options of a run in a body; run_fields() are their rows. `command`: the first word of what the journal keeps.
std::vector<Field> run_fields();
RunOptions run_options(const Asked& asked, Mode mode);
/// "full assistants --dry-run": what would have been typed.
std::string typed(std::string_view command, const std::vector<std::string>& syncs, const RunOptions& options);

/// {"items": […], "next": …}; `next` empty: null.
web::Response page_response(Json::Array items, const std::string& next);
/// Of a list: 50 without saying, at most 500. Throws Problem{400}.
std::size_t limit_of(const Asked& asked);
std::vector<Field> page_fields(std::vector<Field> more = {});

}  // namespace lockstep::serve
