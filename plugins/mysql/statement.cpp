#include "statement.h"

#include <array>
#include <cstdio>

namespace lockstep::mysql {
namespace {

using As = Spelled::As;

enum_field_types type_of(As as) {
  switch (as) {
    case As::Null: return MYSQL_TYPE_NULL;
    case As::Integer:
    case As::Unsigned: return MYSQL_TYPE_LONGLONG;
    case As::Real: return MYSQL_TYPE_DOUBLE;
    case As::Decimal: return MYSQL_TYPE_NEWDECIMAL;
    case As::Text: return MYSQL_TYPE_STRING;
    case As::Bytes: return MYSQL_TYPE_BLOB;
  }
  return MYSQL_TYPE_NULL;
}

/// A column of parameters, as arrays that live through the execution.
struct Lane {
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
  std::vector<char*> bytes;
  std::vector<unsigned long> lengths;
  std::vector<char> indicators;
};

/// The form of the first one that is not null.
As form_of(std::span<const Spelled> parameters, std::size_t width, std::size_t column) {
  for (std::size_t at = column; at < parameters.size(); at += width) {
    if (parameters[at].as != As::Null) return parameters[at].as;
  }
  return As::Text;
}

void fill(Lane& lane, MYSQL_BIND& bind, std::span<const Spelled> parameters, std::size_t width, std::size_t column) {
  const As form = form_of(parameters, width, column);
  for (std::size_t at = column; at < parameters.size(); at += width) {
    const Spelled& one = parameters[at];
    lane.indicators.push_back(one.as == As::Null ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE);
    lane.integers.push_back(one.integer);
    lane.reals.push_back(one.real);
    // The library reads where it points to, and writes nothing there.
    lane.bytes.push_back(const_cast<char*>(one.bytes.data() == nullptr ? "" : one.bytes.data()));
    lane.lengths.push_back(one.bytes.size());
  }
  bind.buffer_type = type_of(form);
  bind.is_unsigned = form == As::Unsigned ? 1 : 0;
  bind.length = lane.lengths.data();
  bind.u.indicator = lane.indicators.data();
  if (form == As::Integer || form == As::Unsigned) {
    bind.buffer = lane.integers.data();
  } else if (form == As::Real) {
    bind.buffer = lane.reals.data();
  } else {
    bind.buffer = lane.bytes.data();
  }
}

/// The one row of a statement without an array points to its bytes, and not to an array of pointers.
void fill_one(Lane& lane, MYSQL_BIND& bind, const Spelled& one) {
  fill(lane, bind, std::span(&one, 1), 1, 0);
  bind.u.indicator = nullptr;
  if (one.as == As::Null) bind.buffer_type = MYSQL_TYPE_NULL;
  if (bind.buffer == lane.bytes.data()) {
    bind.buffer = lane.bytes.front();
    bind.buffer_length = lane.lengths.front();
  }
}

bool is_integer(enum_field_types type) {
  return type == MYSQL_TYPE_TINY || type == MYSQL_TYPE_SHORT || type == MYSQL_TYPE_INT24 || type == MYSQL_TYPE_LONG ||
         type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_YEAR;
}

bool is_time(enum_field_types type) {
  return type == MYSQL_TYPE_DATE || type == MYSQL_TYPE_NEWDATE || type == MYSQL_TYPE_DATETIME || type == MYSQL_TYPE_TIMESTAMP ||
         type == MYSQL_TYPE_TIME;
}

/// As the server would write it, with as many digits as the column has.
std::string spelled(const MYSQL_TIME& time, const MYSQL_FIELD& field) {
  std::array<char, 64> out{};
  if (field.type == MYSQL_TYPE_TIME) {
    std::snprintf(out.data(), out.size(), "%s%02u:%02u:%02u.%06lu", time.neg != 0 ? "-" : "", time.day * 24 + time.hour, time.minute,
                  time.second, time.second_part);
  } else if (field.type == MYSQL_TYPE_DATE || field.type == MYSQL_TYPE_NEWDATE) {
    std::snprintf(out.data(), out.size(), "%04u-%02u-%02u", time.year, time.month, time.day);
    return out.data();
  } else {
    std::snprintf(out.data(), out.size(), "%04u-%02u-%02u %02u:%02u:%02u.%06lu", time.year, time.month, time.day, time.hour, time.minute,
                  time.second, time.second_part);
  }
  const std::string full = out.data();
  const std::size_t digits = field.decimals > 6 ? 6 : field.decimals;
  return full.substr(0, full.size() - (digits == 0 ? 7 : 6 - digits));
}

}  // namespace

Answer::Answer(Prepared statement, std::uint64_t written, std::uint64_t first_id)
    : statement_(std::move(statement)), written_(written), first_id_(first_id) {
  const unsigned width = mysql_stmt_field_count(statement_.get());
  if (width == 0) return;
  places_.resize(width);
  binds_.resize(width);
  for (unsigned i = 0; i < width; ++i) {
    MYSQL_BIND& bound = binds_[i];
    Place& place = places_[i];
    const MYSQL_FIELD& field = statement_->fields[i];
    bound.length = &place.length;
    bound.is_null = &place.is_null;
    bound.error = &place.is_cut;
    if (is_integer(field.type)) {
      bound.buffer_type = MYSQL_TYPE_LONGLONG;
      bound.buffer = &place.integer;
      bound.is_unsigned = (field.flags & UNSIGNED_FLAG) != 0 ? 1 : 0;
    } else if (field.type == MYSQL_TYPE_FLOAT || field.type == MYSQL_TYPE_DOUBLE) {
      bound.buffer_type = MYSQL_TYPE_DOUBLE;
      bound.buffer = &place.real;
    } else if (is_time(field.type)) {
      bound.buffer_type = field.type;
      bound.buffer = &place.time;
      bound.buffer_length = sizeof place.time;
    } else {
      // Its length is told first, and it is fetched then.
      bound.buffer_type = MYSQL_TYPE_BLOB;
      bound.buffer = nullptr;
      bound.buffer_length = 0;
    }
  }
  mysql_stmt_bind_result(statement_.get(), binds_.data());
}

Answer::~Answer() {
  if (statement_ && !binds_.empty()) mysql_stmt_free_result(statement_.get());
}

bool Answer::next() {
  if (binds_.empty()) return false;
  const int found = mysql_stmt_fetch(statement_.get());
  return found == 0 || found == MYSQL_DATA_TRUNCATED;
}

Cell Answer::cell(std::size_t column, Arena& arena) {
  const Place& place = places_[column];
  if (place.is_null != 0) return {};
  const MYSQL_FIELD& field = statement_->fields[column];
  if (is_integer(field.type)) return {(field.flags & UNSIGNED_FLAG) != 0 ? Cell::Is::Unsigned : Cell::Is::Integer, place.integer};
  if (field.type == MYSQL_TYPE_FLOAT || field.type == MYSQL_TYPE_DOUBLE) return {Cell::Is::Real, 0, place.real};
  if (is_time(field.type)) return {Cell::Is::Bytes, 0, 0, arena.copy(spelled(place.time, field))};
  if (place.length == 0) return {Cell::Is::Bytes};
  char* bytes = arena.allocate(place.length);
  unsigned long length = 0;
  my_bool is_null = 0, is_cut = 0;
  MYSQL_BIND bind{};
  bind.buffer_type = MYSQL_TYPE_BLOB;
  bind.buffer = bytes;
  bind.buffer_length = place.length;
  bind.length = &length;
  bind.is_null = &is_null;
  bind.error = &is_cut;
  mysql_stmt_fetch_column(statement_.get(), &bind, static_cast<unsigned>(column), 0);
  return {Cell::Is::Bytes, 0, 0, {bytes, place.length}};
}

std::string Answer::text(std::size_t column) {
  Arena arena(256);
  const Cell found = cell(column, arena);
  if (found.is == Cell::Is::Integer) return std::to_string(found.integer);
  if (found.is == Cell::Is::Unsigned) return std::to_string(static_cast<std::uint64_t>(found.integer));
  return std::string(found.bytes);
}

bool uniform(std::span<const Spelled> parameters, std::size_t width) {
  for (std::size_t column = 0; column < width; ++column) {
    const As form = form_of(parameters, width, column);
    for (std::size_t at = column; at < parameters.size(); at += width) {
      if (parameters[at].as != As::Null && parameters[at].as != form) return false;
    }
  }
  return true;
}

std::optional<Answer> execute(const Prepared& statement, std::span<const Spelled> parameters, std::size_t rows) {
  const std::size_t width = rows == 0 ? 0 : parameters.size() / rows;
  std::vector<Lane> lanes(width);
  std::vector<MYSQL_BIND> binds(width);
  for (std::size_t column = 0; column < width; ++column) {
    if (rows == 1) {
      fill_one(lanes[column], binds[column], parameters[column]);
    } else {
      fill(lanes[column], binds[column], parameters, width, column);
    }
  }
  // Zero is no array at all.
  unsigned array = rows > 1 ? static_cast<unsigned>(rows) : 0;
  if (mysql_stmt_attr_set(statement.get(), STMT_ATTR_ARRAY_SIZE, &array) != 0) return std::nullopt;
  if (width > 0 && mysql_stmt_bind_param(statement.get(), binds.data()) != 0) return std::nullopt;
  if (mysql_stmt_execute(statement.get()) != 0) return std::nullopt;
  const bool answers = mysql_stmt_field_count(statement.get()) > 0;
  if (answers && mysql_stmt_store_result(statement.get()) != 0) return std::nullopt;
  return Answer(statement, answers ? 0 : mysql_stmt_affected_rows(statement.get()), mysql_stmt_insert_id(statement.get()));
}

}  // namespace lockstep::mysql
