// Sets: JSON lists whose order, and what stands in them twice, is no difference (`as: set`). They keep the order that they came in.
#pragma once

#include <string_view>

#include "common/hash.h"
#include "data/arena.h"
#include "mapping/mapping.h"

namespace lockstep {

/// `value`, canonical JSON of `field`, with its sets sorted: what two values that are compared are held in. `value` itself where it holds
/// no list at the place of a set.
Value in_set_order(const Field& field, const Value& value, Arena& arena);

/// `value` as a person compares it with `before`, both of `field`: what its sets share with those stands first, as it stands there.
Json in_order_of(const Field& field, const Json& before, Json value);

/// Hash of a document by which a later list is recognised as unchanged: `raw` as it is, but for the order of the mapping's sets.
Hash128 hash_of_record(const Mapping& mapping, std::string_view text, const Hash128& raw);
Hash128 hash_of_record(const Mapping& mapping, std::string_view text);

}  // namespace lockstep
