// One source, many faults: which one is chosen by the definitions that CMakeLists.txt gives.
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "sdk/plugin.h"

#ifndef PLUGIN_NAME
#define PLUGIN_NAME "both"
#endif

#if defined(FOREIGN_FINGERPRINT)
#define FINGERPRINT "interface=1 abi=1002 libstdc++=0 sanitizer=none"
#elif defined(HIDDEN_FINGERPRINT)
// No text in the file looks like a fingerprint: only the struct tells.
#define FINGERPRINT "of another world"
#else
#define FINGERPRINT LOCKSTEP_FINGERPRINT
#endif

#ifdef SMALL_STRUCT
#define STRUCT_SIZE 8
#else
#define STRUCT_SIZE sizeof(lockstep::ProviderPlugin)
#endif

#ifdef NO_FACTORY
#define PROVIDER_FACTORY nullptr
#else
#define PROVIDER_FACTORY fail_provider
#endif

#ifdef NO_OPTIONS
#define OPTION_COUNT 3
#else
#define OPTION_COUNT 0
#endif

#ifdef ABORT_WHEN_LOADED
__attribute__((constructor)) static void abort_when_loaded() { std::abort(); }
#endif

#ifdef TELL_WHEN_LOADED
/// Its code has run when the file exists that the variable names.
__attribute__((constructor)) static void tell_when_loaded() {
  if (const char* file = std::getenv("LOCKSTEP_TEST_LOADED")) std::ofstream(file) << "loaded";
}
#endif

#ifdef UNDEFINED_SYMBOL
extern "C" int lockstep_test_symbol_that_nobody_defines();
#endif

namespace {

[[maybe_unused]] lockstep::Provider* fail_provider(const std::string& name, const lockstep::OptionValues&, std::string& error) noexcept {
  error = name + " cannot be made today";
#ifdef UNDEFINED_SYMBOL
  lockstep_test_symbol_that_nobody_defines();
#endif
#ifdef CRASHING_FACTORY
  std::raise(SIGKILL);
#endif
#ifdef ENDING_FACTORY
  std::_Exit(7);
#endif
  return nullptr;
}

[[maybe_unused]] lockstep::Store* fail_store(const std::string&, const lockstep::OptionValues&, std::string&) noexcept { return nullptr; }

}  // namespace

extern "C" {
#ifdef EXPORT_PROVIDER
extern const lockstep::ProviderPlugin lockstep_provider_v1;
const lockstep::ProviderPlugin lockstep_provider_v1 = {
    {STRUCT_SIZE, LOCKSTEP_INTERFACE_VERSION, PLUGIN_NAME, "0.0.1", "fails", FINGERPRINT, nullptr, OPTION_COUNT}, PROVIDER_FACTORY};
#endif
#ifdef EXPORT_STORE
extern const lockstep::StorePlugin lockstep_store_v1;
const lockstep::StorePlugin lockstep_store_v1 = {
    {sizeof(lockstep::StorePlugin), LOCKSTEP_INTERFACE_VERSION, PLUGIN_NAME, "0.0.1", "fails", FINGERPRINT, nullptr, 0}, fail_store};
#endif
#ifdef EXPORT_NEWER
extern const int lockstep_provider_v2;
const int lockstep_provider_v2 = 0;
#endif
#ifdef EXPORT_NONSENSE
extern const int lockstep_provider_vX;
const int lockstep_provider_vX = 0;
#endif
#ifdef EXPORT_OLDER
extern const int lockstep_store_v0;
const int lockstep_store_v0 = 0;
#endif
extern const int lockstep_test_plugin;
const int lockstep_test_plugin = 1;
}
