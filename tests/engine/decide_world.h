// A small world for tests of decide: one mapping with every kind of field, and both sides of a record written as JSON by column.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/arena.h"
#include "engine/decide/decide.h"

namespace lockstep::test {

/// item_id (key), name, note, count, model (json) with its leaves, status (read-only), enabled (derived), token (write-only), seal
/// (write-only and derived), pin (secret), old_voice (legacy), agent_id (a reference). Leaves: model_temperature, model_prompt, model_mode
/// (with converters), model_size (derived), model_key (write-only), model_format (with a default), model_tool (a reference), model_old
/// (legacy).
const Mapping& item_mapping();
std::size_t ordinal(std::string_view column);

/// A row of it, the same with its name edited on either side, and the policy that a test decides it under.
inline constexpr char kRow[] = R"({"item_id":"r1","name":"a","note":"n"})";
inline constexpr char kEditedHere[] = R"({"item_id":"r1","name":"L","note":"n"})";
inline constexpr char kEditedThere[] = R"({"item_id":"r1","name":"R","note":"n"})";
inline Policy under(Mode mode, OnConflict on_conflict = OnConflict::Remote, LocalEdits edits = LocalEdits::Keep) {
  return {.mode = mode, .on_conflict = on_conflict, .local_edits = edits};
}

/// Values written as a JSON object column → value; columns that are left out are null.
std::vector<Value> row(std::string_view columns, Arena& arena);

/// One record's situation. Texts as for row(); empty: no such side.
struct World {
  std::string here;
  std::string there;
  std::string base;                    ///< what the remote held when both last agreed
  std::string base_here;               ///< columns that the row held apart then
  std::vector<std::string> unknown;    ///< columns of which the base knows nothing
  std::vector<std::string> untouched;  ///< columns whose cell is what the agreement left there
  std::vector<std::string> fresh;      ///< columns that were not there then
  std::vector<std::string> moved;      ///< columns that both sides have edited while they were not mapped
  bool alike = false;                  ///< in the fresh columns every row holds the same
  std::vector<std::string> bad_here;   ///< columns whose cell is the text "{bad", which is not what they say
  std::vector<std::string> bad_then;   ///< the same of what the row held when both last agreed
  std::vector<std::string> unread;     ///< columns whose value there could not be read
  std::vector<std::string> not_taken;  ///< columns whose value was sent, and the remote kept another
  Facts facts;                         ///< everything but the sides

  /// Facts with sides and base; what they borrow lives as long as this world.
  const Facts& build();

 private:
  Arena arena_;
  std::vector<Value> here_, there_;
  std::vector<BaseField> base_;
};

/// A decision as one line: "local=update(name:a>b) remote=patch(note:c>d) conflicts(count:1/2/3=there) pending_local(name)
/// notes(PendingExport) base".
std::string text(const Decision& decision);
std::string_view name_of(Note note);

}  // namespace lockstep::test
