// serve and token: the service, and who may ask it.
#include "serve/serving.h"

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/signals.h"
#include "common/error.h"
#include "common/log.h"
#include "common/text.h"

namespace lockstep {
namespace {

serve::Tokens open_tokens(const serve::StateFolder& folder, const Context& context) {
  return {folder, context.workspace->configuration().serve.tokens, context.clock};
}

int create_token(Context& context, serve::Tokens& tokens, const std::string& name) {
  const Arguments& given = context.arguments;
  serve::NewToken token{name, scope_words().find(given.text("scope", "read")).value(), given.list("sync")};
  const std::vector<std::string> known = context.workspace->configuration().sync_names();
  for (const std::string& sync : token.syncs) {
    if (std::find(known.begin(), known.end(), sync) == known.end())
      throw Error(ErrorKind::NotFound, "no sync " + in_quotes(sync) + did_you_mean(sync, known));
  }
  if (given.has("expires-in")) {
    const auto duration = parse_duration(given.text("expires-in"));
    if (!duration || *duration <= Millis::zero()) throw Error(ErrorKind::Invalid, "--expires-in: expected a duration such as 90d");
    token.expires_at = context.clock.now() + Micros{duration->count()} * 1000;
  }
  const std::string secret = tokens.create(token);
  if (context.for_programs()) {
    context.print(Json::Object{{"token", secret}, {"name", name}, {"exit", 0}});
  } else {
    context.out.line(secret);
    context.out.flush();
    context.diagnostics.line("It is shown this once. Send it in the header Authorization, behind the word Bearer.");
    if (const std::string page = serve::page_address(context.workspace->configuration().serve); !page.empty())
      context.diagnostics.line("Or open the page with it: " + page + "/login#token=" + secret);
  }
  return 0;
}

int list_tokens(Context& context, const serve::Tokens& tokens) {
  std::vector<std::vector<std::string>> rows{{"NAME", "SCOPE", "SYNCS", "CREATED", "STATE"}};
  Json::Array items;
  const Micros now = context.clock.now();
  for (const serve::Token& token : tokens.list()) {
    items.push_back(to_json(token));
    rows.push_back({printable(token.name), std::string(scope_words().word(token.scope)),
                    token.syncs.empty() ? "all" : join(token.syncs, ","),
                    token.created_at == 0 ? "in the configuration" : shown_time(token.created_at),
                    token.revoked_at != 0 ? "revoked"
                    : token.valid(now)    ? "valid"
                                          : "expired"});
  }
  if (context.for_programs()) {
    context.print(Json::Object{{"tokens", std::move(items)}, {"exit", 0}});
  } else if (rows.size() == 1) {
    context.out.line("No tokens. Make one: lockstep token create NAME --scope read");
  } else {
    context.out.lines(align(rows));
  }
  return 0;
}

int revoke_token(Context& context, serve::Tokens& tokens, const std::string& name) {
  const serve::Token token = tokens.revoke(name);
  if (context.for_programs()) {
    Json out = to_json(token);
    out["exit"] = Json(0);
    context.print(out);
  } else {
    context.out.line("Revoked " + in_quotes(token.name) + ".");
  }
  return 0;
}

}  // namespace

int serve_command(Context& context) {
  // What it does is told in its log.
  serve::ServingInput input{
      {.load = context.read_anew, .clock = context.clock, .version = LOCKSTEP_VERSION, .plugin_directories = context.plugin_directories},
      context.stop};
  input.on_hangup = [](std::function<void()> work) { on_hangup(std::move(work)); };
  input.ready = [&](const std::string& address) {
    if (context.for_programs()) {
      context.print(Json::Object{{"listening", address}});
    } else {
      context.out.line("Listening on " + address);
    }
    context.out.flush();
  };
  serve::serve_until_stopped(std::move(input));
  return 0;
}

int token_command(Context& context) {
  const std::vector<std::string>& words = context.arguments.positionals;
  context.workspace->problems().raise();
  const serve::StateFolder folder(serve::state_path(context.workspace->configuration()));
  serve::Tokens tokens = open_tokens(folder, context);
  if (words[0] == "list" && words.size() == 1) return list_tokens(context, tokens);
  if (words[0] == "create" && words.size() == 2) return create_token(context, tokens, words[1]);
  if (words[0] == "revoke" && words.size() == 2) return revoke_token(context, tokens, words[1]);
  throw Error(ErrorKind::Invalid, "token needs an action, and for create and revoke a name",
              "lockstep token create NAME, lockstep token list, or lockstep token revoke NAME");
}

}  // namespace lockstep
