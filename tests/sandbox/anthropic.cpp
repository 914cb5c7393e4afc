// Anthropic: pages by the id of the last or first model seen, twenty at a time.
#include <algorithm>
#include <charconv>

#include "format/json.h"
#include "sandbox/model_api.h"

namespace lockstep::sandbox {
namespace {

struct Window {
  std::size_t limit = 20;
  std::string after_id;
  std::string before_id;
};

std::optional<Reply> read(const Request& request, Window& window) {
  for (const auto& [name, value] : request.parameters) {
    if (name == "after_id") {
      window.after_id = value;
    } else if (name == "before_id") {
      window.before_id = value;
    } else if (name == "limit") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), window.limit);
      if (error != std::errc{} || end != value.data() + value.size())
        return bad_request(ModelApi::Anthropic, "limit: Input should be a valid integer");
      if (window.limit < 1) return bad_request(ModelApi::Anthropic, "limit: Input should be greater than or equal to 1");
      if (window.limit > 1000) return bad_request(ModelApi::Anthropic, "limit: Input should be less than or equal to 1000");
    } else if (name != "beta") {
      return bad_request(ModelApi::Anthropic, name + ": Extra inputs are not permitted");
    }
  }
  if (!window.after_id.empty() && !window.before_id.empty())
    return bad_request(ModelApi::Anthropic, "Only one of after_id and before_id may be given");
  return std::nullopt;
}

Reply page(const std::vector<Json>& documents, std::size_t first, std::size_t end, bool has_more) {
  const auto begin = documents.begin();
  const std::vector<Json> shown(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end));
  const auto quoted = [](const Json& document) { return json::quote(document.text_at("id")); };
  return json_reply(200, R"({"data":)" + array_text(shown) + R"(,"has_more":)" + (has_more ? "true" : "false") + R"(,"first_id":)" +
                             (shown.empty() ? "null" : quoted(shown.front())) + R"(,"last_id":)" +
                             (shown.empty() ? "null" : quoted(shown.back())) + "}");
}

}  // namespace

Reply answer_anthropic(const Models& models, const Request& request, const std::string& id) {
  if (!id.empty()) {
    const Json* model = models.find(ModelList::Anthropic, id);
    return model == nullptr ? refusal(ModelApi::Anthropic, "not_found", {{"id", id}}) : json_reply(200, json::to_text(*model));
  }
  Window window;
  if (auto refused = read(request, window)) return *refused;
  const auto& documents = models.list(ModelList::Anthropic);
  const std::string& cursor = window.after_id.empty() ? window.before_id : window.after_id;
  const auto at = std::ranges::find_if(documents, [&](const Json& document) { return document.text_at("id") == cursor; });
  if (!cursor.empty() && at == documents.end()) return bad_request(ModelApi::Anthropic, "Invalid cursor: " + cursor);
  const auto position = static_cast<std::size_t>(at - documents.begin());
  if (!window.before_id.empty()) {
    const std::size_t first = position - std::min(position, window.limit);
    return page(documents, first, position, first > 0);
  }
  const std::size_t first = cursor.empty() ? 0 : position + 1;
  const std::size_t end = std::min(documents.size(), first + window.limit);
  return page(documents, first, end, end < documents.size());
}

}  // namespace lockstep::sandbox
