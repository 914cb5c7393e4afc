#include "serve/answers.h"

#include <algorithm>
#include <charconv>

#include "common/text.h"
#include "engine/decide/policy.h"

namespace lockstep::serve {
namespace {

constexpr Millis kLongestWait{60'000};
constexpr std::int64_t kPage = 50, kLargestPage = 500;

}  // namespace

Millis patience_of(const web::Request& request, Millis fallback) {
  Millis out = fallback;
  for (const std::string_view header : request.headers.all("Prefer")) {
    for (const std::string& each : split(header, ',')) {
      const std::string_view preference = trim(each);
      if (preference == "respond-async") return Millis(0);
      if (!preference.starts_with("wait=")) continue;
      std::int64_t seconds = 0;
      const std::string_view digits = preference.substr(5);
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
      if (read.ec == std::errc() && seconds >= 0) out = std::chrono::seconds(std::min<std::int64_t>(seconds, 3600));
    }
  }
  return std::min(out, kLongestWait);
}

web::Response job_response(const operations::JobSnapshot& job) {
  web::Response response = json_response(to_json(job), job.ended() ? 200 : 202);
  response.with("Location", "/api/v1/runs/" + job.id);
  return response;
}

web::Response begin(Service& service, const Asked& asked, operations::JobRequest request, Millis fallback) {
  const operations::JobSnapshot job = service.submit(asked.person, std::move(request));
  return job_response(service.wait_for(job.id, patience_of(asked.request, fallback)));
}

void demand(const Asked& asked, Scope scope, std::string_view what) {
  if (asked.person.scope >= scope) return;
  throw Problem{403, std::string(what) + " needs a token of scope " + std::string(scope_words().word(scope)), "forbidden"};
}

void demand_sight(const Asked& asked, const std::vector<std::string>& syncs) {
  const bool all = std::all_of(syncs.begin(), syncs.end(), [&](const std::string& sync) { return asked.person.may_see(sync); });
  if (!all) throw Problem{404, "there is nothing of that name", "not_found"};
}

void demand_all_syncs(const Asked& asked, std::string_view what) {
  if (!asked.person.syncs.empty()) throw Problem{403, std::string(what) + " needs a token that is not limited to some syncs", "forbidden"};
}

operations::HistoryOutcome history_for(Service& service, const Person& person, const operations::HistoryRequest& request) {
  operations::HistoryOutcome history = operations::history(*service.workspace().get(), request);
  if (person.syncs.empty()) return history;
  for (operations::PastRun& run : history.runs) run.command = run.command.substr(0, run.command.find(' '));
  return history;
}

std::vector<Field> run_fields() {
  using Kind = Field::Kind;
  return {{"syncs", Kind::Texts, "names of syncs and groups; without any, the usual ones"},
          {"ids", Kind::Texts, "only these remote ids"},
          {"owner", Kind::Text, "only this owner's records"},
          {"existing_only", Kind::Flag, "create nothing"},
          {"force", Kind::Flag, "write also what looks unchanged; needs scope admin"},
          {"on_conflict", Kind::Text, "who wins where both sides changed", false, on_conflict_words().texts()},
          {"local_edits", Kind::Text, "what an import does with edits made in the database", false, local_edits_words().texts()},
          {"allow_mass_change", Kind::Flag, "pass the guard against too much at once; needs scope admin"},
          {"allow_account_change", Kind::Flag, "the account is another one on purpose; needs scope admin"}};
}

RunOptions run_options(const Asked& asked, Mode mode) {
  RunOptions options;
  options.mode = mode;
  options.by = shown(asked.person);
  options.ids = asked.body.texts("ids");
  options.owner = asked.body.text("owner");
  options.dry_run = asked.body.flag("dry_run");
  options.existing_only = asked.body.flag("existing_only");
  options.force = asked.body.flag("force");
  options.allow_mass_change = asked.body.flag("allow_mass_change");
  options.allow_account_change = asked.body.flag("allow_account_change");
  if (options.force || options.allow_mass_change || options.allow_account_change) demand(asked, Scope::Admin, "to pass a guard");
  if (const auto word = asked.body.text("on_conflict")) options.on_conflict = on_conflict_words().find(*word);
  if (const auto word = asked.body.text("local_edits")) options.local_edits = local_edits_words().find(*word);
  return options;
}

std::string typed(std::string_view command, const std::vector<std::string>& syncs, const RunOptions& options) {
  std::string out(command);
  for (const std::string& sync : syncs) out += " " + sync;
  const auto flag = [&](bool given, std::string_view name) {
    if (given) out += " --" + std::string(name);
  };
  flag(options.dry_run, "dry-run");
  flag(options.force, "force");
  flag(options.existing_only, "existing-only");
  flag(options.allow_mass_change, "allow-mass-change");
  flag(options.allow_account_change, "allow-account-change");
  for (const std::string& id : options.ids) out += " --id=" + id;
  if (options.owner) out += " --owner=" + *options.owner;
  if (options.on_conflict) out += " --on-conflict=" + std::string(on_conflict_words().word(*options.on_conflict));
  if (options.local_edits) out += " --local-edits=" + std::string(local_edits_words().word(*options.local_edits));
  return redact(printable(out));
}

web::Response page_response(Json::Array items, const std::string& next) {
  return json_response(Json::Object{{"items", std::move(items)}, {"next", next.empty() ? Json() : Json(next)}});
}

std::size_t limit_of(const Asked& asked) {
  const std::int64_t limit = asked.parameters.number("limit").value_or(kPage);
  if (limit < 1 || limit > kLargestPage) throw Problem{400, "limit: must be between 1 and " + std::to_string(kLargestPage)};
  return static_cast<std::size_t>(limit);
}

std::vector<Field> page_fields(std::vector<Field> more) {
  more.push_back({"limit", Field::Kind::Number, "at most so many, 50 without saying"});
  more.push_back({"after", Field::Kind::Text, "go on behind a page: its \"next\""});
  return more;
}

}  // namespace lockstep::serve
