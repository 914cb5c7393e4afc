#include "mapping/mapping_form.h"

#include <algorithm>
#include <array>

#include "mapping/condition_reader.h"
#include "mapping/convert.h"
#include "mapping/standing_reader.h"
#include "mapping/transform.h"

namespace lockstep {
namespace {

using yaml::Form;
using Kind = yaml::Form::Kind;

constexpr std::array<std::pair<std::string_view, ColumnType>, 7> kOwnedTypes{{{"text", ColumnType::Text},
                                                                              {"integer", ColumnType::Integer},
                                                                              {"real", ColumnType::Real},
                                                                              {"boolean", ColumnType::Boolean},
                                                                              {"json", ColumnType::Json},
                                                                              {"timestamp", ColumnType::Timestamp},
                                                                              {kUuidType, ColumnType::Key}}};

const std::string kName = "[A-Za-z_][A-Za-z0-9_]{0,62}";
// Steps of Path::parse without its "*", which names many places.
const std::string kQuoted = R"re("(\\.|[^"\\])*")re";
const std::string kStep = "([^.\\[\\]\"= *][^.\\[\\]\"= ]*|\\*[^.\\[\\]\"= ]+|" + kQuoted + ")";
const std::string kPath = kStep + "(\\." + kStep + "|\\[([0-9]+|" + kStep + "=(" + kQuoted + "|[^\\]\"][^\\]]*))\\])*";

Form name() { return yaml::matching(kName); }
Form path() { return yaml::matching(kPath); }
Form table() { return yaml::matching("(" + kName + "\\.)?" + kName); }
Form reference() { return yaml::matching("(" + kName + "\\.)?" + kName + "\\." + kName); }

std::vector<std::string> owned_words() {
  std::vector<std::string> words;
  for (const auto& [word, type] : kOwnedTypes) words.emplace_back(word);
  return words;
}

std::vector<std::string> field_words() {
  std::vector<std::string> words;
  for (const std::string_view word : field_type_words()) words.emplace_back(word);
  return words;
}

Form transforms() {
  Form one = yaml::choice({transform::names().begin(), transform::names().end()});
  one.open_choices = true;
  return yaml::either({one, yaml::list(one)});
}

Form make_field_options() {
  const std::vector<std::string> numbers{"integer", "real"};
  return yaml::map({
      {"type", yaml::choice(field_words()), "what the column holds", false, "text"},
      {"from", path(), "path in the remote document; without it the column's name in lowerCamel"},
      {"required", yaml::of(Kind::Boolean), "a document without it is rejected", false, "false"},
      {"default", yaml::of(Kind::Any), "the value where the document has none"},
      {"min", yaml::of(Kind::Real), "least number that is sent", false, {}, numbers},
      {"max", yaml::of(Kind::Real), "greatest number that is sent", false, {}, numbers},
      {"min_length", yaml::integer(0), "fewest characters of a text that is sent", false, {}, {"text"}, true},
      {"max_length", yaml::integer(0), "most characters of a text that is sent", false, {}, {"text"}, true},
      {"values", yaml::list(yaml::text(), 1), "the texts of an enum", false, {}, {"enum"}, true, true},
      {"derived", yaml::of(Kind::Boolean), "never exported: an edit of the column is warned of", false, "false"},
      {"transform", transforms(), "a converter, or a list of them: built in, or a function under `transform` of the sync's hooks"},
      {"references", reference(), "table.column that holds the remote value: the column gets that row's primary key, or what `take` names"},
      {"as", yaml::choice({"set"}), "set: the order of a list, and what stands in it twice, is no difference", false, {}, {"json"}},
      {"take", name(), "the column that `references` gives", false, {}, {}, false, false, "references"},
  });
}

Form make_field() {
  // An enum needs its values, so the bare word is not enough.
  std::vector<std::string> words = field_words();
  std::erase(words, "enum");
  return yaml::either({yaml::choice(std::move(words)), make_field_options()});
}

Form make_owned() {
  return yaml::either(
      {yaml::choice(owned_words()), yaml::map({{"type", yaml::choice(owned_words()), "what the column holds", false, "text"},
                                               {"references", reference(), "table.column that it points to"}})});
}

Form make_index() {
  return yaml::either({name(), yaml::map({{"columns", yaml::list(name(), 1), "its columns, in order", true},
                                          {"unique", yaml::of(Kind::Boolean), "no two rows alike", false, "false"},
                                          {"name", name(), "its name in the database"}})});
}

Form make_mapping() {
  std::vector<yaml::Key> keys{
      {"table", table(), "the table of the database; schema.table where that knows schemas", true},
      {"key",
       yaml::map({{"column", name(), "the column of the remote id", true}, {"from", path(), "the path of the remote id", false, "id"}}),
       "where the identity of an item stands on both sides", true},
      {"label", name(), "column of what people call a record"},
      {"fields", yaml::names(field_form(), kName, 1), "column: its type, or a map of options", true},
      {"owned", yaml::names(owned_form(), kName),
       "the application's columns: hooks fill them on insert, or `uuid` does; an import never overwrites them"},
      {"owner",
       yaml::map({{"column", name(), "the column of the owner's id", true},
                  {"from", path(), "path of what tells the owner in the remote document", true},
                  {"matches", reference(), "table.column that it is compared with", true}}),
       "whose a record is: how --owner limits a run"},
      {"modified",
       yaml::map({{"column", name(), "the column of the row's own time of change", true},
                  {"from", path(), "path of the remote time of change; without it the resource's own"},
                  {"timezone", yaml::text(), "in which the application writes the column: UTC, Europe/Berlin", false, "UTC"}}),
       "the times that `on_conflict: newest` compares"},
      {"match",
       yaml::map({{"column", name(), "the column that tells records apart", true},
                  {"as", yaml::choice({"exact", "lower", "e164"}), "how its values are compared", false, "exact"}}),
       "how a row without an id finds its item"},
      {"made_with", yaml::names(yaml::names(yaml::of(Kind::Any))),
       "members that an object is made with when a column is laid into one that is not there"},
      {"names", yaml::choice({"snake", "camel"}),
       "what the API calls the members of columns without `from`: the column's name, or its lowerCamel; without it records show it"},
      {"country_code", yaml::text(), "of phone numbers that are written without +"},
      {"secrets", yaml::list(yaml::path_pattern()),
       "what is never shown, nor stored outside of columns, besides what the resource names and what is named like a secret; !PATTERN "
       "takes out"},
      {"indexes", yaml::list(make_index()), "columns, or maps with several"},
      {"fill", yaml::of(Kind::Boolean), "an export also writes into the row what the server made of it, not its id alone", false, "false"},
  };
  keys.push_back(where_key(kName));
  for (yaml::Key& key : standing_keys(kName)) keys.push_back(std::move(key));
  keys.push_back(statistics_key(kName));
  return yaml::map(std::move(keys));
}

}  // namespace

const Form& field_form() {
  static const Form form = make_field();
  return form;
}

const Form& owned_form() {
  static const Form form = make_owned();
  return form;
}

const Form& mapping_form() {
  static const Form form = make_mapping();
  return form;
}

std::optional<ColumnType> owned_type(std::string_view word) {
  const auto* found = std::find_if(kOwnedTypes.begin(), kOwnedTypes.end(), [&](const auto& each) { return each.first == word; });
  return found == kOwnedTypes.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace lockstep
