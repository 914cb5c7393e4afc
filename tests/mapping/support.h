// What the mapping tests share: a resource, a mapping from YAML text, and a record mapped to a row that owns its bytes.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"
#include "data/record.h"
#include "format/json.h"
#include "mapping/mapping.h"

namespace lockstep::test {

inline Resource assistant() {
  Resource resource;
  resource.name = "assistant";
  resource.modified = "updatedAt";
  resource.read_only = {"id", "orgId", "createdAt", "updatedAt", "latestVersion", "isServerUrlSecretSet"};
  resource.write_only = {"server.secret"};
  resource.secret = {"credentials", "model.tools.*.server.secret"};
  resource.legacy = {"silenceTimeoutSeconds", "compliancePlan.zdrEnabled"};
  return resource;
}

struct Loaded {
  yaml::Problems problems;
  Mapping mapping;
};

inline Loaded load(std::string_view text, const std::vector<std::string>& hooks = {}, const Resource& resource = assistant()) {
  Loaded out;
  const yaml::Node root = yaml::load_text(text, "m.yaml", {}, out.problems);
  out.mapping = Mapping::load(root, resource, hooks, out.problems);
  return out;
}

/// The mapping of `fields` (lines of YAML, each indented by two) with the usual table and key.
inline Mapping mapping_of(std::string_view fields, const std::vector<std::string>& hooks = {}) {
  const Loaded loaded = load(std::string("table: assistants\nkey: {column: remote_id, from: id}\nfields:\n").append(fields), hooks);
  EXPECT_EQ(loaded.problems.errors(), std::vector<std::string>{});
  return loaded.mapping;
}

struct Mapped {
  std::vector<Value> row;
  std::vector<std::string> problems;
  std::vector<std::string> unmapped;
  std::vector<std::size_t> mismatched;
  std::vector<std::string> unread;
  std::unique_ptr<std::string> raw;
  std::unique_ptr<Arena> arena = std::make_unique<Arena>();

  /// "null", "5", "text x", "json [1]": the tag matters.
  std::string cell(const Mapping& mapping, std::string_view column) const {
    const Value& value = row[mapping.find(column).value()];
    switch (value.tag()) {
      case Value::Tag::Absent: return "absent";
      case Value::Tag::Text: return std::string("text ").append(value.as_view());
      case Value::Tag::Json: return std::string("json ").append(value.as_view());
      case Value::Tag::Real: return std::string("real ").append(to_display(value));
      default: return to_display(value);
    }
  }
};

inline Mapped map(const Mapping& mapping, std::string_view raw, const Transformer& transformer = {}) {
  Mapped out;
  out.raw = std::make_unique<std::string>(raw);
  out.raw->append(kPagePadding, '\0');
  out.row.resize(mapping.fields().size());
  Mapper mapper(mapping, transformer);
  for (FieldProblem& problem : mapper.map(std::string_view(*out.raw).substr(0, raw.size()), out.row, *out.arena)) {
    out.problems.push_back(std::move(problem.message));
  }
  out.unmapped = mapper.unmapped();
  out.mismatched = mapper.mismatched();
  for (const FieldProblem& problem : mapper.unread()) out.unread.push_back(problem.message);
  return out;
}

}  // namespace lockstep::test
