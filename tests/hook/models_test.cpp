// scripts/models.lua as it ships: kinds, families, and capabilities with their evidence; and ctx.data, which it reads.
#include <gmock/gmock.h>

#include "data/row.h"
#include "hook/support.h"

namespace lockstep::test {
namespace {

class ModelsScript : public testing::Test {
 protected:
  void load(const std::string& data) {
    yaml::Problems problems;
    hook_ = load_lua(LOCKSTEP_SOURCE_DIR "/scripts/models.lua", "scripts/models.lua", {}, problems, system_clock(), json::parse(data));
    problems.raise();
    hook_->attach(&host_);
  }
  /// The row that the script makes of a record, as JSON.
  Json row(const std::string& raw) {
    static const Shape shape({"model_id", "name", "kind", "kind_evidence", "family", "capabilities", "context_window", "output_limit",
                              "input_modalities", "output_modalities", "input_usd_per_million", "cached_input_usd_per_million",
                              "output_usd_per_million", "usd_per_image", "price_source", "status", "shutdown_date"});
    std::vector<Value> cells(shape.size(), Value::null());
    arena_.clear();
    if (const HookVerdict refused = hook_->row({"id", "label", "model"}, shape, cells, raw, arena_)) return Json("rejected: " + *refused);
    Json out;
    for (std::size_t i = 0; i < shape.size(); ++i) out[shape[i]] = json::from_value(cells[i]);
    return out;
  }
  std::string kind(const std::string& id) { return row(R"({"id":")" + id + R"("})").text_at("kind"); }
  std::string family(const std::string& id) { return row(R"({"id":")" + id + R"("})").text_at("family"); }
  static std::string evidence(const Json& row, const char* name) {
    const Json& found = *row.find("capabilities")->find(name);
    return found.text_at("value") + " " + found.text_at("source") + (found.find("detail") != nullptr ? " " + found.text_at("detail") : "");
  }
  MemoryHost host_;
  std::unique_ptr<Hook> hook_;
  Arena arena_;
};

const char* const kOpenAi = R"({"reference": {"provider": "openai", "source": {"name": "facts", "date": "2026-01-01"}, "models": {
  "gpt-4o": {"name": "GPT-4o", "function_calling": true, "input": ["text", "image"], "context_window": 128000, "price": {"input": "2.5"}},
  "gpt-4": {"function_calling": false, "input": ["text"]}}},
  "overrides": {"models": {"openai": {"gpt-4": {"vision": true, "shutdown_date": "2027-01-01", "kind": "legacy"}}}}})";

TEST_F(ModelsScript, KindsAreToldByTheIdAlone) {
  load(kOpenAi);
  const std::pair<const char*, const char*> kinds[] = {{"gpt-4o", "chat"},
                                                       {"o3-mini", "chat"},
                                                       {"chatgpt-4o-latest", "chat"},
                                                       {"ft:gpt-4o:acme::x", "chat"},
                                                       {"gpt-4o-audio-preview", "audio"},
                                                       {"gpt-realtime", "realtime"},
                                                       {"gpt-4o-mini-tts", "tts"},
                                                       {"whisper-1", "transcription"},
                                                       {"gpt-4o-transcribe", "transcription"},
                                                       {"text-embedding-3-small", "embedding"},
                                                       {"omni-moderation-latest", "moderation"},
                                                       {"gpt-image-1", "image"},
                                                       {"dall-e-3", "image"},
                                                       {"sora-2", "video"},
                                                       {"gpt-3.5-turbo-instruct", "completion"},
                                                       {"babbage-002", "completion"},
                                                       {"something-new", "unknown"}};
  for (const auto& [id, expected] : kinds) EXPECT_EQ(kind(id), expected) << id;
}

TEST_F(ModelsScript, FamiliesTellVersionsApart) {
  load(kOpenAi);
  const std::pair<const char*, const char*> families[] = {{"gpt-3.5-turbo", "gpt-3.5"}, {"gpt-4-turbo", "gpt-4"},
                                                          {"gpt-4.1-mini", "gpt-4.1"},  {"gpt-4o-mini", "gpt-4o"},
                                                          {"gpt-5.2-pro", "gpt-5.2"},   {"o4-mini", "o4"}};
  for (const auto& [id, expected] : families) EXPECT_EQ(family(id), expected) << id;
}

