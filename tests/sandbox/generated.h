// Generated items, in the forms in which the API returns them: voices and models of several makers, tools and hooks with servers, headers
// and secrets, credentials, transports. createdAt is shared by neighbours, so that page boundaries fall between items of one instant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "data/json.h"

namespace lockstep::sandbox {

/// What generate() makes. Equal specifications make equal items.
struct Generate {
  std::size_t count = 0;
  std::size_t bytes = 7000;  ///< about the size of each assistant's JSON
  std::uint64_t seed = 1;
  std::size_t same_instant = 3;  ///< so many items in a row share their createdAt
  std::string user_email = "ana@example.com";
};

/// Its system prompt makes up the asked size.
Json generated_assistant(const Generate& spec, std::size_t number);
Json generated_phone_number(const Generate& spec, std::size_t number);
/// So many models as OpenAI lists them.
Json generated_models(std::uint64_t seed, std::size_t count);

}  // namespace lockstep::sandbox
