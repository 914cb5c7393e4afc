// How each fault changes an answer.
#include "sandbox/strike.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "data/json.h"
#include "sandbox/model_api.h"

namespace lockstep::sandbox {
namespace {

Reply carry_out(Shared& shared, const Request& request) {
  const std::lock_guard lock(shared.mutex);
  const Manners& manners = shared.settings.manners;
  if (const auto api = model_api_of(request.path)) return answer(shared.models, *api, request, manners.key);
  return answer(shared.world, request, manners);
}

Reply vapi_status(const Fault& fault) {
  const int status = fault.status == 0 ? 500 : fault.status;
  const std::string usual = status == 429 ? "Rate limit exceeded" : std::string(reason_phrase(status));
  Reply reply =
      fault.body ? text_reply(status, fault.content_type, *fault.body) : envelope(status, fault.message.empty() ? usual : fault.message);
  if (!fault.retry_after.empty()) reply.headers.emplace_back("Retry-After", fault.retry_after);
  return reply;
}

/// An error that another API has and this one has not is a mistake of the test, which shall see it.
Reply refusal_or_complaint(ModelApi api, const Fault& fault, const Request& request) {
  try {
    return refusal(api, fault, request);
  } catch (const Error& error) {
    return text_reply(500, "text/plain; charset=utf-8", error.what());
  }
}

Reply status_reply(const Fault& fault, const Request& request) {
  const auto api = model_api_of(request.path);
  Reply reply = api && !fault.body ? refusal_or_complaint(*api, fault, request) : vapi_status(fault);
  reply.headers.insert(reply.headers.end(), fault.headers.begin(), fault.headers.end());
  return reply;
}

Reply html_reply(const Fault& fault) {
  const int status = fault.status == 0 ? 200 : fault.status;
  return text_reply(
      status, "text/html; charset=utf-8",
      fault.body.value_or("<!DOCTYPE html><html><head><title>Please sign in</title></head><body><h1>Please sign in</h1></body></html>"));
}

Reply secret_reply(const Fault& fault, const Request& request) {
  const int status = fault.status == 0 ? 400 : fault.status;
  if (const auto api = model_api_of(request.path)) return refusal(*api, status, "Incorrect API key provided: " + key_of(*api, request));
  const std::string header(request.header("authorization"));
  return envelope(status, "Upstream refused the request with header Authorization: " + header);
}

Reply no_items(const Request& request) {
  const auto api = model_api_of(request.path);
  return api ? empty_list(*api, request.path) : json_reply(200, "[]");
}

Request without_filters(Request request) {
  std::erase_if(request.parameters, [](const auto& parameter) { return parameter.first != "limit" && parameter.first != "pageSize"; });
  return request;
}

/// The same for a list of models: a member more, a new one at the end, one less in the middle.
void change_models(Models& models, ModelList list, const Fault& fault) {
  for (std::size_t i = 0; i < fault.count; ++i) {
    const std::string number = std::to_string(i + 1);
    const auto ids = models.ids(list);
    if (fault.change == "insert") {
      const std::string id = (list == ModelList::Gemini ? "models/" : "") + std::string("created-while-paging-") + number;
      models.put(list, Json(Json::Object{{std::string(id_member(list)), Json(id)}}));
    } else if (!ids.empty() && fault.change == "edit") {
      models.edit(list, ids[(ids.size() / 2 + i) % ids.size()], "edited_while_paging", Json(number));
    } else if (!ids.empty()) {
      models.remove(list, ids[ids.size() / 2]);
    }
  }
}

/// The list moves under the client's feet: a change to items that lie in the middle, or a new one at the front.
void change_items(Shared& shared, const Request& request, const Fault& fault) {
  const std::lock_guard lock(shared.mutex);
  if (const auto api = model_api_of(request.path)) {
    if (const auto list = model_list_at(*api, request.path)) change_models(shared.models, *list, fault);
    return;
  }
  World& world = shared.world;
  if (fault.change == "edit") {
    world.edit_some(fault.count, fault.nth);
    return;
  }
  for (std::size_t i = 0; i < fault.count; ++i) {
    if (fault.change == "insert") {
      world.create(Kind::Assistant, Json(Json::Object{{"name", Json("Created while paging " + std::to_string(i + 1))}}));
    } else if (world.items(Kind::Assistant).size() > 0) {
      const auto& items = world.items(Kind::Assistant).items();
      world.remove(Kind::Assistant, std::string(items[items.size() / 2].id));
    }
  }
}

void cut(Outcome& outcome, const Fault& fault, bool chunked) {
  outcome.delivery.chunked = chunked;
  const auto& body = *outcome.reply->body;
  const std::size_t length = outcome.delivery.gzip ? body.gzip().size() : body.plain().size();
  outcome.delivery.cut_after = fault.bytes.value_or(length / 2);
}

/// Faults that change how a true answer is delivered, or what happens besides.
void bend(Outcome& outcome, Shared& shared, const Request& request, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::CloseAfterReply: outcome.delivery.close_after = true; break;
    case FaultKind::Truncate: cut(outcome, fault, false); break;
    case FaultKind::TruncateChunked: cut(outcome, fault, true); break;
    case FaultKind::Drip:
      outcome.delivery.drip_bytes = std::max<std::size_t>(1, fault.bytes.value_or(16));
      outcome.delivery.drip_wait = fault.wait;
      break;
    case FaultKind::ChangeWhilePaged: change_items(shared, request, fault); break;
    default: break;
  }
}

bool replaces_answer(FaultKind kind) {
  return kind == FaultKind::Status || kind == FaultKind::Html || kind == FaultKind::Hang || kind == FaultKind::EchoSecret;
}

void apply(Outcome& outcome, Shared& shared, const Request& request, const Fault& fault) {
  using End = Outcome::End;
  if (fault.took_effect && replaces_answer(fault.kind)) carry_out(shared, request);
  switch (fault.kind) {
    case FaultKind::ResetBefore: outcome.end = End::Reset; return;
    case FaultKind::CloseBefore: outcome.end = End::Close; return;
    case FaultKind::Hang: outcome.end = End::Hang; return;
    case FaultKind::ResetAfter:
      carry_out(shared, request);
      outcome.end = End::Reset;
      return;
    case FaultKind::Status: outcome.reply = status_reply(fault, request); return;
    case FaultKind::Html: outcome.reply = html_reply(fault); return;
    case FaultKind::EmptyList: outcome.reply = no_items(request); return;
    case FaultKind::EchoSecret: outcome.reply = secret_reply(fault, request); return;
    case FaultKind::IgnoreFilters: outcome.reply = carry_out(shared, without_filters(request)); return;
    default: break;
  }
  outcome.reply = carry_out(shared, request);
  bend(outcome, shared, request, fault);
}

}  // namespace

Outcome strike(Shared& shared, const Request& request, const std::vector<Fault>& faults) {
  Outcome outcome;
  {
    const std::lock_guard lock(shared.mutex);
    outcome.wait = shared.settings.latency;
    outcome.delivery.gzip = shared.settings.gzip && request.header("accept-encoding").find("gzip") != std::string_view::npos;
    outcome.delivery.chunked = shared.settings.chunked;
    outcome.delivery.keep_alive = !equal_ignore_case(request.header("connection"), "close");
  }
  const Fault* first = nullptr;
  for (const auto& fault : faults) {
    if (fault.kind == FaultKind::Latency) outcome.wait += fault.wait;
    if (fault.kind != FaultKind::Latency && first == nullptr) first = &fault;
  }
  if (first == nullptr) {
    outcome.reply = carry_out(shared, request);
  } else {
    apply(outcome, shared, request, *first);
  }
  return outcome;
}

std::string names_of(const std::vector<Fault>& faults) {
  std::vector<std::string> names;
  for (const auto& fault : faults) names.emplace_back(to_string(fault.kind));
  return join(names, ", ");
}

}  // namespace lockstep::sandbox
