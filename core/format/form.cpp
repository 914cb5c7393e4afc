#include "format/form.h"

#include <algorithm>
#include <stdexcept>

#include "common/text.h"
#include "format/fits.h"

namespace lockstep::yaml {
namespace {

constexpr std::size_t kLongestName = 2000;

}  // namespace

Form text(std::size_t fewest) {
  Form form;
  form.fewest = fewest;
  return form;
}

Form choice(std::vector<std::string> choices) {
  Form form;
  form.choices = std::move(choices);
  return form;
}

Form matching(std::string pattern, std::string example) {
  Form form;
  form.pattern = std::move(pattern);
  form.example = std::move(example);
  return form;
}

Form integer(std::optional<double> least, std::optional<double> most) {
  Form form = of(Form::Kind::Integer);
  form.least = least;
  form.most = most;
  return form;
}

Form of(Form::Kind kind) {
  Form form;
  form.kind = kind;
  return form;
}

Form map(std::vector<Key> keys) {
  Form form = of(Form::Kind::Map);
  form.keys = std::move(keys);
  return form;
}

Form names(Form value, std::string pattern, std::size_t fewest) {
  Form form = of(Form::Kind::Names);
  form.parts.push_back(std::move(value));
  form.pattern = std::move(pattern);
  form.fewest = fewest;
  return form;
}

Form list(Form item, std::size_t fewest) {
  Form form = of(Form::Kind::List);
  form.parts.push_back(std::move(item));
  form.fewest = fewest;
  return form;
}

Form place() {
  Form form = text(1);
  form.path = true;
  return form;
}

Form path_pattern() {
  Form form = place();
  form.kind_of_path = true;
  return form;
}

Form either(std::vector<Form> parts) {
  Form form = of(Form::Kind::Either);
  form.parts = std::move(parts);
  return form;
}

const std::vector<Key>& keys_of(const Form& form) {
  const auto found = std::find_if(form.parts.begin(), form.parts.end(), [](const Form& part) { return part.kind == Form::Kind::Map; });
  return form.kind == Form::Kind::Either && found != form.parts.end() ? found->keys : form.keys;
}

const Key& key(const Form& form, std::string_view name) {
  const std::vector<Key>& keys = keys_of(form);
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& each) { return each.name == name; });
  if (found == keys.end()) throw std::logic_error("no key " + std::string(name));
  return *found;
}

std::vector<std::string> key_names(const Form& form) {
  std::vector<std::string> out;
  for (const Key& each : keys_of(form)) out.push_back(each.name);
  return out;
}

void only_keys(const Node& map, const Form& form, Problems& problems) {
  const std::vector<Key>& keys = keys_of(form);
  const auto known = [&](const Node::Member& member) {
    return std::any_of(keys.begin(), keys.end(), [&](const Key& each) { return each.name == member.key; });
  };
  // The names are gathered only for a suggestion: a mapping has hundreds of such maps.
  if (!std::all_of(map.members.begin(), map.members.end(), known)) only_keys(map, key_names(form), problems);
}

Node as_meant(const Node& map, std::span<const std::string> names, Problems& problems) {
  only_keys(map, names, problems);
  Node out = map;
  for (Node::Member& member : out.members) {
    if (std::find(names.begin(), names.end(), member.key) != names.end()) continue;
    if (const auto meant = nearest(member.key, names); meant && !out[*meant]) member.key = *meant;
  }
  return out;
}

bool may_be_named(const Form& names, std::string_view name) {
  if (std::find(names.taken.begin(), names.taken.end(), name) != names.taken.end()) return false;
  return names.pattern.empty() || (name.size() <= kLongestName && fits(name, names.pattern));
}

}  // namespace lockstep::yaml
