#include "sandbox/generated.h"

#include <array>

#include "common/time.h"
#include "format/json.h"
#include "sandbox/generated_text.h"
#include "sandbox/world.h"

namespace lockstep::sandbox {
namespace {

using Array = Json::Array;
using Object = Json::Object;
using Random = std::mt19937_64;

constexpr Micros kNewest = 1'793'500'000'000'000;  // 2026-11-01
constexpr Micros kMinute = 60'000'000;

bool chance(Random& random, unsigned percent) { return random() % 100 < percent; }

std::int64_t between(Random& random, std::int64_t least, std::int64_t most) {
  return least + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most - least + 1));
}

/// A multiple of a hundredth.
double hundredths(Random& random, std::int64_t least, std::int64_t most) { return static_cast<double>(between(random, least, most)) / 100; }

Json headers(Random& random) {
  Object out{{"Authorization", "Bearer " + made_digits(random, 40)}};
  if (chance(random, 50)) out.emplace_back("X-Api-Key", made_digits(random, 32));
  if (chance(random, 50)) out.emplace_back("X-Tenant", word(random));
  return out;
}

/// Where an assistant, a tool or a hook calls.
Json server(Random& random, const char* kind) {
  return Object{{"url", "https://" + word(random) + ".example.com/" + kind + "/" + made_uuid(random)},
                {"timeoutSeconds", between(random, 5, 40)},
                {"headers", headers(random)}};
}

Json tool(Random& random) {
  const std::string parameter = word(random);
  Json called = server(random, "tools");
  called["secret"] = Json(made_digits(random, 32));
  return Object{
      {"type", "function"},
      {"async", chance(random, 30)},
      {"server", std::move(called)},
      {"function",
       Object{{"name", word(random) + "_" + word(random)},
              {"description", sentence(random)},
              {"parameters", Object{{"type", "object"},
                                    {"properties", Object{{parameter, Object{{"type", "string"}, {"description", sentence(random)}}}}},
                                    {"required", Array{parameter}}}}}}};
}

Json hooks(Random& random) {
  Array out;
  out.emplace_back(Object{
      {"on", "call.ending"},
      {"filters", Array{Object{{"type", "oneOf"}, {"key", "call.endedReason"}, {"oneOf", Array{"pipeline-error", "silence-timed-out"}}}}},
      {"do", Array{Object{{"type", "tool"}, {"toolId", made_uuid(random)}}}}});
  if (chance(random, 50))
    out.emplace_back(Object{{"on", "customer.speech.interrupted"}, {"do", Array{Object{{"type", "say"}, {"exact", sentence(random)}}}}});
  return out;
}

/// The members that tell the makers apart; then those that all have.
Json voice(Random& random) {
  static constexpr std::array kPunctuation{".", "!", "?", ";"};
  const Json plan{Object{{"enabled", true},
                         {"minCharacters", between(random, 10, 60)},
                         {"punctuationBoundaries", Array(kPunctuation.begin(), kPunctuation.end())}}};
  switch (random() % 5) {
    case 0:
      return Object{{"provider", "11labs"},
                    {"voiceId", made_digits(random, 20)},
                    {"model", "eleven_turbo_v2_5"},
                    {"speed", hundredths(random, 80, 120)},
                    {"stability", hundredths(random, 30, 90)},
                    {"similarityBoost", 0.75},
                    {"style", 0},
                    {"useSpeakerBoost", true},
                    {"optimizeStreamingLatency", 3},
                    {"chunkPlan", plan}};
    case 1:
      return Object{
          {"provider", "cartesia"}, {"voiceId", made_uuid(random)}, {"model", "sonic-2"}, {"language", "en"}, {"chunkPlan", plan}};
    case 2:
      return Object{{"model", "arcana"},
                    {"speed", hundredths(random, 50, 150)},
                    {"voiceId", "celeste"},
                    {"provider", "rime-ai"},
                    {"reduceLatency", false}};
    case 3: return Object{{"provider", "deepgram"}, {"voiceId", "asteria"}, {"model", "aura-2"}, {"mipOptOut", chance(random, 50)}};
    default: return Object{{"provider", "azure"}, {"voiceId", "andrew"}, {"speed", hundredths(random, 80, 120)}, {"chunkPlan", plan}};
  }
}

