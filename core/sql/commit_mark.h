// CommitMark: what became of a transaction whose COMMIT had no answer, because the connection ended.
//
// A transaction that writes leaves a new mark in the row of its lease before it commits. The row is there since the lease was taken, so whoever
// reads it with a lock waits until the server has ended that transaction, and sees then whether the mark is there. It is told by what the
// database holds, and by no number of a transaction, which another server that took over may have given to somebody else's.
//
//   lockstep_commit  name (of the lease), mark
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/connection.h"

namespace lockstep::sql {

const Table& commit_table();

/// Inside a transaction. `facts`: of commit_table(), here and below.
void write_mark(Connection& connection, const TableFacts& facts, std::string_view lease, std::string_view mark);

/// Waits for the end of the transaction that left the mark. True: it took place; nullopt: nobody can tell, for the server does not answer.
std::optional<bool> took_place(Connection& connection, const TableFacts& facts, std::string_view lease, std::string_view mark);

}  // namespace lockstep::sql
