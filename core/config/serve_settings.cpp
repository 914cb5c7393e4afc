#include "config/serve_settings.h"

#include <algorithm>
#include <filesystem>

#include "common/error.h"
#include "common/text.h"
#include "config/config.h"
#include "http/url.h"

namespace lockstep {
namespace {

constexpr Words<Scope> kScopes({{Scope::Read, "read", "sees status, history, conflicts and models"},
                                {Scope::Plan, "plan", "makes plans, too, which write nothing"},
                                {Scope::Write, "write", "runs and applies, decides conflicts, pauses and resumes"},
                                {Scope::Admin, "admin", "rolls back, passes guards, makes tokens, reloads the configuration"}});

constexpr const char* kDigest = "[0-9a-f]{64}";

yaml::Form token_form() {
  return yaml::map({{"name", yaml::text(1), "whose it is, for the journal", true},
                    {"scope", yaml::choice(scope_words().texts()), "what it may do", true},
                    {"sha256", yaml::matching(kDigest), "SHA-256 of the token: printf %s TOKEN | sha256sum", true},
                    {"syncs", yaml::list(yaml::text(1), 1), "the only syncs that it may see"}});
}

class Reader {
 public:
  Reader(const yaml::Node& section, const std::string& directory, const std::vector<std::string>& syncs, yaml::Problems& problems)
      : section_(section), directory_(directory), syncs_(syncs), problems_(problems) {}

  ServeSettings read() {
    ServeSettings out;
    out.place = section_.place;
    listen(out);
    public_url(out);
    out.hosts = names(section_["hosts"]);
    out.trusted_proxies = names(section_["trusted_proxies"]);
    tls(out);
    out.insecure = yaml::as_boolean(section_["insecure"], problems_).value_or(false);
    if (const auto state = text(section_["state"])) out.state = resolve_path(directory_, section_["state"]);
    if (const auto count = yaml::as_integer(section_["at_once"], problems_))
      out.at_once = static_cast<std::size_t>(std::clamp<std::int64_t>(*count, 1, 64));
    for (const yaml::Node& token : section_["tokens"].items) tokens(token, out);
    out.phone_numbers = sync(section_["vapi_sync"]["phone_numbers"]).value_or("");
    out.assistants = sync(section_["vapi_sync"]["assistants"]).value_or("");
    refuse_clear_text(out);
    return out;
  }

 private:
  std::optional<std::string> text(const yaml::Node& node) {
    auto found = yaml::as_text(node, problems_);
    return found && found->empty() ? std::nullopt : found;
  }

  std::vector<std::string> names(const yaml::Node& list) {
    std::vector<std::string> out;
    for (const yaml::Node& item : list.items) {
      if (const auto name = text(item)) out.push_back(to_lower(*name));
    }
    return out;
  }

  /// The name of a sync.
  std::optional<std::string> sync(const yaml::Node& node) {
    auto name = text(node);
    if (name && std::find(syncs_.begin(), syncs_.end(), *name) == syncs_.end())
      problems_.add(node.place, "no entry \"" + *name + "\" under syncs" + did_you_mean(*name, syncs_));
    return name;
  }

  void listen(ServeSettings& out) {
    const auto given = text(section_["listen"]);
    if (!given) return;
    try {
      out.listen = http::parse_listen(*given);
    } catch (const Error& error) {
      problems_.add(section_["listen"].place, error.what());
    }
  }

  void public_url(ServeSettings& out) {
    const auto given = text(section_["public_url"]);
    if (!given) return;
    try {
      http::parse_base_url(*given);
      out.public_url = *given;
    } catch (const Error& error) {
      problems_.add(section_["public_url"].place, error.what());
    }
  }

  void tls(ServeSettings& out) {
    const yaml::Node& node = section_["tls"];
    if (!node) return;
    if (text(node["certificate"])) out.certificate = resolve_path(directory_, node["certificate"]);
    if (text(node["key"])) out.key = resolve_path(directory_, node["key"]);
    if (out.certificate.empty() || out.key.empty()) problems_.add(node.place, "tls needs both \"certificate\" and \"key\"");
  }

  void tokens(const yaml::Node& node, ServeSettings& out) {
    FileToken token;
    token.name = text(node["name"]).value_or("");
    token.sha256 = text(node["sha256"]).value_or("");
    if (const auto scope = text(node["scope"])) token.scope = scope_words().find(*scope).value_or(Scope::Read);
    for (const yaml::Node& item : node["syncs"].items) {
      if (const auto name = sync(item)) token.syncs.push_back(*name);
    }
    out.tokens.push_back(std::move(token));
  }

  /// Tokens and prompts would travel over the network for everybody to read.
  void refuse_clear_text(const ServeSettings& out) {
    if (out.listen.local() || out.tls() || out.insecure || !out.trusted_proxies.empty()) return;
    problems_.add(section_["listen"] ? section_["listen"].place : out.place,
                  out.listen.text() +
                      " is reached by other machines in clear text; give it \"tls\", or listen on 127.0.0.1 behind a proxy, "
                      "or name that proxy under \"trusted_proxies\", or say insecure: true");
  }

  const yaml::Node& section_;
  const std::string directory_;
  const std::vector<std::string>& syncs_;
  yaml::Problems& problems_;
};

}  // namespace

const Words<Scope>& scope_words() { return kScopes; }

yaml::Form serve_form() {
  using Kind = yaml::Form::Kind;
  return yaml::map(
      {{"listen", yaml::text(1), "HOST:PORT, unix:/PATH, or systemd for a socket that systemd opens", false, "127.0.0.1:8787"},
       {"public_url", yaml::text(1), "how people reach it, where a proxy stands in front: https://sync.example.com"},
       {"hosts", yaml::list(yaml::text(1), 1), "further host names under which it is asked"},
       {"trusted_proxies", yaml::list(yaml::text(1), 1), "addresses of proxies whose X-Forwarded-For and -Proto are believed"},
       {"tls",
        yaml::map({{"certificate", yaml::text(1), "PEM file with the certificate and its chain", true},
                   {"key", yaml::text(1), "PEM file with the private key", true}}),
        "serves https itself"},
       {"insecure", yaml::of(Kind::Boolean), "other machines may reach it in clear text", false, "false"},
       {"state", yaml::text(1),
        "folder for tokens, pauses and plans; without it the one of systemd, else .lockstep beside the configuration"},
       {"at_once", yaml::integer(1, 64), "runs that work at the same time, of different syncs", false, "2"},
       {"tokens", yaml::list(token_form()), "who may ask, beside those of `lockstep token create`"},
       {"vapi_sync",
        yaml::map({{"phone_numbers", yaml::text(1), "a sync of phone numbers"}, {"assistants", yaml::text(1), "a sync of assistants"}}),
        "the syncs that the paths /api/vapi-sync mean; without it, the usual ones of Vapi"}});
}

ServeSettings read_serve_settings(const yaml::Node& section, const std::string& directory, const std::vector<std::string>& syncs,
                                  yaml::Problems& problems) {
  if (!section || section.kind == yaml::Node::Kind::Null) return {};
  yaml::Problems found;
  yaml::check(section, serve_form(), "serve", found);
  problems.add(found);
  if (!found.empty()) return {};
  return Reader(section, directory, syncs, problems).read();
}

}  // namespace lockstep
