#include "plugin/registry.h"

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <charconv>
#include <map>

#include "common/text.h"
#include "common/trust.h"
#include "plugin/elf.h"
#include "plugin/fingerprint.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
namespace dll = boost::dll;

constexpr std::string_view kProviderPrefix = "lockstep_provider_v";
constexpr std::string_view kStorePrefix = "lockstep_store_v";

std::string stem_of(const fs::path& file) {
  std::string stem = file.stem().string();
  if (stem.starts_with("lib")) stem.erase(0, 3);
  return stem;
}

/// What can be said of the file before its bytes are read.
std::optional<std::string> file_problem(const fs::path& file) {
  std::error_code failure;
  if (fs::is_symlink(file, failure) && !fs::exists(file, failure))
    return "is a dangling link to " + fs::read_symlink(file, failure).string();
  const fs::file_status status = fs::status(file, failure);
  if (failure) return "cannot be read: " + failure.message();
  if (fs::is_directory(status)) return "is a directory";
  if (!fs::is_regular_file(status)) return "is no regular file";
  return distrust_of_way(file);
}

/// The interface version in the name of a plugin symbol; nullopt for any other symbol.
std::optional<int> version_of(std::string_view symbol) {
  for (const std::string_view prefix : {kProviderPrefix, kStorePrefix}) {
    if (!symbol.starts_with(prefix)) continue;
    const std::string_view digits = symbol.substr(prefix.size());
    int version = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
    if (problem == std::errc() && end == digits.data() + digits.size()) return version;
  }
  return std::nullopt;
}

/// The kind of plugin, or why the file is none.
std::optional<std::string> symbol_problem(const std::vector<std::string>& symbols, std::string& kind) {
  std::optional<int> theirs;
  std::string other;
  for (const std::string& symbol : symbols) {
    if (symbol == kProviderSymbol) kind += kind.empty() ? "provider" : " and provider";
    if (symbol == kStoreSymbol) kind += kind.empty() ? "store" : " and store";
    if (const auto version = version_of(symbol)) {
      theirs = version;
      other = symbol.starts_with(kProviderPrefix) ? "provider" : "store";
    }
  }
  if (kind == "provider" || kind == "store") return std::nullopt;
  if (!kind.empty()) return "is provider and store at once; a plugin is one of the two";
  if (!theirs) return std::string("is no Lockstep plugin (it exports neither ") + kProviderSymbol + " nor " + kStoreSymbol + ")";
  kind = other;
  return "was built for interface version " + std::to_string(*theirs) +
         ", this program has " LOCKSTEP_STRINGIZE(LOCKSTEP_INTERFACE_VERSION) "; " +
         (*theirs < LOCKSTEP_INTERFACE_VERSION ? "rebuild the plugin" : "update Lockstep");
}

template <class Plugin>
std::optional<std::string> struct_problem(const PluginHead& head, const std::string& stem) {
  if (head.size < sizeof(Plugin) || head.interface_version != LOCKSTEP_INTERFACE_VERSION) {
    return "has a plugin struct of another interface version";
  }
  if (head.fingerprint == nullptr || std::string_view(head.fingerprint) != LOCKSTEP_FINGERPRINT) {
    return foreign_fingerprint(head.fingerprint == nullptr ? "no fingerprint" : head.fingerprint);
  }
  if (head.name == nullptr || stem != head.name) {
    return std::string("calls itself \"") + (head.name == nullptr ? "" : head.name) + "\"; the file must bear the same name";
  }
  if (head.options == nullptr && head.option_count != 0) return "announces options and has none";
  if (reinterpret_cast<const Plugin&>(head).create == nullptr) return "has no factory";
  return std::nullopt;
}

/// What has run stays mapped: its code may still be on a thread's exit path. The handles are kept on purpose, where a leak checker sees
/// them.
std::vector<dll::shared_library>& kept_libraries() {
  static auto& libraries = *new std::vector<dll::shared_library>;
  return libraries;
}

}  // namespace

struct Registry::Impl {
  struct Entry {
    PluginFile file;
    const PluginHead* head = nullptr;
    bool inspected = false;
  };

  /// Every *.so of the directories in order, nothing opened yet; the first file of a name has the name.
  void scan() {
    for (const fs::path& directory : directories) {
      std::error_code failure;
      std::vector<fs::path> found;
      for (const fs::directory_entry& entry : fs::directory_iterator(directory, failure)) {
        if (entry.path().extension() == ".so") found.push_back(entry.path());
      }
      std::sort(found.begin(), found.end());
      for (const fs::path& path : found) add(path);
    }
  }

