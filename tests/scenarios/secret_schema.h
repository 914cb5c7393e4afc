// Secret schema: the places that an OpenAPI file names like secrets, and documents with a canary at each.
#pragma once

#include <string>
#include <vector>

#include "data/json.h"

namespace lockstep::test {

/// Names of members from the root, "*" for the element of a list.
using SecretPlace = std::vector<std::string>;

/// The places below the schema `name` of an OpenAPI document, at most nine steps deep, that hold a secret by their last name.
std::vector<SecretPlace> secret_places(const Json& openapi, const std::string& name);

struct CanaryDocuments {
  std::vector<Json> documents;
  std::vector<std::string> canaries;
};
/// As few documents as can hold a canary at every place, each canary its own text with `salt` in it.
CanaryDocuments canaries_at(const std::vector<SecretPlace>& places, const std::string& salt);

}  // namespace lockstep::test
