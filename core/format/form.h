// Form: what a YAML file may hold, as a table. A reader takes the names, choices and bounds that it accepts from here, and the JSON Schema
// that editors use is made from the same rows, so that neither knows an option that the other does not.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/yaml.h"

namespace lockstep::yaml {

struct Key;

/// A map whose keys depend on the value of another: the options of a plugin.
struct Variant {
  std::string value;
  std::vector<Key> keys;
};

struct Form {
  enum class Kind {
    Text,      ///< any scalar
    Integer,   ///< 5
    Real,      ///< 0.5
    Boolean,   ///< true
    Duration,  ///< 30s
    Any,       ///< anything but nothing; with `loose` that too
    Map,       ///< `keys`
    Names,     ///< a map from names that the user chooses to `parts[0]`
    List,      ///< of `parts[0]`
    Either,    ///< one of `parts`
  };
  Kind kind = Kind::Text;
  std::vector<std::string> choices;  ///< of a Text
  bool open_choices = false;         ///< others are possible: the choices are what is known beforehand
  std::string pattern;               ///< regular expression of a whole Text, or of the names of Names
  std::string example;               ///< a Text that fits the pattern, for messages
  bool path = false;                 ///< of a Text: where something stands in an answer, path_keys() of path.h
  bool kind_of_path = false;         ///< of a path: a pattern, see path_patterns.h
  std::vector<std::string> taken;    ///< names of Names that mean something else already
  std::optional<double> least = {}, most;
  std::size_t fewest = 0;   ///< items of a List, names of Names, characters of a Text
  bool loose = false;       ///< a number or boolean may be quoted, and nothing means not given: options of plugins
  std::vector<Form> parts;  ///< see Kind
  std::vector<Key> keys;    ///< of a Map
  std::string by;           ///< of a Map: the key whose value chooses among `variants`; each holds every key but those of `keys`
  std::vector<Variant> variants;
};

/// A key of a Map.
struct Key {
  std::string name;
  Form form;
  std::string help;
  bool required = false;
  std::string fallback = {};            ///< the default as it would be written; empty: none
  std::vector<std::string> types = {};  ///< only beside these values of the key "type"; empty: beside any
  bool without_type = false;            ///< with `types`: also beside no "type"
  bool demanded = false;                ///< with `types`: beside one of them it must be there
  std::string needs = {};               ///< only beside this other key
};

// Forms as they are written in a table.
Form text(std::size_t fewest = 0);
Form choice(std::vector<std::string> choices);
Form place();
/// A pattern of places (path_patterns.h).
Form path_pattern();
Form matching(std::string pattern, std::string example = {});
Form integer(std::optional<double> least = {}, std::optional<double> most = {});
Form of(Form::Kind kind);
Form map(std::vector<Key> keys);
Form names(Form value, std::string pattern = {}, std::size_t fewest = 0);
Form list(Form item, std::size_t fewest = 0);
Form either(std::vector<Form> parts);

/// The key of that name. Asking for one that the map does not have is a mistake in the program.
const Key& key(const Form& map, std::string_view name);
/// The keys of a Map, or of the Map among the alternatives of an Either; and their names.
const std::vector<Key>& keys_of(const Form& form);
std::vector<std::string> key_names(const Form& form);
/// The map with each unknown key that is told under the name that it was surely meant to have, where that one is missing: what a mistyped
/// key holds is then read, and nobody says of it that it is not there.
Node as_meant(const Node& map, std::span<const std::string> names, Problems& problems);
/// only_keys() of yaml.h with the keys of a Map.
void only_keys(const Node& map, const Form& form, Problems& problems);
/// Adds every mistake of a whole tree, called `name`: what is unknown, missing, of another kind, out of bounds or none of the choices. Of
/// the rules that depend on other keys it knows the variants of a Map and `needs`, not `types`.
void check(const Node& node, const Form& form, const std::string& name, Problems& problems);
/// `name` of Names is one that the user may choose.
bool may_be_named(const Form& names, std::string_view name);

}  // namespace lockstep::yaml
