// Models: the lists of the model APIs, each in the order in which it is served. Documents are kept as they were given, also wrong ones
// (no id, an id twice): a recorded list is served as it was recorded.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"

namespace lockstep::sandbox {

/// One per list that an API serves; xAI serves four.
enum class ModelList { OpenAi, Gemini, Xai, XaiLanguage, XaiImage, XaiVideo, Anthropic };

inline constexpr std::array kModelLists{ModelList::OpenAi,   ModelList::Gemini,   ModelList::Xai,      ModelList::XaiLanguage,
                                        ModelList::XaiImage, ModelList::XaiVideo, ModelList::Anthropic};

/// "openai", "gemini", "xai", "xai/language-models", "xai/image-generation-models", "xai/video-generation-models", "anthropic".
std::string_view to_string(ModelList list);
/// Throws Error{NotFound}.
ModelList model_list_of(std::string_view name);
/// The member that tells models apart: "name" at Gemini ("models/…"), else "id".
std::string_view id_member(ModelList list);

/// Not thread-safe. An id of Gemini may be given without its "models/".
class Models {
 public:
  const std::vector<Json>& list(ModelList list) const { return lists_[static_cast<std::size_t>(list)]; }
  std::vector<std::string> ids(ModelList list) const;
  /// nullptr when there is none; valid until the next change.
  const Json* find(ModelList list, std::string_view id) const;

  /// Replaces a list by an answer of its API ({"data": […]} or {"models": […]}) or by a bare array. The xAI list of all models takes the
  /// models of the three others away, which would tell of another day. Throws Error{Invalid}.
  void load(ModelList list, const Json& answer);
  /// {"openai": …, "xai": …, …}: each as load() takes it.
  void load_all(const Json& lists);
  /// Adds at the end, or replaces the model of that id.
  void put(ModelList list, Json document);
  /// Sets the member at `path` ("shutdown_date", "pricing.0.price_per_image"), or removes it when `value` is nullopt. Under Xai this is
  /// done in each of the four lists whose model has the member, or in Xai when none has. Throws Error{NotFound} or Error{Invalid}.
  void edit(ModelList list, std::string_view id, std::string_view path, const std::optional<Json>& value);
  /// True when it was there. Under Xai: from all four lists.
  bool remove(ModelList list, std::string_view id);
  /// Lets another xAI model bear the alias, in all lists. Throws Error{NotFound}.
  void move_alias(const std::string& alias, std::string_view to);
  void clear();

  /// How often the OpenAI list was asked: it has another order each time.
  std::size_t turn = 0;

 private:
  std::vector<Json>& of(ModelList list) { return lists_[static_cast<std::size_t>(list)]; }
  /// Like find().
  Json* held(ModelList list, std::string_view id);

  std::array<std::vector<Json>, kModelLists.size()> lists_;
};

}  // namespace lockstep::sandbox
