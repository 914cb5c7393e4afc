#include "rest_plugin/reference.h"

#include <map>
#include <vector>

#include "common/text.h"

namespace lockstep::test {
namespace {

using yaml::Form;
using yaml::Key;
using Kind = yaml::Form::Kind;

std::string value_of(const Form& form) {
  switch (form.kind) {
    case Kind::Integer: return "integer";
    case Kind::Real: return "number";
    case Kind::Boolean: return "`true`, `false`";
    case Kind::Duration: return "duration";
    case Kind::Any: return "anything";
    case Kind::Map: return "map";
    case Kind::Names:
      return "map of names" + (form.parts.front().kind == Kind::Map ? std::string() : " to " + value_of(form.parts.front()));
    case Kind::List: return "list of " + value_of(form.parts.front()) + "s";
    case Kind::Either: {
      std::vector<std::string> parts;
      for (const Form& part : form.parts) parts.push_back(value_of(part));
      return join(parts, " or ");
    }
    case Kind::Text: break;
  }
  if (form.choices.empty()) return form.example.empty() ? "text" : "`" + form.example + "`";
  std::vector<std::string> quoted;
  for (const std::string& choice : form.choices) quoted.push_back("`" + choice + "`");
  return join(quoted, ", ");
}

std::string rows(const std::vector<Key>& keys, const std::string& beside) {
  std::string out;
  for (const Key& key : keys) {
    out += "| `" + key.name + "`" + (key.required ? " (required)" : "") + " | " + beside + value_of(key.form) + " | " +
           (key.fallback.empty() ? "" : "`" + key.fallback + "`") + " | " + key.help + " |\n";
  }
  return out;
}

class Writer {
 public:
  void map(const std::string& place, const Form& form) {
    std::string table = rows(form.keys, "");
    for (const yaml::Variant& variant : form.variants) table += rows(variant.keys, "`" + variant.value + "`: ");
    const auto [known, fresh] = written_.emplace(table, place);
    if (!fresh) {
      text += "`" + place + "` holds what `" + known->second + "` holds.\n\n";
      return;
    }
    text += "### " + (place.empty() ? std::string("The file") : "`" + place + "`") +
            "\n\n| key | value | default | |\n|---|---|---|---|\n" + table + "\n";
    for (const Key& key : form.keys) inner(place.empty() ? key.name : place + "." + key.name, key.form);
  }

  std::string text;

 private:
  void inner(const std::string& place, const Form& form) {
    if (form.kind == Kind::Map) return map(place, form);
    if (form.kind == Kind::Names) return inner(place + ".NAME", form.parts.front());
    for (const Form& part : form.parts) inner(place, part);
  }

  std::map<std::string, std::string> written_;
};

}  // namespace

std::string reference(const Form& form) {
  Writer writer;
  writer.map("", form);
  return writer.text;
}

}  // namespace lockstep::test
