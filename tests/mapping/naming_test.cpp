// The column-name rule, on the names that the API publishes and on those that a simpler rule gets wrong.
#include <gtest/gtest.h>

#include <set>

#include "support.h"

namespace lockstep {
namespace {

TEST(Naming, KnowsAcronymsDigitsAndPlurals) {
  const std::vector<std::pair<std::string, std::string>> names{
      {"firstMessage", "first_message"},
      {"id", "id"},
      {"imageURLs", "image_urls"},
      {"monitorIds", "monitor_ids"},
      {"openAIKey", "open_ai_key"},
      {"serverUrlSecret", "server_url_secret"},
      {"pcapS3PathPrefix", "pcap_s3_path_prefix"},
      {"s3BucketName", "s3_bucket_name"},
      {"clientX509CertUrl", "client_x509_cert_url"},
      {"numberE164CheckEnabled", "number_e164_check_enabled"},
      {"secretIsBase64", "secret_is_base64"},
      {"llmRequestNonPunctuatedDelaySeconds", "llm_request_non_punctuated_delay_seconds"}};
  for (const auto& [camel, snake] : names) {
    EXPECT_EQ(to_snake(camel), snake);
    EXPECT_EQ(to_camel(snake), camel);
  }
  EXPECT_EQ(to_snake("HTTPServer"), "http_server");
  EXPECT_EQ(to_snake("parseURLs"), "parse_urls");
  EXPECT_EQ(to_snake("URLsOfX"), "urls_of_x");
  EXPECT_EQ(to_snake("already_snake"), "already_snake");
  EXPECT_EQ(to_snake("userID"), "user_id");
}

/// Every key in the shipped mapping's paths: the two directions lead back.
TEST(Naming, LeadsBackForEveryNameOfTheShippedMapping) {
  yaml::Problems problems;
  const yaml::Node root = yaml::load_file(LOCKSTEP_SOURCE_DIR "/config/mappings/vapi-assistants.yaml", "m.yaml", {}, problems);
  const Mapping mapping = Mapping::load(root, test::assistant(), {}, problems);
  std::set<std::string> names;
  for (const Field& field : mapping.fields()) {
    // The keys of the metadata are the application's own.
    if (field.from.top() == "metadata") continue;
    for (const Path::Step& step : field.from.steps()) names.insert(step.key);
  }
  EXPECT_GT(names.size(), 100U);
  for (const std::string& name : names) EXPECT_EQ(to_camel(to_snake(name)), name);
}

}  // namespace
}  // namespace lockstep
