// What MySQL does otherwise than the MariaDB of the tests: asked of the plugin's own code.
#include <gtest/gtest.h>

#include "common/error.h"
#include "mysql/cells.h"
#include "mysql/dialect.h"
#include "mysql/errors.h"
#include "sql/connection.h"

namespace lockstep::mysql {
namespace {

Stored stored(const ColumnRow& row) { return Stored::unpack(stored_as(row).pack()); }

TEST(MysqlCells, ABinaryJsonTakesNoNumberThatItWouldRound) {
  Target target;
  target.column = "data";
  target.there = true;
  target.stored = stored({.data_type = "json", .column_type = "json"});
  ASSERT_EQ(target.stored.kind, Kind::JsonBinary);
  Arena arena;
  for (const char* taken :
       {"[1, -2.50, 1e3, 18446744073709551615]", R"({"a \" 12345678901234567890.5": "1e999", "b": -9223372036854775808})"}) {
    EXPECT_EQ(spell(Value::json(taken), target, arena).bytes, taken);
  }
  for (const char* bent : {"[123456789012345678901]", R"({"a": 0.1234567890123456789})", "1e999"}) {
    EXPECT_THROW(spell(Value::json(bent), target, arena), Error) << bent;
  }
}

TEST(MysqlCells, WhatIsKnownOfAColumnIsKeptInOneNumber) {
  const Stored decimal = stored({.data_type = "decimal", .column_type = "decimal(65,30) unsigned", .scale = 30});
  EXPECT_EQ(decimal.kind, Kind::Decimal);
  EXPECT_EQ(decimal.scale, 30);
  EXPECT_TRUE(decimal.is_unsigned);
  const Stored text =
      stored({.data_type = "varchar", .column_type = "varchar(16383)", .characters = 16383, .collation = "utf8mb4_0900_bin"});
  EXPECT_EQ(text.kind, Kind::Text);
  EXPECT_EQ(text.detail, 16383);
  EXPECT_TRUE(text.exact);
  EXPECT_EQ(text.scale, Stored::kNoScale);
  EXPECT_EQ(stored({.data_type = "bigint", .column_type = "bigint unsigned"}).detail, 8);
}

TEST(MysqlDialect, EachServerHasItsCollationOfBytes) {
  MysqlDialect dialect;
  EXPECT_NE(dialect.column_type(ColumnType::Key).find("utf8mb4_nopad_bin"), std::string_view::npos);
  dialect.speak_to(false);
  EXPECT_NE(dialect.column_type(ColumnType::Key).find("utf8mb4_0900_bin"), std::string_view::npos);
  EXPECT_NE(dialect.column_type(ColumnType::Json).find("longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin"), std::string_view::npos);
}

TEST(MysqlDialect, ALongTextIsIndexedByItsBeginningUnlessItMustBeUnique) {
  const MysqlDialect dialect;
  EXPECT_EQ(dialect.indexed("note", ColumnType::Text, nullptr, false), "`note`(191)");
  EXPECT_EQ(dialect.indexed("note", ColumnType::Text, nullptr, true), "`note`");
  EXPECT_EQ(dialect.indexed("name", ColumnType::Key, nullptr, false), "`name`");
  const sql::ColumnFacts narrow{"note", ColumnType::Key,
                                stored_as({.data_type = "varchar", .column_type = "varchar(50)", .characters = 50}).pack()};
  EXPECT_EQ(dialect.indexed("note", ColumnType::Text, &narrow, false), "`note`") << "what is there counts";
}

TEST(MysqlErrors, SayWhatToDo) {
  struct Case {
    unsigned code;
    ErrorKind kind;
  };
  for (const auto& [code, kind] :
       {Case{1062, ErrorKind::Rejected}, Case{3819, ErrorKind::Rejected}, Case{1213, ErrorKind::Busy}, Case{1205, ErrorKind::Busy},
        Case{3024, ErrorKind::Busy}, Case{1317, ErrorKind::Interrupted}, Case{1836, ErrorKind::Storage}, Case{1114, ErrorKind::Storage},
        Case{2013, ErrorKind::Storage}, Case{1146, ErrorKind::Invalid}, Case{1142, ErrorKind::Invalid}, Case{1045, ErrorKind::Credentials},
        Case{1040, ErrorKind::Busy}}) {
    EXPECT_EQ(error_for({code, "said"}, "here", "doing").kind(), kind) << code;
  }
  for (const unsigned code : {1020U, 1213U}) EXPECT_TRUE(error_for({code, "said"}, "here", "doing").retry_after()) << code;
  EXPECT_FALSE(error_for({1205, "said"}, "here", "doing").retry_after()) << "it ends one statement, and was waited for";
  const Error shared = error_for({1062, "Duplicate entry 'ann@example.org' for key 'people.by_mail'"}, "here", "doing");
  EXPECT_NE(shared.message().find("\"by_mail\""), std::string::npos) << shared.message();
  EXPECT_EQ(shared.message().find("ann@"), std::string::npos) << "it may be anybody's";
}

}  // namespace
}  // namespace lockstep::mysql
