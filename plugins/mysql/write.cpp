// Rows in: a page of them in one message where the server takes arrays, else a statement of many rows.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/text.h"
#include "connection.h"
#include "sql/statements.h"

namespace lockstep::mysql {
namespace {

/// A page: what travels in one message.
constexpr std::size_t kPageRows = 100;
constexpr std::size_t kPageBytes = std::size_t{4} << 20;
/// Rows of one statement, where the server takes no arrays.
constexpr std::size_t kStatementRows = 20;
constexpr std::size_t kUpdatesAPage = 500;
/// What a message holds beside the bytes of its parameters.
constexpr std::size_t kBesides = 4096;

const std::string kTogether = "SAVEPOINT lockstep_together";

std::string writing(const std::string& table) { return "writing table \"" + table + "\""; }

std::size_t bytes_of(std::span<const Spelled> parameters) {
  std::size_t out = 0;
  for (const Spelled& one : parameters) out += one.bytes.size() + 10;
  return out;
}

std::string returning(const sql::Batch& batch, const sql::Dialect& dialect) {
  std::string out;
  for (const std::string& column : batch.facts.info.primary_key) out += (out.empty() ? " RETURNING " : ", ") + dialect.quote(column);
  return out;
}

/// The statement for `rows` rows at once: its list of placeholders as often.
std::string widened(const std::string& text, std::size_t width, std::size_t rows) {
  std::string places = "(";
  for (std::size_t i = 0; i < width; ++i) places += i > 0 ? ", ?" : "?";
  places += ")";
  const std::size_t at = text.rfind(" VALUES " + places);
  const std::size_t end = at + std::string_view(" VALUES ").size() + places.size();
  std::string out = text.substr(0, end);
  for (std::size_t i = 1; i < rows; ++i) out += ", " + places;
  return out + text.substr(end);
}

RowKey key_of(Answer& answer, const std::vector<Target>& targets) {
  Arena arena(256);
  std::vector<Value> values;
  for (std::size_t i = 0; i < targets.size(); ++i) values.push_back(value_of(answer.cell(i, arena), targets[i], arena));
  return RowKey(values);
}

/// A parameter as the cell that it becomes.
Cell cell_of(const Spelled& one) {
  switch (one.as) {
    case Spelled::As::Null: return {};
    case Spelled::As::Integer: return {Cell::Is::Integer, one.integer};
    case Spelled::As::Unsigned: return {Cell::Is::Unsigned, one.integer};
    case Spelled::As::Real: return {Cell::Is::Real, 0, one.real};
    default: return {Cell::Is::Bytes, 0, 0, one.bytes};
  }
}

/// A parameter for people.
std::string shown(const Spelled& one) {
  if (one.as == Spelled::As::Integer) return std::to_string(one.integer);
  if (one.as == Spelled::As::Unsigned) return std::to_string(static_cast<std::uint64_t>(one.integer));
  return ellipsize(printable(one.bytes), 40);
}

/// The bytes that tell one key from another.
std::string identity_of(const Guarded& change) {
  std::string out;
  for (const Value& value : change.key) out += to_display(value) + '\0';
  return out;
}

}  // namespace

std::size_t MysqlConnection::most_bytes() {
  const std::size_t message = session_.server().message_bytes;
  return std::min(kPageBytes, message - std::min(message / 2, kBesides));
}

Error MysqlConnection::told(const Refused& refused, const sql::Batch& batch, std::span<const Spelled> row) const {
  const std::string parent = column_without_parent(refused.failure()), key = shared_key(refused.failure());
  for (std::size_t i = 0; !parent.empty() && i < row.size(); ++i) {
    const std::string& column = batch.shape[batch.ordinals[i]];
    if (!dialect_.same_name(column, parent)) continue;
    return {refused.kind(),
            writing(batch.table.name) + ": no row for column \"" + column + "\" = " + shown(row[i]) + " is in the table that it refers to"};
  }
  for (const UniqueKey& unique : batch.facts.info.unique) {
    const bool primary = key == "PRIMARY" && unique.columns == batch.facts.info.primary_key;
    const bool named = std::any_of(batch.facts.indexes.begin(), batch.facts.indexes.end(), [&](const Index& index) {
      return index.name == key && index.unique && index.columns == unique.columns;
    });
    if (primary || named) return {refused.kind(), refused.message() + "; columns " + join(unique.columns, ", "), refused.hint()};
  }
  return refused;
}

void MysqlConnection::take_keys(const sql::Batch& batch, Answer& answer, std::span<const Spelled> page, std::vector<RowKey>* keys) {
  const std::vector<std::string>& names = batch.facts.info.primary_key;
  std::vector<Target> parts;
  for (const std::string& column : names) parts.push_back(target(batch.table, batch.facts, column));
  const std::size_t width = batch.ordinals.size(), rows = width == 0 ? 1 : page.size() / width;
  if (session_.server().returning) {
    while (answer.next()) keys->push_back(key_of(answer, parts));
    return;
  }
  // Keys that the server makes for one statement follow each other.
  std::uint64_t made = answer.first_id();
  Arena arena;
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<Value> values;
    for (const Target& part : parts) {
      const auto given = std::find_if(batch.ordinals.begin(), batch.ordinals.end(),
                                      [&](std::size_t ordinal) { return dialect_.same_name(batch.shape[ordinal], part.column); });
      const Spelled* cell =
          given == batch.ordinals.end() ? nullptr : &page[row * width + static_cast<std::size_t>(given - batch.ordinals.begin())];
      if (cell == nullptr || cell->as == Spelled::As::Null) {
        values.push_back(value_of({Cell::Is::Unsigned, static_cast<std::int64_t>(made)}, part, arena));
        made += session_.server().id_step;
      } else {
        values.push_back(value_of(cell_of(*cell), part, arena));
      }
    }
    keys->emplace_back(values);
  }
}

