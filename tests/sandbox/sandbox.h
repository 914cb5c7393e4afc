// Sandbox: a stateful stand-in for the Vapi API and the model APIs on 127.0.0.1, with faults on demand. Tests run it in their own process
// through this class; the program lockstep-sandbox and the paths under /_sandbox offer the same abilities from outside.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.h"
#include "data/json.h"
#include "sandbox/faults.h"
#include "sandbox/log.h"
#include "sandbox/models.h"
#include "sandbox/vapi.h"
#include "sandbox/world.h"

namespace lockstep::sandbox {

struct Settings {
  Manners manners;       ///< the key, and the order of lists
  bool gzip = true;      ///< compress for clients that accept it
  bool chunked = false;  ///< Transfer-Encoding: chunked in place of Content-Length
  Millis latency{0};     ///< before every answer
  double rate = 0;       ///< more requests a second than this are answered with 429; as many at once are let through; 0: no limit
};

struct Options {
  std::uint16_t port = 0;  ///< 0: any free one
  /// So many assistants at the start and after reset(): the hand-made ones (15) first, then generated ones.
  std::size_t assistants = 15;
  Generate generate;              ///< how to generate; `count` is added to `assistants`
  std::size_t phone_numbers = 0;  ///< generated ones beside the hand-made
  std::optional<Json> state;      ///< in place of both: see World::load
  std::optional<Json> models;     ///< in place of the hand-made lists of models that it names: see Models::load_all
  Settings settings;
  const Clock* clock = &system_clock();
};

/// Thread-safe. Listens from construction to destruction.
class Sandbox {
 public:
  Sandbox();
  explicit Sandbox(Options options);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  std::uint16_t port() const;
  /// "http://127.0.0.1:PORT".
  std::string url() const;
  std::string key() const;

  std::size_t size(Kind kind = Kind::Assistant) const;
  /// In the order of a list, newest first.
  std::vector<std::string> ids(Kind kind = Kind::Assistant) const;
  /// The item as a client would see it; nullopt when there is none.
  std::optional<Json> item(std::string_view id) const;
  /// The write-only secret that was last sent for it, or "".
  std::string secret(std::string_view id) const;
  /// See World: these change the remote side behind the product's back.
  std::string put(Json document, Kind kind = Kind::Assistant);
  void edit(std::string_view id, std::string_view path, Json value);
  std::vector<std::string> edit_some(std::size_t count, std::uint64_t seed = 1);
  /// True when it was there.
  bool remove(std::string_view id);
  std::vector<std::string> generate(const Generate& spec);
  std::string state() const;
  void load(const Json& state);
  /// Changes the lists of the model APIs, or looks at them.
  void change_models(const std::function<void(Models&)>& change);
  std::vector<std::string> model_ids(ModelList list) const;
  /// Back to the start: state, settings, no faults, empty log.
  void reset();

  Settings settings() const;
  void set(const Settings& settings);
  void fault(Fault fault);
  void clear_faults();
  std::vector<LoggedRequest> requests() const;
  /// How many requests of a method were made, whatever became of them.
  std::size_t count(std::string_view method) const;
  void clear_requests();

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace lockstep::sandbox
