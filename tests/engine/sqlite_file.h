// A real SQLite file through the plugin, and pages of records, for worlds that run the engine.
#pragma once

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/hash.h"
#include "data/row.h"
#include "sdk/plugin.h"
#include "sdk/provider.h"
#include "sdk/store.h"

namespace lockstep::test {

/// "test.db" in this folder.
inline std::unique_ptr<Store> open_sqlite(const std::filesystem::path& folder) {
  static void* const library = dlopen(LOCKSTEP_BINARY_DIR "/lib/lockstep/plugins/sqlite.so", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  const auto& plugin = *static_cast<const StorePlugin*>(dlsym(library, kStoreSymbol));
  const OptionValues options({plugin.head.options, plugin.head.option_count}, {{"path", (folder / "test.db").string()}});
  std::string error;
  Store* store = plugin.create("test", options, error);
  if (store == nullptr) throw std::runtime_error(error);
  return std::unique_ptr<Store>(store);
}

/// Cells of one table, each row joined by `joint`; "-" is null. Empty where there is no such table.
inline std::vector<std::string> rows_of(Store& store, const std::string& table, const std::vector<std::string>& columns,
                                        const std::string& order, const char* joint) {
  std::vector<std::string> out;
  const auto info = store.inspect(table);
  if (!info) return out;
  const Rows found = store.read(Table{table, info->columns, info->primary_key, {}}, Shape(columns), {{}, {order}, 0});
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::string line;
    for (std::size_t at = 0; at < columns.size(); ++at)
      line += (at > 0 ? joint : "") + (found[i][at].is_nothing() ? "-" : to_display(found[i][at]));
    out.push_back(std::move(line));
  }
  return out;
}

inline void add_record(Page& page, const std::string& id, const std::string& record) {
  char* text = page.arena.allocate(record.size() + kPagePadding);
  std::copy(record.begin(), record.end(), text);
  std::fill_n(text + record.size(), kPagePadding, '\0');
  const std::string_view raw{text, record.size()};
  page.records.push_back({page.arena.copy(id), raw, hash128(raw)});
}

}  // namespace lockstep::test
