// ServeSettings: the section `serve:` of a configuration: how `lockstep serve` is reached, and by whom.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/time.h"
#include "common/words.h"
#include "format/form.h"
#include "format/yaml.h"
#include "http/listen_address.h"

namespace lockstep {

/// What somebody may do; each includes those before it.
enum class Scope { Read, Plan, Write, Admin };
const Words<Scope>& scope_words();

/// A token whose secret stands nowhere: `lockstep token create` made it, or a person hashed it.
struct FileToken {
  std::string name;
  Scope scope = Scope::Read;
  std::string sha256;              ///< of the whole token, 64 hexadecimal digits
  std::vector<std::string> syncs;  ///< it is limited to; empty: all
};

struct ServeSettings {
  http::ListenAddress listen{http::ListenAddress::Kind::Tcp, "127.0.0.1", 8787, {}};
  std::string public_url;                    ///< "https://sync.example.com" as people reach it; empty: as it listens
  std::vector<std::string> hosts;            ///< further names under which it is asked
  std::vector<std::string> trusted_proxies;  ///< addresses whose X-Forwarded-For and -Proto are believed
  std::string certificate, key;              ///< PEM files; empty: no TLS
  bool insecure = false;                     ///< other machines may reach it in clear text
  std::string state;                         ///< folder for tokens, pauses and plans; empty: see state_folder()
  std::size_t at_once = 2;                   ///< runs at work
  std::vector<FileToken> tokens;
  std::string phone_numbers, assistants;  ///< syncs that /api/vapi-sync means; empty: the usual ones of Vapi
  yaml::Place place;

  bool tls() const { return !certificate.empty(); }
};

/// The form of the section.
yaml::Form serve_form();
/// What could be read of it; each mistake goes to `problems` with its place. `syncs`: names that tokens may be limited to. Relative paths
/// start at `directory`.
ServeSettings read_serve_settings(const yaml::Node& section, const std::string& directory, const std::vector<std::string>& syncs,
                                  yaml::Problems& problems);

}  // namespace lockstep
