// A whole YAML tree against a Form: every mistake with its place. For files whose reader has nothing to add to what the table says.
#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "common/time.h"
#include "format/fits.h"
#include "format/form.h"
#include "format/path.h"
#include "format/path_patterns.h"

namespace lockstep::yaml {
namespace {

using Kind = Form::Kind;

/// std::regex descends into itself for every byte.
constexpr std::size_t kLongestMatch = 2000;

std::string number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

class Checker {
 public:
  explicit Checker(Problems& problems) : problems_(problems) {}

  /// `name`: of the key that holds the node, for messages.
  void check(const Node& node, const Form& form, const std::string& name) {
    if (node.kind == Node::Kind::Null && form.loose) return;
    switch (form.kind) {
      case Kind::Text: return text(node, form, name);
      case Kind::Integer:
        if (const auto value = as_integer(node, problems_)) bounds(node, form, name, static_cast<double>(*value));
        return;
      case Kind::Real:
        if (const auto value = as_real(node, problems_)) bounds(node, form, name, *value);
        return;
      case Kind::Boolean: as_boolean(node, problems_); return;
      case Kind::Duration: return duration(node, name);
      case Kind::Any:
        if (node.kind == Node::Kind::Null) problems_.add(node.place, name + ": expected a value");
        return;
      case Kind::Map: return map(node, form, name);
      case Kind::Names: return names(node, form, name);
      case Kind::List: return list(node, form, name);
      case Kind::Either: return either(node, form, name);
    }
  }

 private:
  void text(const Node& node, const Form& form, const std::string& name) {
    const auto value = as_text(node, problems_);
    if (!value) return;
    const bool known = std::find(form.choices.begin(), form.choices.end(), *value) != form.choices.end();
    if (!form.choices.empty() && !known && !form.open_choices) {
      problems_.add(node.place,
                    name + ": " + in_quotes(*value) + " is none of " + join(form.choices, ", ") + did_you_mean(*value, form.choices));
    } else if (utf8_length(*value) < form.fewest) {
      problems_.add(node.place, name + " must not be empty");
    } else if (form.path) {
      path(node, form, *value);
    } else if (!form.pattern.empty() && value->size() > kLongestMatch) {
      problems_.add(node.place, name + " is longer than " + std::to_string(kLongestMatch) + " bytes");
    } else if (!form.pattern.empty() && !fits(*value, form.pattern)) {
      problems_.add(node.place, name + ": " + in_quotes(*value) + " does not fit; expected " +
                                    (form.example.empty() ? form.pattern : "something like " + form.example));
    }
  }

  void path(const Node& node, const Form& form, const std::string& value) {
    try {
      if (form.kind_of_path) {
        PathPatterns({&value, 1});
      } else {
        path_keys(value);
      }
    } catch (const Error& error) {
      problems_.add(node.place, error.message());
    }
  }

  void bounds(const Node& node, const Form& form, const std::string& name, double value) {
    if (form.least && form.most && (value < *form.least || value > *form.most)) {
      problems_.add(node.place, name + " must be between " + number(*form.least) + " and " + number(*form.most));
    } else if (form.least && value < *form.least) {
      problems_.add(node.place, name + " must be at least " + number(*form.least));
    } else if (form.most && value > *form.most) {
      problems_.add(node.place, name + " must be at most " + number(*form.most));
    }
  }

  void duration(const Node& node, const std::string& name) {
    const auto value = as_text(node, problems_);
    if (value && !parse_duration(*value)) problems_.add(node.place, name + ": expected a duration such as 30s, 250ms, 2m or 11h");
  }

  bool is_of(const Node& node, Node::Kind kind, const std::string& name, const char* what) {
    if (node.kind == kind) return true;
    problems_.add(node.place, name + ": expected " + what);
    return false;
  }

  void map(const Node& given, const Form& form, const std::string& name) {
    if (!is_of(given, Node::Kind::Map, name, "a map")) return;
    const std::vector<Key> keys = keys_beside(given, form);
    std::vector<std::string> allowed;
    for (const Key& key : keys) allowed.push_back(key.name);
    const Node node = as_meant(given, allowed, problems_);
    for (const Key& key : keys) {
      const Node& value = node[key.name];
      if (!value && key.required) problems_.add(node.place, name + " lacks " + in_quotes(key.name));
      if (!value) continue;
      if (!key.needs.empty() && !node[key.needs]) problems_.add(value.place, key.name + " belongs to " + in_quotes(key.needs));
      check(value, key.form, key.name);
    }
  }

  static bool has_key(const std::vector<Key>& keys, const std::string& name) {
    return std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  }

  /// The keys that the map may have: its own and those of its variant.
  static std::vector<Key> keys_beside(const Node& node, const Form& form) {
    std::vector<Key> keys = form.keys;
    const auto chosen = [&](const Variant& variant) { return node[form.by].scalar == variant.value; };
    const bool known = std::any_of(form.variants.begin(), form.variants.end(), chosen);
    for (const Variant& variant : form.variants) {
      if (known && !chosen(variant)) continue;
      // Which of them it was to be is not known: the mistake is told once, and not again for each of its keys.
      for (Key key : variant.keys) {
        if (!known) key = Key{key.name, of(Kind::Any), "", false};
        if (known || !has_key(keys, key.name)) keys.push_back(std::move(key));
      }
    }
    return keys;
  }

  void names(const Node& node, const Form& form, const std::string& name) {
    if (!is_of(node, Node::Kind::Map, name, "a map of names")) return;
    if (node.members.size() < form.fewest) problems_.add(node.place, name + " must not be empty");
    for (const Node::Member& member : node.members) {
      if (!may_be_named(form, member.key)) problems_.add(member.place, name + ": " + in_quotes(member.key) + " is no name for it");
      check(member.value, form.parts.front(), member.key);
    }
  }

  void list(const Node& node, const Form& form, const std::string& name) {
    if (!is_of(node, Node::Kind::Sequence, name, "a list")) return;
    if (node.items.size() < form.fewest) problems_.add(node.place, name + " must not be empty");
    for (const Node& item : node.items) check(item, form.parts.front(), name);
  }

  /// The alternative of the node's own outline; where none is, the first says what was expected.
  void either(const Node& node, const Form& form, const std::string& name) {
    const auto fits = [&](const Form& part) {
      const bool map = part.kind == Kind::Map || part.kind == Kind::Names;
      if (node.kind == Node::Kind::Map) return map;
      if (node.kind == Node::Kind::Sequence) return part.kind == Kind::List;
      return !map && part.kind != Kind::List;
    };
    const auto found = std::find_if(form.parts.begin(), form.parts.end(), fits);
    check(node, found == form.parts.end() ? form.parts.front() : *found, name);
  }

  Problems& problems_;
};

}  // namespace

void check(const Node& node, const Form& form, const std::string& name, Problems& problems) { Checker(problems).check(node, form, name); }

}  // namespace lockstep::yaml
