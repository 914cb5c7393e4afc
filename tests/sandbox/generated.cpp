// Generated assistants: every field that a real one may have is filled, the system prompt makes up the asked size, and createdAt is
// shared by neighbours, so that page boundaries fall between items of one instant.
#include <array>
#include <cstdio>

#include "format/json.h"
#include "sandbox/world.h"

namespace lockstep::sandbox {
namespace {

using Object = Json::Object;
using Random = std::mt19937_64;

constexpr Micros kNewest = 1'793'500'000'000'000;  // 2026-11-01
constexpr Micros kMinute = 60'000'000;

template <std::size_t N>
const char* any(Random& random, const std::array<const char*, N>& of) {
  return of[random() % N];
}

std::string uuid(Random& random) {
  const std::uint64_t high = random();
  const std::uint64_t low = random();
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-a%03x-%012llx", static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xfff), static_cast<unsigned>(low >> 48 & 0xfff),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return text;
}

std::string prompt(Random& random, std::size_t bytes) {
  constexpr std::array kSentences{"Greet the caller by name. ",
                                  "Never promise a refund before the tool has confirmed it. ",
                                  "Ask for the order number and repeat it digit by digit. ",
                                  "If the caller says \"stop\", end the call politely.\n",
                                  "Opening hours are 8:00–18:00, closed on Sunday. ",
                                  "Quote prices in € and with two decimals. ",
                                  "\n## Escalation\n- a complaint goes to the desk\n- an emergency goes to 112\n"};
  std::string text;
  while (text.size() < bytes) text += any(random, kSentences);
  return text;
}

Json voice(Random& random) {
  constexpr std::array kVoices{"sarah", "burt", "mark", "steve", "andrea"};
  return Object{
      {"provider", "11labs"},
      {"voiceId", any(random, kVoices)},
      {"model", "eleven_turbo_v2_5"},
      {"speed", 1.05},
      {"stability", 0.5},
      {"similarityBoost", 0.75},
      {"style", 0},
      {"useSpeakerBoost", true},
      {"optimizeStreamingLatency", 3},
      {"chunkPlan", Object{{"enabled", true}, {"minCharacters", 30}, {"punctuationBoundaries", Json::Array{".", "!", "?", ";"}}}}};
}

Json model(Random& random) {
  constexpr std::array kModels{"gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini"};
  return Object{{"provider", "openai"},
                {"model", any(random, kModels)},
                {"temperature", static_cast<double>(random() % 20) / 10 + 0.05},
                {"maxTokens", static_cast<std::int64_t>(100 + random() % 400)},
                {"emotionRecognitionEnabled", random() % 2 == 0},
                {"toolIds", Json::Array{uuid(random), uuid(random)}},
                {"messages", Json::Array{Object{{"role", "system"}, {"content", ""}}}}};
}

void add_plans(Json& out, Random& random) {
  out["analysisPlan"] = Object{{"summaryPlan", Object{{"enabled", true}, {"timeoutSeconds", 10}}},
                               {"structuredDataPlan", Object{{"enabled", false}}},
                               {"successEvaluationPlan", Object{{"enabled", true}, {"rubric", "PassFail"}}}};
  out["artifactPlan"] = Object{{"recordingEnabled", true}, {"recordingFormat", "mp3"}, {"videoRecordingEnabled", false}};
  out["startSpeakingPlan"] = Object{{"waitSeconds", 0.4}, {"smartEndpointingPlan", Object{{"provider", "vapi"}}}};
  out["stopSpeakingPlan"] = Object{{"numWords", static_cast<std::int64_t>(random() % 5)}, {"voiceSeconds", 0.2}, {"backoffSeconds", 1}};
  out["monitorPlan"] = Object{{"listenEnabled", true}, {"controlEnabled", random() % 2 == 0}};
  out["compliancePlan"] = Object{{"hipaaEnabled", random() % 4 == 0}, {"pciEnabled", false}};
  out["keypadInputPlan"] = Object{{"enabled", true}, {"timeoutSeconds", 2}, {"delimiters", Json::Array{"#"}}};
  out["backgroundSpeechDenoisingPlan"] = Object{{"smartDenoisingPlan", Object{{"enabled", true}}}};
  out["messagePlan"] = Object{{"idleMessages", Json::Array{"Are you still there?"}}, {"idleTimeoutSeconds", 12}};
  out["server"] = Object{{"url", "https://hooks.example.com/" + uuid(random)}, {"timeoutSeconds", 20}};
}

void add_texts(Json& out, std::size_t number) {
  out["firstMessage"] = Json("Hello, this is assistant " + std::to_string(number) + ". How can I help?");
  out["firstMessageMode"] = Json("assistant-speaks-first");
  out["firstMessageInterruptionsEnabled"] = Json(number % 2 == 0);
  out["voicemailMessage"] = Json("Please call us back when it suits you.");
  out["endCallMessage"] = Json("Thank you for calling. Goodbye!");
  out["endCallPhrases"] = Json::Array{"goodbye", "talk to you later"};
  out["clientMessages"] = Json::Array{"transcript", "hang", "tool-calls", "speech-update"};
  out["serverMessages"] = Json::Array{"end-of-call-report", "status-update", "tool-calls"};
  out["maxDurationSeconds"] = Json(static_cast<std::int64_t>(300 + number % 600));
  out["silenceTimeoutSeconds"] = Json(30);
  out["backgroundSound"] = Json(number % 3 == 0 ? "off" : "office");
  out["modelOutputInMessagesEnabled"] = Json(false);
  out["backgroundDenoisingEnabled"] = Json(true);
}

}  // namespace

Json generated_assistant(const Generate& spec, std::size_t number) {
  Random random(spec.seed * 0x9e3779b97f4a7c15ULL + number);
  const std::size_t group = spec.same_instant == 0 ? 1 : spec.same_instant;
  const Micros created = kNewest - static_cast<Micros>(number / group) * kMinute;
  Json out;
  out["id"] = Json(uuid(random));
  out["orgId"] = Json(kOrganisation);
  out["name"] = Json("Generated Assistant " + std::to_string(number));
  out["voice"] = voice(random);
  out["createdAt"] = Json(format_time(created));
  out["updatedAt"] = Json(format_time(created + static_cast<Micros>(random() % 86'400'000) * 1000));
  out["model"] = model(random);
  add_texts(out, number);
  out["transcriber"] =
      Object{{"provider", "deepgram"}, {"model", "nova-3"}, {"language", "en"}, {"smartFormat", true}, {"endpointing", 150}};
  add_plans(out, random);
  out["metadata"] = Object{
      {"user_email", spec.user_email}, {"type", number % 2 == 0 ? "production" : "demo"}, {"number", static_cast<std::int64_t>(number)}};
  out["latestVersion"] = Json("v" + std::to_string(1 + random() % 30));
  out["isServerUrlSecretSet"] = Json(false);
  const std::size_t without_prompt = json::to_text(out).size();
  const std::size_t room = spec.bytes > without_prompt ? spec.bytes - without_prompt : 0;
  (*out.find("model")->find("messages")->array())[0]["content"] = Json(prompt(random, room));
  return out;
}

}  // namespace lockstep::sandbox
