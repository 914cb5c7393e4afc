#include "format/path_patterns.h"

#include <gtest/gtest.h>

#include "common/error.h"
#include "data/resource.h"
#include "format/json.h"
#include "format/secret_names.h"

namespace lockstep {
namespace {

/// The document with "X" at each named place.
std::string marked(std::vector<std::string> patterns, std::string_view document) {
  const PathPatterns all(patterns);
  Json root = json::parse(document);
  all.visit(root, all.root(), [](Json& value, const PathPatterns::Steps&) {
    value = Json("X");
    return false;
  });
  EXPECT_TRUE(all.may_name_in(document) || root == json::parse(document)) << document;
  return json::to_text(root);
}

TEST(PathPatterns, AStepIsANameAStarOrAnyDepth) {
  const std::string document = R"({"a":{"b":1,"c":{"b":2}},"b":3,"l":[{"b":4},[{"b":5}]]})";
  EXPECT_EQ(marked({"**.b"}, document), R"({"a":{"b":"X","c":{"b":"X"}},"b":"X","l":[{"b":"X"},[{"b":"X"}]]})");
  EXPECT_EQ(marked({"b"}, document), R"({"a":{"b":1,"c":{"b":2}},"b":"X","l":[{"b":4},[{"b":5}]]})");
  EXPECT_EQ(marked({"a.*.b"}, document), R"({"a":{"b":1,"c":{"b":"X"}},"b":3,"l":[{"b":4},[{"b":5}]]})");
  EXPECT_EQ(marked({"a.**.b"}, document), R"({"a":{"b":"X","c":{"b":"X"}},"b":3,"l":[{"b":4},[{"b":5}]]})");
  EXPECT_EQ(marked({"a.**"}, document), R"({"a":"X","b":3,"l":[{"b":4},[{"b":5}]]})");
  EXPECT_EQ(marked({"a.*"}, document), R"({"a":{"b":"X","c":"X"},"b":3,"l":[{"b":4},[{"b":5}]]})");
}

TEST(PathPatterns, ListsArePassedThrough) {
  const std::string document = R"({"l":[{"b":4},[{"b":5}]]})";
  EXPECT_EQ(marked({"l.b"}, document), R"({"l":[{"b":"X"},[{"b":"X"}]]})");
  EXPECT_EQ(marked({"l.*.b"}, document), R"({"l":[{"b":"X"},[{"b":"X"}]]})");
  EXPECT_EQ(marked({"l.*"}, document), R"({"l":["X","X"]})");
  EXPECT_EQ(marked({"b"}, R"([{"b":1}])"), R"([{"b":"X"}])");
}

TEST(PathPatterns, NamesAreComparedWithoutCaseAndJoints) {
  EXPECT_EQ(marked({"**.*apiKey"}, R"({"X-API-Key":1,"x_api_key":2,"apikey":3,"apiKeys":4,"a":{"twilioApiKey":5}})"),
            R"({"X-API-Key":"X","x_api_key":"X","apikey":"X","apiKeys":4,"a":{"twilioApiKey":"X"}})");
  EXPECT_EQ(marked({"**.a*z*k"}, R"({"azk":1,"abzk":2,"ak":3,"azkk":4})"), R"({"azk":"X","abzk":"X","ak":3,"azkk":"X"})");
}

TEST(PathPatterns, TheLastThatFitsCounts) {
  const std::string document = R"({"publicKey":1,"apiKey":2,"x":{"publicKey":3}})";
  EXPECT_EQ(marked({"**.*key", "!**.publicKey"}, document), R"({"publicKey":1,"apiKey":"X","x":{"publicKey":3}})");
  EXPECT_EQ(marked({"**.*key", "!**.publicKey", "x.publicKey"}, document), R"({"publicKey":1,"apiKey":"X","x":{"publicKey":"X"}})");
  EXPECT_EQ(marked({"**.*key", "!x.publicKey"}, document), R"({"publicKey":"X","apiKey":"X","x":{"publicKey":3}})");
}

TEST(PathPatterns, NullIsNoValueAndWhatIsInsideANamedPlaceIsNamed) {
  EXPECT_EQ(marked({"**.secret"}, R"({"secret":null,"a":{"secret":{"secret":1}}})"), R"({"secret":null,"a":{"secret":"X"}})");
  const std::vector<std::string> texts{"server.headers", "**.apiKey"};
  const PathPatterns patterns(texts);
  EXPECT_TRUE(patterns.at(Path::parse("server.headers")).is_named());
  EXPECT_TRUE(patterns.at(Path::parse("server.headers.\"X-A\"")).is_named());
  EXPECT_TRUE(patterns.at(Path::parse("model.tools[0].apiKey")).is_named());
  EXPECT_TRUE(patterns.at(Path::parse("model.tools[type=x].apiKey")).is_named());
  EXPECT_FALSE(patterns.at(Path::parse("server")).is_named());
}

TEST(PathPatterns, AQuickLookMissesNothing) {
  const std::vector<std::string> texts{"**.secret", "a.b.*"};
  const PathPatterns patterns(texts);
  for (const std::string_view document : {R"({"secret":1})", R"({"secret" : 1})", "{\"secret\"\n\t:1}", R"({"x":[{"SECRET":{}}]})",
                                          R"({"\u0073ecret":1})", R"({"a":{"b":{"c":1}}})"}) {
    EXPECT_TRUE(patterns.may_name_in(document)) << document;
  }
  for (const std::string_view document : {R"({"secret":null})", R"({"x":"secret"})", R"({"x":"\"secret\":"})",
                                          R"({"x":"say \"secret\": 1"})", R"({"secrets":1})", "{}", "", ":", "\":"}) {
    EXPECT_FALSE(patterns.may_name_in(document)) << document;
  }
  EXPECT_TRUE(patterns.may_name_in_bytes("{broken secret"));
  EXPECT_FALSE(patterns.may_name_in_bytes("{broken secretary"));
}

