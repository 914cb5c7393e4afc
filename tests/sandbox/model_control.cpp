// Reads what a model list shall become and changes it.
#include "sandbox/model_control.h"

#include <algorithm>
#include <array>

#include "common/error.h"
#include "format/json.h"
#include "sandbox/control.h"
#include "sandbox/sandbox.h"

namespace lockstep::sandbox {
namespace {

constexpr std::string_view kRoot = "/models";
constexpr std::array<std::string_view, 4> kActions{"put", "edit", "remove", "move_alias"};

std::vector<std::string> texts_at(const Json& body, std::string_view one, std::string_view many) {
  std::vector<std::string> texts;
  if (const Json* value = body.find(one); value != nullptr && value->text() != nullptr) texts.push_back(*value->text());
  if (const Json* list = body.find(many); list != nullptr && list->array() != nullptr)
    for (const auto& value : *list->array())
      if (value.text() != nullptr) texts.push_back(*value.text());
  return texts;
}

void edit(Models& models, ModelList list, const Json& body) {
  expect_only(body, {"id", "ids", "set", "unset"});
  const Json none{Json::Object{}};
  const Json* set = body.find("set") == nullptr ? &none : body.find("set");
  if (set->object() == nullptr) throw Error(ErrorKind::Invalid, "\"set\" must be an object of path and value");
  for (const auto& id : texts_at(body, "id", "ids")) {
    for (const auto& [path, value] : *set->object()) models.edit(list, id, path, value);
    for (const auto& path : texts_at(body, "", "unset")) models.edit(list, id, path, std::nullopt);
  }
}

void remove(Models& models, ModelList list, const Json& body) {
  expect_only(body, {"id", "ids"});
  for (const auto& id : texts_at(body, "id", "ids"))
    if (!models.remove(list, id)) throw Error(ErrorKind::NotFound, std::string(to_string(list)) + " has no model " + id);
}

void move_alias(Models& models, ModelList list, const Json& body) {
  expect_only(body, {"alias", "to"});
  if (list != ModelList::Xai) throw Error(ErrorKind::Invalid, "only the models of xai have aliases");
  models.move_alias(body.text_at("alias"), body.text_at("to"));
}

void put(Models& models, ModelList list, const Json& body) {
  if (body.array() == nullptr) return models.put(list, body);
  for (const Json& document : *body.array()) models.put(list, document);
}

void act(Models& models, std::string_view action, ModelList list, const Json& body) {
  if (action == "put") return put(models, list, body);
  if (action == "edit") return edit(models, list, body);
  if (action == "remove") return remove(models, list, body);
  move_alias(models, list, body);
}

std::string show(const Models& models, ModelList list) {
  return json::to_text(Json(Json::Array(models.list(list).begin(), models.list(list).end())));
}

std::string show_all(const Models& models) {
  std::string out = "{";
  for (const ModelList list : kModelLists) out += (out.size() > 1 ? "," : "") + json::quote(to_string(list)) + ":" + show(models, list);
  return out + "}";
}

}  // namespace

Reply control_models(Sandbox& sandbox, std::string_view method, std::string_view path, const Json& body) {
  const auto rest = path.substr(kRoot.size());
  const std::string_view name = rest.empty() ? rest : rest.substr(1);
  Reply reply = done();
  sandbox.change_models([&](Models& models) {
    if (method == "GET") {
      reply = json_reply(200, name.empty() ? show_all(models) : show(models, model_list_of(name)));
    } else if (method == "PUT") {
      name.empty() ? models.load_all(body) : models.load(model_list_of(name), body);
    } else {
      const std::size_t slash = name.rfind('/');
      const auto action = slash == std::string_view::npos ? name : name.substr(slash + 1);
      if (std::ranges::find(kActions, action) == kActions.end() || slash == std::string_view::npos)
        throw Error(ErrorKind::NotFound, "there is no such control path");
      act(models, action, model_list_of(name.substr(0, slash)), body);
    }
  });
  return reply;
}

}  // namespace lockstep::sandbox