void MysqlConnection::write_one(const sql::Batch& batch, const std::string& text, std::span<const Spelled> row, std::vector<RowKey>* keys,
                                const std::string& doing) {
  if (bytes_of(row) + kBesides > session_.server().message_bytes) {
    throw Error(ErrorKind::Rejected, doing + ": the row is larger than a message may be", "raise the server's max_allowed_packet");
  }
  try {
    Answer answer = session_.run({text, row}, doing);
    if (keys != nullptr) take_keys(batch, answer, row, keys);
  } catch (const Refused& refused) {
    throw told(refused, batch, row);
  }
}

// A statement that fails is undone by itself; but where there are several of them, those before it are not.
bool MysqlConnection::write_together(const sql::Batch& batch, const std::string& text, std::span<const Spelled> page,
                                     std::vector<RowKey>* keys, const std::string& doing) {
  const std::size_t width = batch.ordinals.size(), rows = page.size() / width;
  const bool arrays = session_.server().arrays && uniform(page, width);
  const std::size_t most =
      std::min(session_.server().arrays ? rows : kStatementRows, std::max<std::size_t>(1, dialect_.max_parameters() / width));
  const std::size_t before = keys == nullptr ? 0 : keys->size();
  const bool several = !arrays && most < rows;
  if (several) session_.run_later(kTogether);
  try {
    for (std::size_t first = 0; first < rows;) {
      const std::size_t count = arrays ? rows : std::min(most, rows - first);
      const std::span<const Spelled> part = page.subspan(first * width, count * width);
      Answer answer = arrays ? session_.run({text, part, count}, doing) : session_.run({widened(text, width, count), part}, doing);
      if (keys != nullptr) take_keys(batch, answer, part, keys);
      first += count;
    }
  } catch (const Refused& refused) {
    if (refused.kind() != ErrorKind::Rejected || !session_.in_transaction()) throw;
    if (several) roll_back_to("ROLLBACK TO " + kTogether);
    if (keys != nullptr) keys->resize(before);
    return false;
  }
  return true;
}

void MysqlConnection::write(const sql::Batch& batch, const std::string& text, std::vector<RowKey>* keys, const std::string& doing) {
  const std::vector<Target> where = targets(batch);
  const std::size_t width = where.size();
  Arena arena;
  std::vector<Spelled> page;
  const auto send = [&] {
    const std::size_t rows = width == 0 ? 0 : page.size() / width;
    if (rows < 2 || !write_together(batch, text, page, keys, doing)) {
      for (std::size_t row = 0; row < rows; ++row) write_one(batch, text, std::span(page).subspan(row * width, width), keys, doing);
    }
    page.clear();
    arena.clear();
  };
  std::size_t bytes = 0;
  for (std::size_t index = batch.first; index < batch.last; ++index) {
    if (width == 0) {
      write_one(batch, text, {}, keys, doing);
      continue;
    }
    const std::size_t start = page.size();
    for (std::size_t i = 0; i < width; ++i) page.push_back(spell(batch.rows[index][batch.ordinals[i]], where[i], arena));
    const std::size_t more = bytes_of(std::span(page).subspan(start));
    if (bytes + more > most_bytes() && start > 0) {
      // It begins the next page; what it borrows from the arena must outlive this one.
      std::vector<Spelled> kept(page.begin() + static_cast<std::ptrdiff_t>(start), page.end());
      page.resize(start);
      Arena spare = std::exchange(arena, Arena());
      send();
      arena = std::move(spare);
      page = std::move(kept);
      bytes = 0;
    }
    bytes += more;
    if (page.size() / width < kPageRows) continue;
    send();
    bytes = 0;
  }
  send();
}

