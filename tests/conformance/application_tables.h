// A table that an application made, on any server: its cells written, read and refused.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "common/error.h"
#include "conformance/store_checks.h"
#include "sdk/store.h"

namespace lockstep::conformance {

struct KeptCell {
  const char* column;
  Value written;
  const char* read;  ///< as spell() writes it; nullptr: as it was written
};

template <class Database>
class ApplicationTables : public testing::Test {
 protected:
  void SetUp() override {
    need();
    if (IsSkipped()) return;
    database_ = std::make_unique<Database>();
    trial_ = std::make_unique<StoreTrial>(*database_);
  }

  /// Skips the test where no server is installed.
  virtual void need() = 0;

  Store& store() { return trial_->store(); }
  void run(const std::string& sql) { database_->execute(sql); }
  RowKey insert(const Table& table, const std::string& column, const Value& value) {
    return trial_->insert(table, Shape({column}), {{value}}).at(0);
  }
  Value read(const Table& table, const std::string& column, const RowKey& key) {
    rows_ = trial_->read(table, Shape({column}), {{{table.primary_key.front(), Filter::Op::Equal, {key[0]}}}, {}, 0});
    return rows_.empty() ? Value() : rows_[0][0];
  }
  Outcome update(const Table& table, const std::string& column, const RowKey& key, const Value& expected, const Value& value) {
    const auto transaction = store().begin(trial_->lease());
    const Guarded change{{key[0]}, {0}, {expected}, {value}};
    const Outcome outcome = transaction->update(table, Shape({column}), std::span(&change, 1)).at(0);
    transaction->commit();
    return outcome;
  }
  /// What an insert of the value is refused with; empty when it was taken.
  std::string refusal(const Table& table, const std::string& column, const Value& value) {
    const auto transaction = store().begin(trial_->lease());
    try {
      transaction->insert(table, Shape({column}), rows_of(1, {{value}}));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Rejected) << error.what();
      return error.what();
    }
    return {};
  }
  /// What is written comes back as it was, or as `read` says, and is known again by a guard.
  void expect_kept(const Table& table, std::span<const KeptCell> cells) {
    for (const KeptCell& one : cells) {
      const RowKey key = insert(table, one.column, one.written);
      const Value found = read(table, one.column, key);
      EXPECT_EQ(spell(found), one.read != nullptr ? one.read : spell(one.written)) << one.column;
      EXPECT_EQ(update(table, one.column, key, found, Value::null()), Outcome::Written)
          << one.column << ": what was read is said to have moved";
    }
  }
  /// `named`: what is said in a column's place.
  void expect_refused(const Table& table, std::span<const std::pair<const char*, Value>> cells,
                      const std::map<std::string, std::string>& named = {}) {
    for (const auto& [column, value] : cells) {
      const std::string text = refusal(table, column, value);
      const auto name = named.find(column);
      EXPECT_NE(text.find(name == named.end() ? column : name->second), std::string::npos)
          << column << " " << spell(value).substr(0, 60) << ": " << text;
    }
    EXPECT_EQ(store().count(table, {}), 0U);
  }
  static std::string kind_and_text(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return std::string(to_string(error.kind())) + ": " + error.what();
    }
    return "nothing";
  }

  std::unique_ptr<Database> database_;
  std::unique_ptr<StoreTrial> trial_;
  Rows rows_;
};

}  // namespace lockstep::conformance
