// Statement: a prepared statement of libmariadb, its parameters in and its answer out.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cells.h"
#include "data/arena.h"
#include "errors.h"

namespace lockstep::mysql {

struct CloseStatement {
  void operator()(MYSQL_STMT* statement) const { mysql_stmt_close(statement); }
};
using Prepared = std::shared_ptr<MYSQL_STMT>;

/// The answer of one execution, held whole; the next execution of the same statement ends it.
class Answer {
 public:
  Answer(Prepared statement, std::uint64_t written, std::uint64_t first_id);
  ~Answer();
  Answer(Answer&&) noexcept = default;
  Answer& operator=(Answer&&) = delete;

  /// Rows that an insert or update met; those of all its parameters' rows together.
  std::uint64_t written() const { return written_; }
  /// The first key that the server made.
  std::uint64_t first_id() const { return first_id_; }
  /// False behind the last row.
  bool next();
  /// Of the row; bytes are copied into `arena`.
  Cell cell(std::size_t column, Arena& arena);
  std::string text(std::size_t column);

 private:
  struct Place;
  void bind(Place& place, const MYSQL_FIELD& field);

  Prepared statement_;
  std::uint64_t written_, first_id_;
  std::vector<Place> places_;
  std::vector<MYSQL_BIND> binds_;
};

/// Where the library puts a cell.
struct Answer::Place {
  std::int64_t integer = 0;
  double real = 0;
  MYSQL_TIME time{};
  unsigned long length = 0;
  my_bool is_null = 0, is_cut = 0;
};

/// Executes it with a row of parameters, or with as many as there are in one message. Every column of `parameters` travels in one form (see
/// uniform()). nullopt: it failed, and the statement says why.
std::optional<Answer> execute(const Prepared& statement, std::span<const Spelled> parameters, std::size_t rows);

/// True when rows of `width` parameters may travel in one message: each column in one form, but for nulls.
bool uniform(std::span<const Spelled> parameters, std::size_t width);

}  // namespace lockstep::mysql
