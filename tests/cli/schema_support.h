// What the tests of the schemas share: documents as an editor sees them, wrong ones made from a right one, and the judge.
#pragma once

#include <string>
#include <vector>

#include "data/json.h"

namespace lockstep::test {

/// A YAML file as YAML 1.2 reads it, `${…}` left as it stands.
Json as_an_editor_reads(const std::string& file);

/// "ok" or what is wrong with each document, by Python's jsonschema.
std::vector<std::string> verdicts(const Json& schema, const std::vector<Json>& documents);

/// Every document that differs from `right` in one place: a value of another kind or no sense, a missing key, one key too many.
std::vector<Json> mutants(const Json& right);

}  // namespace lockstep::test
