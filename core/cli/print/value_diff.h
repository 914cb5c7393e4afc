// Value diff: how a change of one value reads on a terminal: a long text as a diff of its lines, a JSON value as the leaves that changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/print/output.h"
#include "data/json.h"
#include "engine/engine.h"

namespace lockstep {

/// A leaf of a JSON value that is not the same on both sides: "messages[0].content". nullptr: it is not there on that side.
struct LeafChange {
  std::string path;  ///< empty: the value itself
  const Json* before = nullptr;
  const Json* after = nullptr;
};

/// In the order of the document; equal meaning is no change. Elements of arrays that moved because others were put in or taken out are
/// none either. Borrowed from both values.
std::vector<LeafChange> changed_leaves(const Json& before, const Json& after);

/// "  same", "- gone", "+ new": the lines that changed with two around them, "…" for what is left out. Texts of more lines than anybody
/// reads are not compared but shown one after the other, from the first line that differs.
std::vector<std::string> changed_lines(std::string_view before, std::string_view after);

/// Both are long texts, or JSON trees: show_change() tells only what is different.
bool reads_as_difference(const Json& before, const Json& after);

/// A field of a change in as many lines as it needs, each with `indent` and safe for a terminal. `created`: only the new value is shown.
std::vector<std::string> show_change(const FieldDelta& field, bool created, std::string_view indent, const Palette& palette);

}  // namespace lockstep
