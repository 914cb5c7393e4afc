// What the API answers about one item, held against what is known of it and what was sent: what an answer leaves out is unknown, and what
// it says otherwise was not taken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "data/resource.h"
#include "engine/decide/decide.h"

namespace lockstep {

/// False when `answer` is empty, or lacks members at any depth that the item had before (`standing`, empty for a new one) or was sent:
/// what is not named there is not known. What was null, is sent as null or is write-only need not be answered.
/// Throws Error{Corrupt} for texts that are no JSON.
bool tells_all(std::string_view answer, std::string_view standing, const Json& sent, const Resource& resource);

/// False when `answer` holds something else where `sent` differs from what the item held before (`standing`): what was sent was not taken,
/// or the answer tells of the item as it was. What is write-only need not be answered, and what the server adds is no difference.
bool shows_sent(std::string_view answer, std::string_view standing, const Json& sent, const Resource& resource);

/// Fields whose places hold something in `known` and are, wholly or in part, not named by `answer`. Write-only ones are none.
std::vector<std::size_t> untold(const Mapping& mapping, const Json& answer, const Json& known, const Resource& resource);

/// Members of `known` at the top that `answer` does not name, wholly or in part.
std::vector<std::string> untold_members(const Json& answer, const Json& known, const Resource& resource);

/// `answer`, and what `known` names besides, inside objects too.
Json completed(Json answer, const Json& known);

/// Next to nothing is left of `known` but its key: rather a part of the item than the item.
bool is_remnant(const Json& answer, const Json& known, const Resource& resource);

/// What the answer to an update is expected to name of the item before (`standing`) and of what was sent. Of a value that was sent only
/// that it is there, for the server may have stored something else; and what the item did not hold before is expected only of an answer
/// that lacks other things too: else it was not taken.
Json expected_after(const Json& answer, const Json& standing, const Json& sent, const Resource& resource);

/// The same of a create: what was sent, where the answer lacks most of it; else nothing, and what it lacks was not taken.
Json expected_of_new(const Json& answer, const Json& sent, const Resource& resource);

/// The item, which was `standing`, once it has what is `sent`: member by member, and both where the API merges.
Json standing_after(const Json& standing, const Json& sent, const Resource& resource);

/// Ordinals of the fields in whose place `sent` holds something else than `composed`. What is left out of an update is not among them.
std::vector<std::size_t> changed_places(const Mapping& mapping, const Decision& decision, const Json& composed, const Json& sent);

/// Ordinals of the fields that were sent and that the item holds something else in. `shown`: the mapped answer, masked as the decision is.
/// Another spelling of the same value is no difference, nor is what the answer does not name (absent in `shown`). What a hook took out of
/// the body, or put into it instead, was not asked for.
std::vector<std::size_t> not_taken(const Mapping& mapping, const Decision& decision, const Json& sent, const Json& answer, Row shown);

/// The item, which was `standing`, has taken what `sent` holds of this object, and differs in members alone that were not sent: read-only
/// ones, or those that stay where the API merges. Deeper than the resource's table says it does not merge: what stays there was not taken out.
bool is_news(const Mapping& mapping, std::size_t ordinal, const Json& standing, const Json& sent, const Json& answer,
             const Resource& resource);

}  // namespace lockstep
