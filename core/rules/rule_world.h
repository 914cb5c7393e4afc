// Rule world: the two sides of a case: a provider with at most one item, which remembers what it was sent, and a scratch database.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "mapping/mapping.h"
#include "rules/rule_tests.h"
#include "sdk/provider.h"
#include "sdk/store.h"

namespace lockstep {

/// A provider of one resource and one item. What is written is merged as an API does it: each top-level key whole.
class OneItem : public Provider {
 public:
  explicit OneItem(const Resource& resource) : resource_(resource) {}

  /// The item there is from now on; one without an identity gets "item-1".
  void hold(const std::optional<Json>& document);
  /// Identity of the item, "" while there is none.
  std::string id() const;
  /// Bodies of creates and updates so far, creates without Lockstep's marker.
  const std::vector<Json>& sent() const { return sent_; }

  std::span<const Resource> resources() const override { return {&resource_, 1}; }
  Credentials credentials() const override { return {true, {}}; }
  void check(Call&) override {}
  std::unique_ptr<PageStream> list(const Resource& resource, const ListQuery& query, Call& call) override;
  std::optional<Document> get(const Resource& resource, std::string_view id, Call& call) override;
  Document create(const Resource& resource, const Json& body, Call& call) override;
  Document update(const Resource& resource, std::string_view id, const Json& changed, Call& call) override;

 private:
  Document document() const;
  void take(const Json& body);

  const Resource& resource_;
  std::optional<Json> item_;
  std::vector<Json> sent_;
};

/// The database of a case. Throws Error{Invalid} for rows that it cannot hold.
class ScratchTables {
 public:
  ScratchTables(Store& store, const Mapping& mapping) : store_(store), mapping_(mapping), table_(mapping.table()) {}

  /// Makes the tables: the mapping's, those it refers to, and those of the case with their rows.
  void fill(const TestTables& tables);
  /// A row of the mapping's table of its own.
  void insert(const Json& cells);
  /// Sets these cells of the row with this identity; false when there is none.
  bool edit(const std::string& id, const Json& cells);
  /// The rows of the mapping's table, as objects column → value.
  std::vector<Json> rows();

 private:
  void insert_into(const Table& table, const Json::Array& rows);
  void insert_rows(const Table& table, const std::vector<std::string>& columns, const Json::Array& rows);
  Rows read(const std::vector<std::string>& columns);

  Store& store_;
  const Mapping& mapping_;
  Table table_;
};

}  // namespace lockstep