TEST(PathPatterns, WhatIsNoPatternIsRefused) {
  for (const std::string text : {"", "!", "a..b", "a[0]", "a[b=c]", "a."}) {
    EXPECT_THROW(PathPatterns({&text, 1}), Error) << text;
  }
  std::string deep = "a";
  for (int i = 0; i < 63; ++i) deep += ".a";
  EXPECT_THROW(PathPatterns({&deep, 1}), Error);
}

TEST(SecretNames, HoldWhatIsNamedLikeASecretAndNothingElse) {
  const PathPatterns patterns(secret_names());
  for (const std::string name : {"secret",
                                 "clientSecret",
                                 "apiKey",
                                 "api_key",
                                 "twilioApiKey",
                                 "twilioAuthToken",
                                 "token",
                                 "password",
                                 "authPassword",
                                 "headers",
                                 "sipHeaders",
                                 "authorization",
                                 "credentials",
                                 "privateKey",
                                 "awsSecretAccessKey",
                                 "ocpApimSubscriptionKey",
                                 "openAIKey",
                                 "gcpKey",
                                 "secretKey",
                                 "refreshToken",
                                 "hmacSecret",
                                 "Set-Cookie"}) {
    EXPECT_TRUE(patterns.member(patterns.root(), name).is_named()) << name;
  }
  for (const std::string name : {"maxTokens",
                                 "budgetTokens",
                                 "keywords",
                                 "keypadInputPlan",
                                 "keyterm",
                                 "keytermsPrompt",
                                 "key",
                                 "publicKey",
                                 "promptCacheKey",
                                 "credentialId",
                                 "credentialIds",
                                 "accessKeyId",
                                 "authUsername",
                                 "isServerUrlSecretSet",
                                 "secretIsBase64",
                                 "bearerPrefixEnabled",
                                 "sipHeadersInReferToEnabled",
                                 "authorizationId",
                                 "tokenUri",
                                 "name",
                                 "nextPageToken",
                                 "dialKeypadFunctionEnabled",
                                 "accountSid"}) {
    EXPECT_FALSE(patterns.member(patterns.root(), name).is_named()) << name;
  }
}

}  // namespace
}  // namespace lockstep