Json model(Random& random) {
  static constexpr std::array kOpenAi{"gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini"};
  Object out;
  switch (random() % 5) {
    case 0: out = {{"provider", "openai"}, {"model", any_of(random, kOpenAi)}, {"fallbackModels", Array{"gpt-4o-mini"}}}; break;
    case 1: out = {{"provider", "anthropic"}, {"model", "claude-sonnet-4-20250514"}}; break;
    case 2: out = {{"provider", "google"}, {"model", "gemini-2.5-flash"}}; break;
    case 3: out = {{"provider", "groq"}, {"model", "llama-3.3-70b-versatile"}}; break;
    default:
      out = {{"provider", "custom-llm"},
             {"model", word(random)},
             {"url", "https://llm.example.com/" + word(random)},
             {"headers", headers(random)}};
      break;
  }
  out.emplace_back("temperature", hundredths(random, 5, 120));
  out.emplace_back("maxTokens", between(random, 100, 500));
  out.emplace_back("emotionRecognitionEnabled", chance(random, 50));
  out.emplace_back("toolIds", Array{made_uuid(random), made_uuid(random)});
  if (chance(random, 60)) out.emplace_back("tools", Array{tool(random)});
  out.emplace_back("messages", Array{Object{{"role", "system"}, {"content", ""}}});
  return out;
}

Json transcriber(Random& random) {
  switch (random() % 3) {
    case 0:
      return Object{{"provider", "deepgram"},
                    {"model", "nova-3"},
                    {"language", "en"},
                    {"smartFormat", true},
                    {"endpointing", between(random, 100, 400)}};
    case 1:
      return Object{{"provider", "assembly-ai"},
                    {"language", "en"},
                    {"confidenceThreshold", hundredths(random, 20, 80)},
                    {"wordBoost", Array{word(random), word(random)}}};
    default: return Object{{"provider", "azure"}, {"language", "de-DE"}, {"segmentationSilenceTimeoutMs", between(random, 100, 900)}};
  }
}

void add_plans(Json& out, Random& random) {
  out["analysisPlan"] = Object{{"summaryPlan", Object{{"enabled", true}, {"timeoutSeconds", between(random, 5, 30)}}},
                               {"structuredDataPlan", Object{{"enabled", false}}},
                               {"successEvaluationPlan", Object{{"enabled", true}, {"rubric", "PassFail"}}}};
  out["artifactPlan"] = Object{{"recordingEnabled", chance(random, 70)}, {"recordingFormat", "mp3"}, {"videoRecordingEnabled", false}};
  out["startSpeakingPlan"] = Object{{"waitSeconds", hundredths(random, 20, 90)}, {"smartEndpointingPlan", Object{{"provider", "vapi"}}}};
  out["stopSpeakingPlan"] = Object{{"numWords", between(random, 0, 4)}, {"voiceSeconds", 0.2}, {"backoffSeconds", 1}};
  out["monitorPlan"] = Object{{"listenEnabled", true}, {"controlEnabled", chance(random, 50)}};
  out["compliancePlan"] = Object{{"hipaaEnabled", chance(random, 25)}, {"pciEnabled", false}};
  out["keypadInputPlan"] = Object{{"enabled", true}, {"timeoutSeconds", 2}, {"delimiters", Array{"#"}}};
  out["backgroundSpeechDenoisingPlan"] = Object{{"smartDenoisingPlan", Object{{"enabled", true}}}};
  out["messagePlan"] = Object{{"idleMessages", Array{sentence(random)}}, {"idleTimeoutSeconds", between(random, 5, 30)}};
}

void add_connections(Json& out, Random& random) {
  out["server"] = server(random, "events");
  if (chance(random, 40))
    out["server"]["backoffPlan"] = Object{{"type", "exponential"}, {"maxRetries", between(random, 1, 5)}, {"baseDelaySeconds", 1}};
  out["hooks"] = hooks(random);
  out["credentialIds"] = Array{made_uuid(random)};
  out["transportConfigurations"] =
      Array{Object{{"provider", "twilio"}, {"timeout", 60}, {"record", chance(random, 30)}, {"recordingChannels", "mono"}}};
}

void add_texts(Json& out, Random& random, std::size_t number) {
  out["firstMessage"] = Json("Hello, this is assistant " + std::to_string(number) + ". " + sentence(random));
  out["firstMessageMode"] = Json("assistant-speaks-first");
  out["firstMessageInterruptionsEnabled"] = Json(number % 2 == 0);
  out["voicemailMessage"] = Json(sentence(random));
  out["endCallMessage"] = Json(sentence(random));
  out["endCallPhrases"] = Array{"goodbye", word(random) + " " + word(random)};
  out["clientMessages"] = Array{"transcript", "hang", "tool-calls", "speech-update"};
  out["serverMessages"] = Array{"end-of-call-report", "status-update", "tool-calls"};
  out["maxDurationSeconds"] = Json(between(random, 300, 1800));
  out["silenceTimeoutSeconds"] = Json(between(random, 10, 60));
  out["backgroundSound"] = Json(number % 3 == 0 ? "off" : "office");
  out["modelOutputInMessagesEnabled"] = Json(false);
  out["backgroundDenoisingEnabled"] = Json(true);
}