  void add(const fs::path& path) {
    auto entry = std::make_unique<Entry>();
    entry->file.path = path;
    entry->file.name = stem_of(path);
    const auto taken = by_name.find(entry->file.name);
    if (taken == by_name.end()) {
      by_name.emplace(entry->file.name, entry.get());
    } else {
      entry->inspected = true;
      entry->file.refused = "the name \"" + entry->file.name + "\" is already taken by " + taken->second->file.path.string();
    }
    entries.push_back(std::move(entry));
  }

  /// Looks, then loads, then reads the head. The outcome is in the entry.
  void load(Entry& entry) {
    if (entry.inspected) return;
    entry.inspected = true;
    std::optional<std::string> problem = file_problem(entry.file.path);
    if (!problem) problem = look(entry);
    if (!problem) problem = open(entry);
    if (problem) {
      entry.file.refused = *problem;
      return;
    }
    entry.file.version = entry.head->version == nullptr ? "" : entry.head->version;
    entry.file.summary = entry.head->summary == nullptr ? "" : entry.head->summary;
    entry.file.loaded = true;
  }

  /// What the file's bytes tell; nothing in it has run yet.
  std::optional<std::string> look(Entry& entry) {
    const ElfLook elf = look_at_elf(entry.file.path);
    std::optional<std::string> problem = elf.problem;
    if (!problem) problem = symbol_problem(elf.exported, entry.file.kind);
    if (!problem) problem = fingerprint_problem(elf.bytes);
    return problem;
  }

  std::optional<std::string> open(Entry& entry) {
    try {
      const bool provider = entry.file.kind == "provider";
      dll::shared_library library(entry.file.path, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
      const PluginHead& head = library.get<const PluginHead>(provider ? kProviderSymbol : kStoreSymbol);
      auto problem = provider ? struct_problem<ProviderPlugin>(head, entry.file.name) : struct_problem<StorePlugin>(head, entry.file.name);
      if (problem) return problem;
      kept_libraries().push_back(std::move(library));
      entry.head = &head;
      return std::nullopt;
    } catch (const std::exception& failure) {
      return std::string("cannot be loaded: ") + failure.what();
    }
  }

  const PluginHead& demand(std::string_view name, std::string_view kind) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) throw missing(name, kind);
    Entry& entry = *found->second;
    load(entry);
    if (!entry.file.refused.empty()) {
      throw Error(ErrorKind::Invalid, "plugin " + entry.file.path.string() + " " + entry.file.refused, "run: lockstep plugins");
    }
    if (entry.file.kind != kind) {
      throw Error(ErrorKind::Invalid, "plugin \"" + std::string(name) + "\" is a " + entry.file.kind + ", not a " + std::string(kind));
    }
    return *entry.head;
  }

  Error missing(std::string_view name, std::string_view kind) const {
    std::vector<std::string> known, places;
    for (const auto& [known_name, entry] : by_name) known.push_back(known_name);
    for (const fs::path& directory : directories) places.push_back(directory.string());
    return Error(ErrorKind::Invalid,
                 "no " + std::string(kind) + (kind.empty() ? "" : " ") + "plugin \"" + std::string(name) + "\" in " + join(places, ", ") +
                     did_you_mean(name, known),
                 "run: lockstep plugins");
  }

  std::vector<fs::path> directories;
  std::vector<std::unique_ptr<Entry>> entries;
  std::map<std::string, Entry*, std::less<>> by_name;
};

Registry::Registry(std::vector<fs::path> directories) : impl_(std::make_unique<Impl>()) {
  impl_->directories = std::move(directories);
  impl_->scan();
}

Registry::~Registry() = default;

std::vector<PluginFile> Registry::survey() {
  std::vector<PluginFile> files;
  for (const auto& entry : impl_->entries) {
    impl_->load(*entry);
    files.push_back(entry->file);
  }
  return files;
}

const ProviderPlugin& Registry::provider(std::string_view name) {
  return reinterpret_cast<const ProviderPlugin&>(impl_->demand(name, "provider"));
}

const StorePlugin& Registry::store(std::string_view name) { return reinterpret_cast<const StorePlugin&>(impl_->demand(name, "store")); }

PluginFile Registry::file(std::string_view name) {
  const auto found = impl_->by_name.find(name);
  if (found == impl_->by_name.end()) throw impl_->missing(name, "");
  impl_->load(*found->second);
  return found->second->file;
}

std::vector<std::string> Registry::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : impl_->by_name) names.push_back(name);
  return names;
}

}  // namespace lockstep
