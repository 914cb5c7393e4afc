// Changes to the lists, and the one rule of xAI: what concerns a model concerns each list that has it.
#include "sandbox/models.h"

#include <algorithm>
#include <utility>

#include "common/error.h"
#include "common/text.h"
#include "sandbox/json_path.h"

namespace lockstep::sandbox {
namespace {

constexpr std::array<std::string_view, kModelLists.size()> kListNames{
    "openai", "gemini", "xai", "xai/language-models", "xai/image-generation-models", "xai/video-generation-models", "anthropic"};
constexpr std::array kXaiLists{ModelList::Xai, ModelList::XaiLanguage, ModelList::XaiImage, ModelList::XaiVideo};
constexpr std::string_view kGeminiPrefix = "models/";

std::string full_id(ModelList list, std::string_view id) {
  const bool short_form = list == ModelList::Gemini && !id.starts_with(kGeminiPrefix);
  return (short_form ? std::string(kGeminiPrefix) : std::string()) + std::string(id);
}

std::vector<ModelList> lists_under(ModelList list) {
  return list == ModelList::Xai ? std::vector<ModelList>(kXaiLists.begin(), kXaiLists.end()) : std::vector<ModelList>{list};
}

const Json::Array& models_in(const Json& answer) {
  for (const char* member : {"data", "models"})
    if (const Json* list = answer.find(member); list != nullptr && list->array() != nullptr) return *list->array();
  if (answer.array() != nullptr) return *answer.array();
  throw Error(ErrorKind::Invalid, "a list of models is {\"data\": […]}, {\"models\": […]} or an array");
}

std::string first_of(std::string_view path) { return split(path, '.').front(); }

void set(Json& document, std::string_view path, const std::optional<Json>& value) {
  if (value) {
    value_at(document, path) = *value;
    return;
  }
  const std::size_t dot = path.rfind('.');
  Json& parent = dot == std::string_view::npos ? document : value_at(document, path.substr(0, dot));
  parent.erase(dot == std::string_view::npos ? path : path.substr(dot + 1));
}

bool without_alias(Json& document, const std::string& alias) {
  Json* aliases = document.find("aliases");
  return aliases != nullptr && aliases->array() != nullptr && std::erase(*aliases->array(), Json(alias)) > 0;
}

}  // namespace

std::string_view to_string(ModelList list) { return kListNames[static_cast<std::size_t>(list)]; }

ModelList model_list_of(std::string_view name) {
  for (const ModelList list : kModelLists)
    if (to_string(list) == name) return list;
  throw Error(ErrorKind::NotFound, "there is no list of models \"" + std::string(name) + "\"");
}

std::string_view id_member(ModelList list) { return list == ModelList::Gemini ? "name" : "id"; }

std::vector<std::string> Models::ids(ModelList list) const {
  std::vector<std::string> ids;
  for (const Json& document : this->list(list)) ids.push_back(document.text_at(id_member(list)));
  return ids;
}

const Json* Models::find(ModelList list, std::string_view id) const {
  const auto& documents = this->list(list);
  const auto found = std::ranges::find_if(
      documents, [&](const Json& document) { return document.text_at(id_member(list)) == full_id(list, id) && !id.empty(); });
  return found == documents.end() ? nullptr : &*found;
}

Json* Models::held(ModelList list, std::string_view id) { return const_cast<Json*>(std::as_const(*this).find(list, id)); }

void Models::load(ModelList list, const Json& answer) {
  std::vector<Json> documents = models_in(answer);
  if (list == ModelList::Xai)
    for (const ModelList other : kXaiLists) of(other).clear();
  of(list) = std::move(documents);
}

void Models::load_all(const Json& lists) {
  if (lists.object() == nullptr) throw Error(ErrorKind::Invalid, "lists of models are an object of list name and list");
  for (const auto& [name, unused] : *lists.object()) model_list_of(name);
  for (const ModelList list : kModelLists)
    if (const Json* given = lists.find(to_string(list)); given != nullptr) load(list, *given);
}

void Models::put(ModelList list, Json document) {
  const std::string id = document.text_at(id_member(list));
  if (id.empty()) throw Error(ErrorKind::Invalid, "a model needs the member \"" + std::string(id_member(list)) + "\"");
  if (Json* known = held(list, id)) {
    *known = std::move(document);
  } else {
    of(list).push_back(std::move(document));
  }
}

void Models::edit(ModelList list, std::string_view id, std::string_view path, const std::optional<Json>& value) {
  Json* model = held(list, id);
  if (model == nullptr) throw Error(ErrorKind::NotFound, std::string(to_string(list)) + " has no model " + std::string(id));
  bool had = false;
  for (const ModelList each : lists_under(list)) {
    Json* document = held(each, id);
    if (document == nullptr || document->find(first_of(path)) == nullptr) continue;
    set(*document, path, value);
    had = true;
  }
  if (!had) set(*model, path, value);
}

bool Models::remove(ModelList list, std::string_view id) {
  std::size_t removed = 0;
  for (const ModelList each : lists_under(list))
    removed += std::erase_if(of(each), [&](const Json& document) { return document.text_at(id_member(each)) == full_id(each, id); });
  return removed > 0;
}

void Models::move_alias(const std::string& alias, std::string_view to) {
  if (find(ModelList::Xai, to) == nullptr) throw Error(ErrorKind::NotFound, "xai has no model " + std::string(to));
  for (const ModelList list : kXaiLists) {
    for (Json& document : of(list)) without_alias(document, alias);
    Json* target = held(list, to);
    if (target == nullptr) continue;
    Json& aliases = (*target)["aliases"];
    if (aliases.array() == nullptr) aliases = Json(Json::Array{});
    aliases.array()->emplace_back(alias);
  }
}

void Models::clear() {
  for (auto& documents : lists_) documents.clear();
  turn = 0;
}

}  // namespace lockstep::sandbox