Micros created_at(const Generate& spec, std::size_t number) {
  const std::size_t group = spec.same_instant == 0 ? 1 : spec.same_instant;
  return kNewest - static_cast<Micros>(number / group) * kMinute;
}

void add_times(Json& out, Random& random, Micros created) {
  out["createdAt"] = Json(format_time(created));
  out["updatedAt"] = Json(format_time(created + static_cast<Micros>(random() % 86'400'000) * 1000));
}

Random random_of(std::uint64_t seed, std::size_t number) { return Random(seed * 0x9e3779b97f4a7c15ULL + number); }

}  // namespace

Json generated_assistant(const Generate& spec, std::size_t number) {
  Random random = random_of(spec.seed, number);
  Json out;
  out["id"] = Json(made_uuid(random));
  out["orgId"] = Json(kOrganisation);
  out["name"] = Json("Generated Assistant " + std::to_string(number));
  out["voice"] = voice(random);
  add_times(out, random, created_at(spec, number));
  out["model"] = model(random);
  add_texts(out, random, number);
  out["transcriber"] = transcriber(random);
  add_plans(out, random);
  add_connections(out, random);
  out["metadata"] = Object{
      {"user_email", spec.user_email}, {"type", number % 2 == 0 ? "production" : "demo"}, {"number", static_cast<std::int64_t>(number)}};
  out["latestVersion"] = Json("v" + std::to_string(between(random, 1, 30)));
  out["isServerUrlSecretSet"] = Json(chance(random, 50));
  const std::size_t without_prompt = json::to_text(out).size();
  const std::size_t room = spec.bytes > without_prompt ? spec.bytes - without_prompt : 0;
  (*out.find("model")->find("messages")->array())[0]["content"] = Json(prose(random, room));
  return out;
}

Json generated_phone_number(const Generate& spec, std::size_t number) {
  static constexpr std::array kProviders{"vapi", "twilio", "vonage", "telnyx", "byo-phone-number"};
  Random random = random_of(~spec.seed, number);
  const char* provider = kProviders.at(number % kProviders.size());
  Json out;
  out["id"] = Json(made_uuid(random));
  out["orgId"] = Json(kOrganisation);
  out["number"] = Json("+1" + std::to_string(2'000'000'000 + number));
  add_times(out, random, created_at(spec, number));
  out["name"] = Json("Generated Line " + std::to_string(number));
  out["provider"] = Json(provider);
  out["status"] = Json("active");
  out["squadId"] = Json();
  if (provider == std::string_view("twilio")) {
    out["twilioAccountSid"] = Json("AC" + made_digits(random, 32));
    out["twilioAuthToken"] = Json(made_digits(random, 32));
    out["smsEnabled"] = Json(chance(random, 50));
  } else if (provider != std::string_view("vapi")) {
    out["credentialId"] = Json(made_uuid(random));
  }
  out["server"] = server(random, "calls");
  out["fallbackDestination"] = Object{{"type", "number"}, {"number", "+15550100177"}, {"message", sentence(random)}};
  out["hooks"] = Array{Object{{"on", "call.ringing"}, {"do", Array{Object{{"type", "say"}, {"exact", sentence(random)}}}}}};
  return out;
}

Json generated_models(std::uint64_t seed, std::size_t count) {
  static constexpr std::array kFamilies{"gpt-4.1", "gpt-5-mini", "o3-mini",  "text-embedding-3-large",
                                        "tts-1",   "whisper-1",  "dall-e-3", "gpt-4o-realtime-preview"};
  static constexpr std::array kOwners{"system", "openai", "openai-internal"};
  Array models;
  for (std::size_t number = 0; number < count; ++number) {
    Random random = random_of(seed ^ 0x6d6f64656cULL, number);
    models.emplace_back(
        Object{{"id", std::string(any_of(random, kFamilies)) + "-" + std::to_string(number)},
               {"object", "model"},
               {"created", between(random, 1'677'000'000, 1'793'000'000)},
               {"owned_by", any_of(random, kOwners)},
               {"shutdown_date", chance(random, 10) ? Json("2027-0" + std::to_string(between(random, 1, 9)) + "-15") : Json()}});
  }
  return Object{{"openai", Object{{"object", "list"}, {"data", std::move(models)}}}};
}

}  // namespace lockstep::sandbox