TEST_F(ModelsScript, GeminiSaysItsKindsItself) {
  load(R"({"reference": {"provider": "gemini"}})");
  const auto of = [&](const std::string& name, const std::string& method) {
    const Json made = row(R"({"name":"models/)" + name + R"(","supportedGenerationMethods":[")" + method + R"("]})");
    return made.text_at("kind") + " " + made.text_at("family");
  };
  EXPECT_EQ(of("gemini-2.5-pro", "generateContent"), "chat gemini-pro");
  EXPECT_EQ(of("gemini-pro-latest", "generateContent"), "chat gemini-pro");
  EXPECT_EQ(of("gemini-2.5-flash-lite", "generateContent"), "chat gemini-flash");
  EXPECT_EQ(of("gemini-prose-1", "generateContent"), "chat gemini");
  EXPECT_EQ(of("veo-3", "predictLongRunning"), "video veo");
}

TEST_F(ModelsScript, EvidenceGoesFromTheApiToTheUnknown) {
  load(kOpenAi);
  EXPECT_EQ(evidence(row(R"({"id":"gpt-4o"})"), "vision"), "yes reference exact gpt-4o, facts 2026-01-01");
  EXPECT_EQ(evidence(row(R"({"id":"gpt-4o-2024-11-20"})"), "vision"), "yes reference snapshot-of gpt-4o, facts 2026-01-01");
  EXPECT_EQ(evidence(row(R"({"id":"ft:gpt-4o-2024-11-20:acme::x"})"), "function_calling"),
            "yes reference base-of gpt-4o, facts 2026-01-01");
  EXPECT_EQ(evidence(row(R"({"id":"gpt-4"})"), "function_calling"), "no reference exact gpt-4, facts 2026-01-01");
  EXPECT_EQ(evidence(row(R"({"id":"gpt-4"})"), "vision"), "yes override your file of overrides");
  EXPECT_EQ(evidence(row(R"({"id":"gpt-4o-search"})"), "vision"), "unknown none");
  EXPECT_EQ(evidence(row(R"({"id":"gpt-4o"})"), "reasoning"), "unknown none") << "the facts say nothing of it";
}

TEST_F(ModelsScript, WhatTheApiStatesWinsAndTheOtherIsKept) {
  load(
      R"({"reference": {"provider": "gemini", "source": {"name": "facts", "date": "2026-01-01"}, "models": {"gemini-x": {"reasoning": true}}}})");
  const Json made = row(R"({"name":"models/gemini-x","supportedGenerationMethods":["generateContent"]})");
  EXPECT_EQ(evidence(made, "reasoning"), "no api thinking: false");
  EXPECT_EQ(made.find("capabilities")->find("reasoning")->text_at("otherwise"), "facts 2026-01-01 says yes");
}

TEST_F(ModelsScript, OverridesSetKindAndShutdown) {
  load(kOpenAi);
  const Json made = row(R"({"id":"gpt-4"})");
  EXPECT_EQ(made.text_at("kind") + " " + made.text_at("status") + " " + made.text_at("shutdown_date"), "legacy deprecated 2027-01-01");
}

TEST_F(ModelsScript, PricesAreExactDecimals) {
  load(R"({"reference": {"provider": "xai"}})");
  const Json made = row(
      R"({"id":"grok-9","prompt_text_token_price":12500,"cached_prompt_text_token_price":3,"completion_text_token_price":0,"image_price":200000000})");
  EXPECT_EQ(made.text_at("input_usd_per_million"), "1.25");
  EXPECT_EQ(made.text_at("cached_input_usd_per_million"), "0.0003");
  EXPECT_TRUE(made.find("output_usd_per_million")->is_null()) << "0 stands for none";
  EXPECT_EQ(made.text_at("usd_per_image"), "0.02");
  EXPECT_EQ(made.text_at("price_source"), "api");
}

TEST_F(ModelsScript, NothingIsNeededButAnId) {
  load("{}");
  EXPECT_EQ(kind("claude-opus-5"), "chat");
  EXPECT_EQ(row("{}").text() != nullptr ? *row("{}").text() : "", "rejected: the model has no id");
}

TEST_F(ModelsScript, OtherDataIsAnotherFingerprint) {
  load("{}");
  const Hash128 before = hook_->fingerprint();
  load(kOpenAi);
  EXPECT_FALSE(before == hook_->fingerprint());
}

}  // namespace
}  // namespace lockstep::test
