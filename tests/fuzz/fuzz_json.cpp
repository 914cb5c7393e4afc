// The JSON readers on any bytes: tree, canonical form, mapper and slicer agree on what is JSON, simdjson's own reader agrees with them but
// for what Lockstep refuses on purpose, and what was read is written and read back the same.
#include <simdjson.h>

#include <algorithm>

#include "data/record.h"
#include "format/json.h"
#include "fuzz/law.h"
#include "mapping/mapping.h"
#include "rest/slice.h"

namespace lockstep::fuzz {
namespace {

constexpr std::string_view kMapping = R"(table: t
key: {column: remote_id, from: id}
fields:
  name: {type: text, max_length: 40}
  count: integer
  model: json
  temperature: {from: model.temperature, type: real}
  prompt: {from: "model.messages[role=system].content", type: text}
  first_tool: {from: "model.tools[0].name", type: text}
  done: {type: boolean, default: false}
  seen_at: {type: timestamp}
)";

const Mapping& mapping() {
  static const Mapping instance = [] {
    yaml::Problems problems;
    Resource resource;
    resource.name = "thing";
    resource.read_only = {"id"};
    Mapping out = Mapping::load(yaml::load_text(kMapping, "m.yaml", {}, problems), resource, {}, problems);
    problems.raise();
    return out;
  }();
  return instance;
}

/// The reason why the text is refused; empty when it is read.
std::string read(std::string_view text, Json& out) {
  try {
    out = json::parse(text);
    return {};
  } catch (const Error& error) {
    law(error.kind() == ErrorKind::Corrupt, "what is no JSON is Corrupt", error.what());
    return error.message();
  }
}

void check_agreement(std::string_view text, const std::string& refusal) {
  static simdjson::dom::parser parser;
  simdjson::dom::element element;
  const simdjson::error_code code = parser.parse(simdjson::padded_string(text)).get(element);
  if (refusal.empty()) {
    // Numbers beyond a double and half surrogate pairs are kept here and refused there.
    law(code == simdjson::SUCCESS || code == simdjson::NUMBER_ERROR || code == simdjson::STRING_ERROR, "simdjson reads what is read here",
        text);
  } else if (code == simdjson::SUCCESS) {
    const bool on_purpose = refusal.find(" twice") != std::string::npos || refusal.find("too deep") != std::string::npos ||
                            refusal.find("escape") != std::string::npos;
    law(on_purpose, "what simdjson reads is refused only on purpose", refusal);
  }
}

void check_writing(std::string_view text, const Json& json) {
  const std::string written = json::to_text(json);
  const Json again = json::parse(written);
  law(json::to_text(again) == written, "what is written is read back and written the same", written);
  law(again == json, "what is written is read back the same", written);
  const std::string canonical = json::canonical(text);
  law(json::canonical(std::string_view(written)) == canonical, "writing keeps the meaning", written);
  law(json::canonical(std::string_view(canonical)) == canonical, "canonical text is its own canonical text", canonical);
  law(json::canonical(std::string_view(json::to_pretty(json))) == canonical, "pretty text keeps the meaning", canonical);
  Arena arena;
  const Value value = json::to_value(json, arena);
  law(json::canonical(json::from_value(value)) == canonical, "a cell keeps the meaning", canonical);
}

void check_mapper(std::string_view text, const Json* json) {
  const std::string padded = std::string(text) + std::string(kPagePadding, '\0');
  std::vector<Value> row(mapping().fields().size());
  Arena arena;
  Mapper mapper(mapping());
  bool read = true;
  try {
    mapper.map(std::string_view(padded).substr(0, text.size()), row, arena);
  } catch (const Error& error) {
    law(error.kind() == ErrorKind::Corrupt, "a record that is no JSON object is Corrupt", error.what());
    read = false;
  }
  law(read == (json != nullptr && json->object() != nullptr), "the mapper reads each JSON object and nothing else", text);
  if (!read) return;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Json* found = mapping().fields()[i].from.find(*json);
    // A member that is spelled as the column is.
    if (found == nullptr) found = json->find(mapping().fields()[i].column);
    const bool there = found != nullptr && !found->is_null();
    if (!there && !mapping().fields()[i].fallback) law(row[i].is_nothing(), "what is not in the record is not in the row", text);
    if (there && found->text() != nullptr && mapping().fields()[i].type == FieldType::Text)
      law(row[i].tag() == Value::Tag::Text && row[i].as_view() == *found->text(), "a text is mapped as it is", text);
  }
}

void check_slicer(std::string_view text, const Json& json) {
  const Json::Array* items = json.array();
  if (items == nullptr) return;
  const std::string padded = std::string(text) + std::string(kPagePadding, '\0');
  Arena arena;
  rest::Slice slice;
  rest::Slicer slicer;
  slicer.cut(std::string_view(padded).substr(0, text.size()), {"", {"id"}, "createdAt", ""}, arena, slice);
  law(slice.elements == items->size(), "the slicer counts each element", text);
  law(slice.items.size() + slice.problems.size() == slice.elements, "each element is an item or a problem", text);
  for (const rest::Item& item : slice.items) {
    const Json cut = json::parse(item.raw);
    law(std::find(items->begin(), items->end(), cut) != items->end(), "an item is an element, whole", item.raw);
  }
}

}  // namespace
}  // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  using namespace lockstep::fuzz;
  const std::string_view text = text_of(data, size);
  Json json;
  const std::string refusal = read(text, json);
  std::string canonical_refusal;
  try {
    json::canonical(text);
  } catch (const Error& error) {
    canonical_refusal = error.message();
  }
  law(refusal.empty() == canonical_refusal.empty(), "tree and canonical form agree on what is JSON", refusal + canonical_refusal);
  check_agreement(text, refusal);
  check_mapper(text, refusal.empty() ? &json : nullptr);
  if (!refusal.empty()) return 0;
  check_writing(text, json);
  check_slicer(text, json);
  return 0;
}
