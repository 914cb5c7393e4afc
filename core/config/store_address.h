// The address of a store: one value that says which database, and with it which plugin. "app.db" is an SQLite file, "postgresql://…" a
// PostgreSQL database, "mysql://…" one of MySQL or MariaDB.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct StoreAddress {
  const char* plugin;
  const char* option;  ///< of the plugin, which takes the address
};

/// nullopt: it names a kind of database that no plugin is for.
std::optional<StoreAddress> store_at(std::string_view address);

/// True for an option that an address is given as.
bool is_address_option(std::string_view option);

/// The plugins that an address can stand for.
std::vector<std::string> store_kinds();

/// "a path (sqlite), postgresql://… (postgresql), …".
std::string store_addresses();

}  // namespace lockstep