void MysqlConnection::insert(const sql::Batch& batch, std::vector<RowKey>* keys) {
  const bool wanted = keys != nullptr && !batch.facts.info.primary_key.empty();
  const bool returns = wanted && session_.server().returning;
  write(batch, sql::insert(dialect_, batch) + (returns ? returning(batch, dialect_) : ""), wanted ? keys : nullptr,
        writing(batch.table.name));
  if (keys != nullptr && !wanted) keys->resize(keys->size() + batch.last - batch.first);
}

void MysqlConnection::upsert(const sql::Batch& batch) { write(batch, sql::upsert(dialect_, batch), nullptr, writing(batch.table.name)); }

bool MysqlConnection::update_one(const sql::Query& query, const Table& table, const sql::TableFacts& facts) {
  Arena arena;
  const std::vector<Spelled> spelled = parameters(query, table, facts, false, arena);
  return session_.run({query.text, spelled}, writing(table.name)).written() > 0;
}

// The server answers a sum. Changes of one row keep their order: the columns of a statement are those of its first change, and a row that is
// changed again comes with the next call.
bool MysqlConnection::update_together(const Table& table, const sql::TableFacts& facts, const Shape& shape,
                                      std::span<const Guarded> changes, const std::string& doing) {
  struct Group {
    std::vector<Spelled> page;
    std::size_t rows = 0, bytes = 0;
  };
  std::map<std::string, Group> groups;
  std::vector<std::string> order;
  Arena arena;
  const auto send = [&](const std::string& text) {
    Group& group = groups[text];
    if (group.rows == 0) return true;
    const std::size_t rows = std::exchange(group.rows, 0);
    const std::vector<Spelled> page = std::exchange(group.page, {});
    group.bytes = 0;
    if (rows > 1 && !uniform(page, page.size() / rows)) return false;
    return session_.run({text, page, rows}, doing).written() == rows;
  };
  for (const Guarded& change : changes) {
    const sql::Query query = sql::guarded_update(dialect_, table, facts, shape, change);
    const std::vector<Spelled> spelled = parameters(query, table, facts, false, arena);
    const std::size_t bytes = bytes_of(spelled);
    Group& group = groups[query.text];
    if (group.rows == 0) order.push_back(query.text);
    if (group.rows >= kPageRows || (group.rows > 0 && group.bytes + bytes > most_bytes())) {
      if (!send(query.text)) return false;
    }
    group.page.insert(group.page.end(), spelled.begin(), spelled.end());
    group.bytes += bytes;
    ++group.rows;
  }
  return std::all_of(order.begin(), order.end(), send);
}

std::vector<Outcome> MysqlConnection::update(const Table& table, const sql::TableFacts& facts, const Shape& shape,
                                             std::span<const Guarded> changes) {
  std::vector<Outcome> outcomes;
  const std::string doing = writing(table.name);
  for (std::size_t first = 0; first < changes.size();) {
    // Up to a row that is changed once more.
    std::set<std::string> rows;
    std::size_t last = first;
    while (last < changes.size() && last - first < kUpdatesAPage && rows.insert(identity_of(changes[last])).second) ++last;
    const std::span<const Guarded> page = changes.subspan(first, last - first);
    bool done = false;
    if (page.size() > 1 && session_.server().arrays) {
      session_.run_later(kTogether);
      try {
        done = update_together(table, facts, shape, page, doing);
      } catch (const Refused& refused) {
        if (refused.kind() != ErrorKind::Rejected || !session_.in_transaction()) throw;
      }
      if (!done) roll_back_to("ROLLBACK TO " + kTogether);
    }
    if (done) {
      outcomes.insert(outcomes.end(), page.size(), Outcome::Written);
    } else {
      const std::vector<Outcome> each = sql::Connection::update(table, facts, shape, page);
      outcomes.insert(outcomes.end(), each.begin(), each.end());
    }
    first = last;
  }
  return outcomes;
}

}  // namespace lockstep::mysql
