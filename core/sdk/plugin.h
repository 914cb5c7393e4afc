// Plugin: the plain struct that a shared library exports, and the fingerprint that keeps foreign builds out.
//
//   extern "C" const lockstep::ProviderPlugin lockstep_provider_v1 = {…};      or      lockstep::StorePlugin lockstep_store_v1
//
// The symbol's name carries kind and interface version, so that it can be read from the file before anything in it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include "sdk/headers_hash.h"
#include "sdk/options.h"
#include "sdk/provider.h"
#include "sdk/store.h"

#define LOCKSTEP_INTERFACE_VERSION 1
#define LOCKSTEP_STRINGIZE_(x) #x
#define LOCKSTEP_STRINGIZE(x) LOCKSTEP_STRINGIZE_(x)

#if defined(__SANITIZE_ADDRESS__)
#define LOCKSTEP_SANITIZER "address"
#elif defined(__SANITIZE_THREAD__)
#define LOCKSTEP_SANITIZER "thread"
#else
#define LOCKSTEP_SANITIZER "none"
#endif

/// What must be equal for C++ objects to pass between program and plugin: interface, the text of the SDK's headers, compiler's ABI,
/// libstdc++'s ABI, sanitizer.
#define LOCKSTEP_FINGERPRINT                                                                                                \
  "interface=" LOCKSTEP_STRINGIZE(LOCKSTEP_INTERFACE_VERSION) " headers=" LOCKSTEP_HEADERS_HASH " abi=" LOCKSTEP_STRINGIZE( \
      __GXX_ABI_VERSION) " libstdc++=" LOCKSTEP_STRINGIZE(_GLIBCXX_USE_CXX11_ABI) " sanitizer=" LOCKSTEP_SANITIZER

namespace lockstep {

/// Common head of both structs. Members are only ever appended; `size` says how many there are.
struct PluginHead {
  std::uint32_t size;
  std::uint32_t interface_version;
  const char* name;         ///< "vapi": what the configuration calls it
  const char* version;      ///< "1.0.0"
  const char* summary;      ///< one line
  const char* fingerprint;  ///< LOCKSTEP_FINGERPRINT
  const Option* options;
  std::size_t option_count;
};

/// `name`: what the configuration calls this instance. On failure nullptr and a text in `error`; never throws.
struct ProviderPlugin {
  PluginHead head;
  Provider* (*create)(const std::string& name, const OptionValues& options, std::string& error) noexcept;
};

struct StorePlugin {
  PluginHead head;
  Store* (*create)(const std::string& name, const OptionValues& options, std::string& error) noexcept;
};

inline constexpr const char* kProviderSymbol = "lockstep_provider_v1";
inline constexpr const char* kStoreSymbol = "lockstep_store_v1";

/// Exports the plugin of a library; at the end of one file, outside every namespace. `option_table`: an array of Option, static.
#define LOCKSTEP_EXPORT_PROVIDER(plugin_name, plugin_version, plugin_summary, option_table, factory) \
  LOCKSTEP_EXPORT_(ProviderPlugin, lockstep_provider_v1, plugin_name, plugin_version, plugin_summary, option_table, factory)
#define LOCKSTEP_EXPORT_STORE(plugin_name, plugin_version, plugin_summary, option_table, factory) \
  LOCKSTEP_EXPORT_(StorePlugin, lockstep_store_v1, plugin_name, plugin_version, plugin_summary, option_table, factory)
#define LOCKSTEP_EXPORT_(type, symbol, plugin_name, plugin_version, plugin_summary, option_table, factory)                         \
  extern "C" __attribute__((visibility("default"))) const lockstep::type symbol;                                                   \
  const lockstep::type symbol = {{sizeof(lockstep::type), LOCKSTEP_INTERFACE_VERSION, plugin_name, plugin_version, plugin_summary, \
                                  LOCKSTEP_FINGERPRINT, std::data(option_table), std::size(option_table)},                         \
                                 factory};

/// Runs a factory body and turns what it throws into text. Use it as the body of `create`.
template <class Door, class Make>
Door* guarded_create(std::string& error, Make&& make) noexcept {
  try {
    return make().release();
  } catch (const std::exception& failure) {
    error = failure.what();
  } catch (...) {
    error = "unknown exception";
  }
  return nullptr;
}

}  // namespace lockstep
