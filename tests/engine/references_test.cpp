// Lookups in both directions: what a table calls an item and what the remote does, over a store of two tables.
#include "engine/sides/references.h"

#include <gtest/gtest.h>

#include "format/yaml.h"

namespace lockstep {
namespace {

/// A table `agents` of (id, remote_id), read as a database would answer it. What a lookup never needs throws.
class AgentsStore : public Store {
 public:
  std::vector<std::pair<std::int64_t, std::string>> agents{{1, "a1"}, {2, "a2"}, {3, ""}};
  bool exists = true;
  int reads = 0;

  std::optional<TableInfo> inspect(std::string_view table) override {
    if (!exists || table != "agents") return std::nullopt;
    return TableInfo{{{"id", ColumnType::Integer, false, ""}, {"remote_id", ColumnType::Key, true, ""}}, {"id"}, {}, {}, false, {}};
  }
  Rows read(const Table&, const Shape& columns, const Filter& filter) override {
    ++reads;
    EXPECT_EQ(columns.columns(), (std::vector<std::string>{"remote_id", "id"}));
    Rows rows(2);
    for (const auto& [id, remote] : agents) {
      const bool by_id = filter.where[0].column == "id";
      for (const Value& value : filter.where[0].values) {
        EXPECT_EQ(value.tag(), by_id ? Value::Tag::Int : Value::Tag::Text) << "a database compares no text with a number";
        if (to_display(value) != (by_id ? std::to_string(id) : remote)) continue;
        const Value row[] = {remote.empty() ? Value::null() : Value::text(remote), Value::integer(id)};
        rows.add_copied(row);
      }
    }
    return rows;
  }
  std::vector<std::string> prepare(const Table&, bool) override { throw Error(ErrorKind::Invalid, "not asked for"); }
  std::uint64_t count(const Table&, const Filter&) override { throw Error(ErrorKind::Invalid, "not asked for"); }
  std::unique_ptr<Lease> lease(std::string_view) override { throw Error(ErrorKind::Invalid, "not asked for"); }
  std::unique_ptr<Transaction> begin(const Lease&) override { throw Error(ErrorKind::Invalid, "not asked for"); }
  std::string describe() const override { return "agents"; }
};

class ReferencesTest : public ::testing::Test {
 protected:
  static Mapping mapping() {
    Resource resource;
    resource.name = "phone_number";
    yaml::Problems problems;
    const yaml::Node root = yaml::load_text(
        "table: t\nkey: {column: remote_id, from: id}\nfields:\n  name: text\n  agent_id: {from: agentId, references: agents.remote_id}\n",
        "m.yaml", {}, problems);
    Mapping made = Mapping::load(root, resource, {}, problems);
    problems.raise();
    return made;
  }
  static std::vector<Value> row(Value reference) { return {Value::text("p"), Value::text("n"), reference}; }
  std::string cell(const char* remote) {
    const auto found = references_.cell_of(2, Value::text(remote));
    return found ? to_display(*found) : "missing";
  }
  std::string remote(const Value& value) {
    const auto found = references_.remote_of(2, value);
    return found ? to_display(*found) : "missing";
  }

  Mapping mapping_ = mapping();
  AgentsStore store_;
  References references_{mapping_, store_};
  Arena arena_;
};

TEST_F(ReferencesTest, AreFoundInBothDirections) {
  EXPECT_EQ(cell("a1"), "1");
  EXPECT_EQ(cell("a9"), "missing");
  EXPECT_EQ(remote(Value::integer(2)), "a2");
  EXPECT_EQ(remote(Value::integer(3)), "missing") << "a row without a remote item stands for none";
  EXPECT_EQ(remote(Value::integer(9)), "missing");
  EXPECT_EQ(remote(Value::text("x")), "missing");
  EXPECT_EQ(remote(Value::null()), "null");
}

TEST_F(ReferencesTest, AreReadAheadInOneQuery) {
  const std::vector<Value> one = row(Value::text("a1")), two = row(Value::text("a2")), none = row(Value::null());
  const std::vector<Row> rows{one, two, none};
  references_.know_remote(rows);
  EXPECT_EQ(store_.reads, 1);
  EXPECT_EQ(cell("a1") + cell("a2"), "12");
  references_.know_remote(rows);
  EXPECT_EQ(store_.reads, 1);
}

TEST_F(ReferencesTest, ARowIsTranslatedWhole) {
  const std::vector<Value> mapped = row(Value::text("a2")), awaited = row(Value::text("a9")), stored = row(Value::integer(2));
  EXPECT_EQ(to_display(references_.to_cells(mapped, arena_)[2]), "2");
  EXPECT_TRUE(references_.to_cells(awaited, arena_)[2].is_nothing());
  EXPECT_EQ(to_display(references_.to_remote(stored, arena_)[2]), "a2");
  EXPECT_EQ(to_display(references_.to_remote(stored, arena_)[1]), "n");
  EXPECT_FALSE(references_.misses(mapped));
  EXPECT_TRUE(references_.misses(awaited));
  EXPECT_FALSE(references_.misses(Row()));
}

TEST_F(ReferencesTest, AnEmptyCellIsAwaitedOnlyWhileItsRowIsNotThere) {
  EXPECT_TRUE(references_.is_awaited(2, Value::null(), Value::text("a9")));
  EXPECT_FALSE(references_.is_awaited(2, Value::null(), Value::text("a1"))) << "somebody emptied it";
  EXPECT_FALSE(references_.is_awaited(2, Value::integer(1), Value::text("a9")));
  EXPECT_FALSE(references_.is_awaited(2, Value::null(), Value::null()));
}

TEST_F(ReferencesTest, ARowIsThereWithOrWithoutAnItem) {
  EXPECT_TRUE(references_.names_row(2, Value::integer(1)));
  EXPECT_TRUE(references_.names_row(2, Value::integer(3)));
  EXPECT_FALSE(references_.names_row(2, Value::integer(9)));
  EXPECT_TRUE(references_.may_name_key(2, Value::integer(1), "1"));
  EXPECT_FALSE(references_.may_name_key(2, Value::integer(1), "2"));
}

TEST_F(ReferencesTest, TheHashOfARowTellsItsCellsAndWhatTheyStandFor) {
  const std::vector<Value> one = row(Value::integer(1)), other = row(Value::integer(2));
  const Hash128 then = references_.hash(one);
  EXPECT_FALSE(then == references_.hash(other));
  store_.agents = {{1, "a9"}, {2, "a1"}};
  References later(mapping_, store_);
  EXPECT_FALSE(later.hash(one) == then) << "the row stands for another item";
  EXPECT_FALSE(later.hash(other) == then) << "the same item by another row";
  store_.agents = {{1, "a1"}};
  EXPECT_TRUE(References(mapping_, store_).hash(one) == then);
}

TEST_F(ReferencesTest, ATableThatIsNotThereCostsNoRecordAndIsToldOnce) {
  store_.exists = false;
  EXPECT_EQ(cell("a1"), "missing");
  EXPECT_EQ(remote(Value::integer(1)), "missing");
  EXPECT_FALSE(references_.can_look(2));
  EXPECT_TRUE(references_.may_name_key(2, Value::integer(1), "2"));
  EXPECT_EQ(references_.take_broken(), std::vector<std::string>{"agent_id refers to agents.remote_id"});
  EXPECT_EQ(cell("a2"), "missing");
  EXPECT_TRUE(references_.take_broken().empty());
  EXPECT_EQ(store_.reads, 0);
}

}  // namespace
}  // namespace lockstep
