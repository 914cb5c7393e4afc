// Workspace: a configuration come to life: plugins loaded, providers made, mappings and hooks read. It is shared by all that work with it
// and never changes; what one run uses of its own (stores, Lua) belongs to a session (operations/session.h). Each part is made on first
// use, so that a command pays only for the syncs it names, and its mistakes stop only what needs it; who lives long loads all at once.
// Another configuration is another workspace: what still works with this one keeps it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "config/parts.h"

namespace lockstep {

/// Any thread, once the settings are made.
class Workspace {
 public:
  /// `problems`: what reading the configuration found. `plugins` is borrowed.
  Workspace(Configuration configuration, yaml::Problems problems, PluginSource& plugins, yaml::Environment environment);

  // Settings, before anything is loaded.
  /// Answers why the value of a variable may be a secret, but must not say where data goes; nullopt: it may.
  void set_doubt(yaml::Environment doubt) { parts_.set_doubt(std::move(doubt)); }
  /// Replaces the option `timeout` of every provider; empty: no.
  void set_timeout(std::string timeout) { parts_.set_timeout(std::move(timeout)); }

  const Configuration& configuration() const { return configuration_; }
  /// Mistakes found so far, of the configuration and of every file that was opened.
  yaml::Problems problems() const;
  /// Of these: those of the configuration itself, and of these syncs, their providers and stores.
  yaml::Problems problems_of(std::span<const std::string> syncs) const;

  /// The sync with provider and mapping, without a store, and with a hook that is there to be asked for another() only. nullptr when there
  /// are mistakes (see problems_of()) or no such entry.
  const Sync* load(std::string_view name) const;
  /// All of these. Throws Error{Invalid} that tells the mistakes of all of them at once, or names an entry that does not exist.
  std::vector<const Sync*> load_all(std::span<const std::string> names) const;
  /// A mistake for each of these that pairs the same rows with the same items as another sync does: see same_pairs.h. Of a sync that may do
  /// so and cannot be loaded, its mistakes.
  yaml::Problems clashes_of(std::span<const std::string> names) const;
  /// What the other syncs of the same table, account and resource are to a loaded sync.
  std::vector<SyncIdentity> neighbours_of(std::string_view sync) const;
  /// "it is for LOCKSTEP_ENV=development, and this is production", where the configuration limits the provider to other environments.
  std::optional<std::string> out_of_place(std::string_view provider) const;
  /// Why this provider of the configuration cannot be used now: its key is missing, or LOCKSTEP_ENV names an environment in which it is
  /// not there; nullopt when it can.
  std::optional<std::string> unavailable(std::string_view provider) const;

  /// The table that a sync's mapping names, without loading its provider; empty when it cannot be read.
  std::string table_of(std::string_view sync) const;

  /// nullptr when it cannot be made. Made without the options that are wrong; problems() has them.
  Provider* provider(std::string_view name) const;
  /// Checks the options of a store without opening it.
  void check_store(std::string_view name) const;
  /// A new connection, which waits for no lock once `stop` is requested. Throws Error{Invalid} with the mistakes of the store, and what
  /// opening it throws.
  std::unique_ptr<Store> open_store(std::string_view name, std::stop_token stop) const;
  /// A new SQLite database in `file`, which no entry of the configuration names: for trials. Throws when it cannot be opened.
  std::unique_ptr<Store> scratch_store(const std::string& file, std::stop_token stop) const;

 private:
  [[noreturn]] void refuse_sync(const std::string& name) const;

  mutable std::mutex mutex_;
  mutable Parts parts_;  ///< of the parts that there are none changes; more of them are made behind the lock
  const Configuration& configuration_;
};

}  // namespace lockstep
