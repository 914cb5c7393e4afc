// Generated items: they look like real ones to whoever compresses, masks or maps them.
#include "sandbox/generated.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <set>

#include "format/json.h"
#include "sandbox/rules.h"

namespace lockstep::sandbox {
namespace {

constexpr std::size_t kItems = 200;

std::size_t packed_size(const std::string& text) {
  std::string room(ZSTD_compressBound(text.size()), '\0');
  return ZSTD_compress(room.data(), room.size(), text.data(), text.size(), 1);
}

std::vector<Json> assistants() {
  std::vector<Json> out;
  for (std::size_t i = 0; i < kItems; ++i) out.push_back(generated_assistant({}, i));
  return out;
}

/// Recorded assistants shrink 2.1 to 2.2 times, the long ones up to 2.5.
TEST(GeneratedItems, ShrinkAsMuchAsRealOnesDo) {
  std::size_t whole = 0;
  std::size_t packed = 0;
  for (const Json& assistant : assistants()) {
    const std::string text = json::to_text(assistant);
    whole += text.size();
    packed += packed_size(text);
  }
  const double times = static_cast<double>(whole) / static_cast<double>(packed);
  EXPECT_GT(times, 2.1);
  EXPECT_LT(times, 2.5);
}

TEST(GeneratedItems, HoldWhatTheApiReturns) {
  std::set<std::string> voices, models;
  std::size_t tools = 0;
  for (const Json& assistant : assistants()) {
    voices.insert(assistant.find("voice")->text_at("provider"));
    models.insert(assistant.find("model")->text_at("provider"));
    if (const Json* of = assistant.find("model")->find("tools")) {
      ++tools;
      EXPECT_NE((*of->array())[0].find("server")->text_at("secret"), "");
    }
    EXPECT_NE(assistant.find("server")->find("headers")->text_at("Authorization"), "");
    for (const char* member : {"hooks", "credentialIds", "transportConfigurations"}) EXPECT_NE(assistant.find(member), nullptr) << member;
  }
  EXPECT_EQ(voices.size(), 5U);
  EXPECT_EQ(models.size(), 5U);
  EXPECT_GT(tools, kItems / 3);
}

TEST(GeneratedItems, AreOnesThatTheApiWouldTake) {
  for (std::size_t i = 0; i < kItems; ++i) {
    for (const auto& [kind, item] :
         {std::pair(Kind::Assistant, generated_assistant({}, i)), {Kind::PhoneNumber, generated_phone_number({}, i)}}) {
      Json body = item;
      for (const char* read_only : {"id", "orgId", "createdAt", "updatedAt", "latestVersion", "isServerUrlSecretSet", "status", "number"})
        body.erase(read_only);
      EXPECT_THAT(mistakes_in(kind, body, &item), testing::IsEmpty()) << json::to_text(item);
    }
  }
}

TEST(GeneratedItems, HaveIdsOfTheirOwn) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < kItems; ++i) {
    ids.insert(generated_assistant({}, i).text_at("id"));
    ids.insert(generated_phone_number({}, i).text_at("id"));
  }
  const Json models = generated_models(1, kItems);
  for (const Json& model : *models.find("openai")->find("data")->array()) ids.insert(model.text_at("id"));
  EXPECT_EQ(ids.size(), 3 * kItems);
}

}  // namespace
}  // namespace lockstep::sandbox
