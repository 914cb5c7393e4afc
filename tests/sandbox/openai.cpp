// OpenAI: the whole list at once, in no order: it begins elsewhere each time.
#include <algorithm>

#include "format/json.h"
#include "sandbox/model_api.h"

namespace lockstep::sandbox {

Reply answer_openai(Models& models, const std::string& id) {
  if (!id.empty()) {
    const Json* model = models.find(ModelList::OpenAi, id);
    return model == nullptr ? refusal(ModelApi::OpenAi, "not_found", {{"id", id}}) : json_reply(200, json::to_text(*model));
  }
  std::vector<Json> documents = models.list(ModelList::OpenAi);
  if (!documents.empty()) {
    const std::size_t first = models.turn++ * 7 % documents.size();
    std::ranges::rotate(documents, documents.begin() + static_cast<std::ptrdiff_t>(first));
  }
  return json_reply(200, R"({"object":"list","data":)" + array_text(documents) + "}");
}

}  // namespace lockstep::sandbox
