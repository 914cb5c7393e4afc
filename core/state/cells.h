// Cells: how the state tables keep instants, hashes and JSON, both ways. An instant of 0, a zero hash and a null tree are NULL.
// A hash is 16 bytes, high half first, each half big-endian.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/hash.h"
#include "common/time.h"
#include "data/arena.h"
#include "data/json.h"
#include "data/row.h"

namespace lockstep::state {

Value text_cell(std::string_view text, Arena& arena);
/// NULL for an empty text.
Value optional_text_cell(std::string_view text, Arena& arena);
Value time_cell(Micros time, Arena& arena);
Value hash_cell(const Hash128& hash, Arena& arena);
Value json_cell(const Json& json, Arena& arena);

std::string_view text_of(const Value& cell);
std::string string_of(const Value& cell);
std::int64_t integer_of(const Value& cell);
bool boolean_of(const Value& cell);
Micros time_of(const Value& cell);
Hash128 hash_of(const Value& cell);
/// Throws Error{Corrupt} for a text that is no JSON.
Json json_of(const Value& cell);

}  // namespace lockstep::state
