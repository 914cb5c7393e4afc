#include "format/form_check.h"

#include <algorithm>
#include <regex>

#include "common/text.h"

namespace lockstep::yaml {
namespace {

using Kind = Form::Kind;

class Checker {
 public:
  explicit Checker(Problems& problems) : problems_(problems) {}

  bool check(const Node& node, const Form& form, const std::string& what) {
    switch (form.kind) {
      case Kind::Any: return form.loose || node.kind != Node::Kind::Null || refuse(node.place, what + " holds nothing");
      case Kind::Integer: return as_integer(node, problems_).has_value();
      case Kind::Real: return as_real(node, problems_).has_value();
      case Kind::Boolean: return as_boolean(node, problems_).has_value();
      case Kind::Map: return map(node, form, what);
      case Kind::Names: return names(node, form, what);
      case Kind::List: return list(node, form, what);
      case Kind::Either: return either(node, form, what);
      case Kind::Text:
      case Kind::Duration: break;
    }
    return text(node, form, what);
  }

 private:
  bool refuse(const Place& place, std::string message) {
    problems_.add(place, std::move(message));
    return false;
  }

  bool text(const Node& node, const Form& form, const std::string& what) {
    const auto read = as_text(node, problems_);
    if (!read) return false;
    if (utf8_length(*read) < form.fewest) return refuse(node.place, what + ": expected a text, not an empty one");
    const bool chosen =
        form.choices.empty() || form.open_choices || std::find(form.choices.begin(), form.choices.end(), *read) != form.choices.end();
    if (!chosen)
      return refuse(node.place,
                    what + ": \"" + printable(*read) + "\" is none of " + join(form.choices, ", ") + did_you_mean(*read, form.choices));
    if (!form.pattern.empty() && !std::regex_match(*read, std::regex(form.pattern)))
      return refuse(node.place, what + ": \"" + printable(*read) + "\" has not the right form");
    return true;
  }

  bool map(const Node& node, const Form& form, const std::string& what) {
    if (node.kind != Node::Kind::Map) return refuse(node.place, what + ": expected a map");
    const std::size_t before = problems_.errors().size();
    only_keys(node, form, problems_);
    bool good = problems_.errors().size() == before;
    for (const Key& key : form.keys) {
      const Node& member = node[key.name];
      if (member) {
        good = check(member, key.form, key.name) && good;
      } else if (key.required) {
        good = refuse(node.place, what + " lacks \"" + key.name + "\"");
      }
    }
    return good;
  }

  bool names(const Node& node, const Form& form, const std::string& what) {
    if (node.kind != Node::Kind::Map) return refuse(node.place, what + ": expected a map");
    bool good = node.members.size() >= form.fewest || refuse(node.place, what + " is empty");
    for (const Node::Member& member : node.members) {
      if (!may_be_named(form, member.key)) good = refuse(member.place, what + ": \"" + printable(member.key) + "\" is no name here");
      good = check(member.value, form.parts.front(), member.key) && good;
    }
    return good;
  }

  bool list(const Node& node, const Form& form, const std::string& what) {
    if (node.kind != Node::Kind::Sequence) return refuse(node.place, what + ": expected a list");
    bool good = node.items.size() >= form.fewest || refuse(node.place, what + " is empty");
    for (std::size_t i = 0; i < node.items.size(); ++i)
      good = check(node.items[i], form.parts.front(), what + " " + std::to_string(i + 1)) && good;
    return good;
  }

  /// The alternative that is of the node's kind tells the mistakes; where none is, the first does.
  bool either(const Node& node, const Form& form, const std::string& what) {
    const auto of_kind = [&](const Form& part) {
      if (node.kind == Node::Kind::Sequence) return part.kind == Kind::List;
      if (node.kind == Node::Kind::Map) return part.kind == Kind::Map || part.kind == Kind::Names;
      return part.kind != Kind::List && part.kind != Kind::Map && part.kind != Kind::Names;
    };
    const auto found = std::find_if(form.parts.begin(), form.parts.end(), of_kind);
    return check(node, found == form.parts.end() ? form.parts.front() : *found, what);
  }

  Problems& problems_;
};

}  // namespace

bool check(const Node& node, const Form& form, const std::string& what, Problems& problems) {
  return Checker(problems).check(node, form, what);
}

}  // namespace lockstep::yaml
