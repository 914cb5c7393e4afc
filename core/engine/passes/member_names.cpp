#include "engine/passes/member_names.h"

#include <algorithm>

#include "common/text.h"

namespace lockstep {

MemberNames::MemberNames(RunContext& run) : Pass(run) {}

void MemberNames::recall_names() { mapping_.names().restore(entry_.names, mapping_.shape()->columns()); }

void MemberNames::remember_names(SyncEntry& entry) const {
  if (const Json names = mapping_.names().state(mapping_.shape()->columns()); !names.is_null()) entry.names = names;
}

/// True when a complete list has shown every record to the rules: only then does it mean something that a member was in none.
bool MemberNames::has_mapped_all() const {
  return options_.tell_unmet && whole() && !undoing() && remote_count_ > 0 && unchanged_by_hash_ == 0;
}

/// A rule that names no member but that of its column: where a hook makes the row, that may be the hook's to fill.
bool MemberNames::is_filled_by_hook(const Field& field) const {
  const bool named_by_column = field.from.text() == field.column || !field.other.empty();
  return named_by_column && sync_.hook && sync_.hook->has(Hook::Stage::MappedRow);
}

/// A member with a default may be missing, and what the API publishes may be in no record.
bool MemberNames::may_be_missing(const Field& field) const {
  const Resource& resource = *sync_.resource;
  const auto is_top = [&](const std::string& path) { return path == field.from.top() || path.starts_with(field.from.top() + "."); };
  const auto names_it = [&](const std::vector<std::string>* list) { return std::any_of(list->begin(), list->end(), is_top); };
  const std::vector<std::string>* const published[] = {&resource.known, &resource.read_only, &resource.legacy, &resource.write_only};
  const bool is_flag = std::any_of(resource.secret_flags.begin(), resource.secret_flags.end(),
                                   [&](const Resource::SecretFlag& each) { return is_top(each.flag); });
  return field.whole || field.fallback || is_flag || is_filled_by_hook(field) ||
         std::any_of(std::begin(published), std::end(published), names_it);
}

void MemberNames::tell_unmet_rules() {
  constexpr std::size_t kMostTold = 5;
  if (!has_mapped_all()) return;
  const std::vector<std::string> unmapped = mapping_.names().unmapped();
  std::vector<std::string> told;
  std::size_t count = 0;
  for (std::size_t i = 1; i < mapping_.fields().size(); ++i) {
    const Field& field = mapping_.fields()[i];
    if (mapping_.names().was_met(i) || may_be_missing(field) || ++count > kMostTold) continue;
    told.push_back(in_quotes(field.from.text()) + (field.from.text() == field.column ? "" : " (" + field.column + ")") +
                   near_member(field, unmapped));
  }
  if (told.empty()) return;
  const std::string more = count > told.size() ? " and " + std::to_string(count - told.size()) + " more" : "";
  tally_.problem({Problem::Severity::Warning, {}, {}, "no_member", "no " + sync_.nouns.one + " has " + join(told, ", ") + more});
}

/// Another spelling of the name first: "fullName" for "full_name", "FullName".
std::string MemberNames::near_member(const Field& field, const std::vector<std::string>& unmapped) {
  const auto plain = [](std::string_view name) {
    std::string out = to_lower(name);
    std::erase_if(out, [](char letter) { return letter == '_' || letter == '-' || letter == ' '; });
    return out;
  };
  const auto same =
      std::find_if(unmapped.begin(), unmapped.end(), [&](const auto& name) { return plain(name) == plain(field.from.top()); });
  if (same != unmapped.end()) return "; did you mean " + in_quotes(*same) + "?";
  return did_you_mean(field.from.top(), unmapped);
}

}  // namespace lockstep
