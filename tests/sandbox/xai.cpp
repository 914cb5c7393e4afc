// xAI: four lists without pages. The list of all models is "data", the three others are "models".
#include "format/json.h"
#include "sandbox/model_api.h"

namespace lockstep::sandbox {

Reply answer_xai(const Models& models, ModelList list, const std::string& id) {
  if (!id.empty()) {
    const Json* model = models.find(list, id);
    return model == nullptr ? refusal(ModelApi::Xai, "not_found", {{"id", id}}) : json_reply(200, json::to_text(*model));
  }
  const std::string documents = array_text(models.list(list));
  return json_reply(200, list == ModelList::Xai ? R"({"data":)" + documents + R"(,"object":"list"})" : R"({"models":)" + documents + "}");
}

}  // namespace lockstep::sandbox
