#include "config/workspace.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"

namespace lockstep {

Workspace::Workspace(Configuration configuration, yaml::Problems problems, PluginSource& plugins, yaml::Environment environment)
    : parts_(std::move(configuration), std::move(problems), plugins, std::move(environment)), configuration_(parts_.configuration()) {}

yaml::Problems Workspace::problems() const {
  const std::lock_guard lock(mutex_);
  return parts_.problems();
}

yaml::Problems Workspace::problems_of(std::span<const std::string> syncs) const {
  const std::lock_guard lock(mutex_);
  return parts_.problems_of(syncs);
}

const Sync* Workspace::load(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return parts_.load(name);
}

std::vector<const Sync*> Workspace::load_all(std::span<const std::string> names) const {
  std::vector<const Sync*> syncs;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (configuration_.sync(names[i]) == nullptr && problems_of(names.first(i)).empty()) refuse_sync(names[i]);
    syncs.push_back(load(names[i]));
  }
  problems_of(names).raise();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (syncs[i] == nullptr) refuse_sync(names[i]);
  }
  return syncs;
}

void Workspace::refuse_sync(const std::string& name) const {
  const std::vector<std::string> known = configuration_.sync_names();
  throw Error(ErrorKind::Invalid, "no sync " + in_quotes(name) + " in " + configuration_.file + did_you_mean(name, known),
              known.empty() ? "declare one under syncs" : "the syncs are " + join(known, ", "));
}

yaml::Problems Workspace::clashes_of(std::span<const std::string> names) const {
  const std::lock_guard lock(mutex_);
  return parts_.clashes_of(names);
}

std::vector<SyncIdentity> Workspace::neighbours_of(std::string_view sync) const {
  const std::lock_guard lock(mutex_);
  return parts_.neighbours_of(sync);
}

std::optional<std::string> Workspace::out_of_place(std::string_view name) const {
  const PluginUse* use = configuration_.provider(name);
  if (use == nullptr || use->environments.empty()) return std::nullopt;
  const yaml::Environment& environment = parts_.environment();
  const std::string given = environment ? environment("LOCKSTEP_ENV").value_or("") : "";
  const std::string here = given.empty() ? "production" : given;
  if (std::find(use->environments.begin(), use->environments.end(), here) != use->environments.end()) return std::nullopt;
  return "it is for LOCKSTEP_ENV=" + join(use->environments, " or ") + ", and this is " + here;
}

std::optional<std::string> Workspace::unavailable(std::string_view name) const {
  const PluginUse* use = configuration_.provider(name);
  if (use == nullptr) return "there is no such provider in " + configuration_.file;
  if (auto why = out_of_place(name)) return why;
  const Provider* made = provider(name);
  if (made == nullptr) return std::nullopt;  // its mistakes are told of elsewhere
  const Credentials credentials = made->credentials();
  if (credentials.present) return std::nullopt;
  return use->label + " API key not configured: set " + credentials.missing;
}

std::string Workspace::table_of(std::string_view sync) const {
  const std::lock_guard lock(mutex_);
  return parts_.table_of(sync);
}

Provider* Workspace::provider(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return parts_.provider(name);
}

void Workspace::check_store(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  parts_.check_store(name);
}

std::unique_ptr<Store> Workspace::open_store(std::string_view name, std::stop_token stop) const {
  // Opening may take long, and keeps nobody waiting.
  const auto recipe = [&] {
    const std::lock_guard lock(mutex_);
    return parts_.store(name);
  };
  return recipe().open(std::move(stop));
}

std::unique_ptr<Store> Workspace::scratch_store(const std::string& file, std::stop_token stop) const {
  return parts_.scratch_store(file).open(std::move(stop));
}

}  // namespace lockstep
