// ai:sync-models and models, as people and scripts use them: the real program, a real database, the sandbox's model APIs.
#include "scenarios/models_bench.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

sandbox::Fault fault(const std::string& text) { return sandbox::read_fault(json::parse(text)); }

TEST(SyncModels, PrintsAPartForEachProviderAndOneEnd) {
  ModelsBench bench;
  bench.openai({"gpt-4", "gpt-4.1", "gpt-4o", "text-embedding-3-small"});
  bench.environment()["GEMINI_API_KEY"] = "wrong";
  bench.load(sandbox::ModelList::Xai, json::parse(R"([{"id":"grok-4.3","object":"model","created":1,"owned_by":"xai","aliases":[]}])"));
  const Outcome outcome = bench.sync();
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_EQ(outcome.out, R"(Syncing models from AI providers...

openai:
  ✓ Found 4 models
  ✓ Statistics updated

gemini:
  ❌ Synchronization failed: Invalid API key

xai:
  ✓ Found 1 models
  ✓ Statistics updated

Sync completed with errors!
Total: 5 models synced across 2 providers

Errors encountered:
- gemini: Invalid API key
)");
  EXPECT_EQ(outcome.err.find("Failed to sync gemini: Invalid API key"), 0U) << outcome.err;
  EXPECT_EQ(bench.ask("SELECT DISTINCT provider FROM ai_models ORDER BY 1"), (Lines{"openai", "xai"}));
}

TEST(SyncModels, StatisticsAreShownWithV) {
  ModelsBench bench;
  bench.only("OPENAI");
  bench.openai({"gpt-3.5-turbo", "gpt-4", "gpt-4.1", "gpt-4o", "gpt-5", "gpt-4-1106-preview", "dall-e-3"});
  const Outcome outcome = bench.sync({"-v"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* line : {"    - Total: 7\n", "    - GPT-3.5: 1\n", "    - GPT-4: 3\n", "    - GPT-4o: 1\n", "    - GPT-5: 1\n",
                           "    - Function calling: 4 (1 unknown)\n", "Skipping gemini: Gemini API key not configured: set "}) {
    EXPECT_NE(outcome.out.find(line), std::string::npos) << line << outcome.out;
  }
  EXPECT_NE(bench.ask("SELECT report FROM lockstep_run")[0].find(R"("statistics":{"Total":7,)"), std::string::npos);
}

TEST(SyncModels, WhatIsFreshIsSkippedUntilItIsForced) {
  ModelsBench bench;
  bench.only("OPENAI");
  ASSERT_EQ(bench.sync().exit, 0);
  bench.sandbox().clear_requests();
  Outcome outcome = bench.sync();
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_NE(outcome.out.find("openai:\n  ⏭ Skipped (cache_valid)\n    Last sync: "), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("Sync completed successfully!\nTotal: 0 models synced across 0 providers\n"
                             "1 provider skipped, asked not long ago; --force asks again\n"),
            std::string::npos);
  EXPECT_TRUE(bench.sandbox().requests().empty());
  outcome = bench.sync({"--force"});
  EXPECT_NE(outcome.out.find("✓ Found 44 models"), std::string::npos) << outcome.out;
  EXPECT_EQ(bench.count("lockstep_change"), "44") << "forcing asks again and writes nothing that is as it was";
}

TEST(SyncModels, ADryRunIsARealDifference) {
  ModelsBench bench;
  bench.only("OPENAI");
  bench.openai({"gpt-4", "gpt-4o", "o1", "o3"});
  Outcome outcome = bench.sync({"--dry-run"});
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_EQ(outcome.out, R"(DRY RUN - No changes will be made

Syncing models from AI providers...

openai:
  Would sync: 4 models (4 new)
  Last synced: Never
  Models:
    - gpt-4
    - gpt-4o
    - o1
    ... and 1 more

Dry run completed!
Total: 4 models would be synced across 1 provider
)");
  ASSERT_EQ(bench.sync().exit, 0);
  bench.openai({"gpt-4", "gpt-4o", "o1", "o4-mini"});
  bench.sandbox().change_models(
      [](sandbox::Models& models) { models.edit(sandbox::ModelList::OpenAi, "o1", "shutdown_date", Json("2027-03-01")); });
  outcome = bench.sync({"--dry-run"});
  EXPECT_NE(outcome.out.find("Would sync: 4 models (1 new, 1 changed, 1 no longer listed)"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("Never"), std::string::npos);
  EXPECT_EQ(bench.count("ai_models"), "4");
  EXPECT_EQ(bench.sync({"--dry-run", "--quiet"}).exit, 3);
  ASSERT_EQ(bench.sync({"--force"}).exit, 0);
  outcome = bench.sync({"--dry-run"});
  EXPECT_NE(outcome.out.find("Would sync: 4 models (nothing new)"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("    - o1"), std::string::npos) << outcome.out;
  outcome = bench.sync({"--dry-run", "--quiet"});
  EXPECT_EQ(outcome.exit, 0) << "fresh, and as it was";
  EXPECT_EQ(outcome.out + outcome.err, "");
}

TEST(SyncModels, ATimeoutSaysHowLongItWaited) {
  ModelsBench bench;
  bench.only("OPENAI");
  bench.sandbox().fault(fault(R"({"match":{"path":"/openai"},"fault":"hang"})"));
  const Outcome outcome = bench.sync({"--timeout=1"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_NE(outcome.out.find("❌ Synchronization failed: Request timeout after 1 second\n"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.err.find("Failed to sync openai: Request timeout after 1 second"), 0U) << outcome.err;
}

TEST(SyncModels, AWaitThatDoesNotFitTheTimeoutIsNotWaitedFor) {
  ModelsBench bench;
  bench.only("OPENAI");
  bench.sandbox().fault(fault(R"({"match":{"path":"/openai"},"fault":"status","reason":"rate_limit","retry_after":60})"));
  const Outcome outcome = bench.sync();
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_NE(outcome.out.find("Synchronization failed: Rate limit exceeded, retry after 60 seconds\n"), std::string::npos) << outcome.out;
}

TEST(SyncModels, AFailureLeavesTheLastCatalogue) {
  ModelsBench bench;
  bench.only("OPENAI");
  ASSERT_EQ(bench.sync().exit, 0);
  const Lines before = bench.ask("SELECT * FROM ai_models ORDER BY id");
  const char* const troubles[] = {R"("empty_list")", R"("html")", R"("truncate")", R"("status","status":401)", R"("status","status":500)"};
  for (const std::string kind : troubles) {
    const std::string trouble = R"({"match":{"path":"/openai","times":0},"fault":)" + kind + "}";
    bench.sandbox().fault(fault(trouble));
    EXPECT_EQ(bench.sync({"--force", "--timeout=2"}).exit, 1) << trouble;
    bench.sandbox().clear_faults();
    EXPECT_EQ(bench.ask("SELECT * FROM ai_models ORDER BY id"), before) << trouble;
  }
  bench.openai({});
  const Outcome empty = bench.sync({"--force", "--allow-mass-change"});
  EXPECT_EQ(empty.exit, 1);
  EXPECT_NE(empty.out.find("the list is empty, and 44 models were known"), std::string::npos) << empty.out;
  EXPECT_EQ(bench.ask("SELECT * FROM ai_models ORDER BY id"), before);
  EXPECT_EQ(bench.count("ai_model_events WHERE event = 'no_longer_listed'"), "0");
}

TEST(SyncModels, ALongFallNeedsLeaveAndTheOthersGoOn) {
  ModelsBench bench;
  bench.openai({"gpt-4", "gpt-4o", "o1", "o3"});
  ASSERT_EQ(bench.sync().exit, 0);
  bench.openai({"gpt-4"});
  Outcome outcome = bench.sync({"--force"});
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_NE(outcome.out.find("❌ Synchronization failed: 3 of 4 known models are missing in OpenAI"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.err.find("--allow-mass-change"), std::string::npos) << outcome.err;
  outcome = bench.sync({"--force", "--allow-mass-change"});
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_EQ(bench.count("ai_models WHERE provider = 'openai' AND status = 'no_longer_listed'"), "3");
}

TEST(SyncModels, AnotherKeyStartsANewBaseline) {
  ModelsBench bench;
  bench.only("OPENAI");
  bench.openai({"gpt-4", "gpt-4o", "o1"});
  ASSERT_EQ(bench.sync().exit, 0);
  bench.environment()["OPENAI_PROJECT_ID"] = "another-project";
  bench.openai({"gpt-4", "gpt-4o"});
  ASSERT_EQ(bench.sync({"--force"}).exit, 0);
  EXPECT_EQ(bench.count("ai_models WHERE status = 'no_longer_listed'"), "0") << "the other project never had it";
}

TEST(SyncModels, WithoutAnyKeyThereIsNobodyToAsk) {
  ModelsBench bench;
  bench.only("nobody");
  Outcome outcome = bench.sync();
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_NE(outcome.out.find("No providers available for synchronization.\n"), std::string::npos) << outcome.out;
  outcome = bench.sync({"--provider=openai"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_EQ(outcome.err, "Error: OpenAI API key not configured: set OPENAI_API_KEY\n");
  outcome = bench.sync({"--provider=opnai"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_NE(outcome.err.find("did you mean \"openai\"?"), std::string::npos) << outcome.err;
}

TEST(SyncModels, TheMockIsForDevelopmentAlone) {
  ModelsBench bench;
  bench.only("nobody");
  bench.environment()["LOCKSTEP_ENV"] = "development";
  Outcome outcome = bench.sync({"-v"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("mock:\n  ✓ Found 6 models\n"), std::string::npos) << outcome.out;
  bench.environment()["LOCKSTEP_ENV"] = "production";
  outcome = bench.sync({"--force"});
  EXPECT_EQ(outcome.exit, 1) << outcome.out;
  EXPECT_EQ(outcome.out.find("mock:\n"), std::string::npos);
  EXPECT_EQ(bench.bench().run({"import", "mock-models"}).exit, 1) << "nor by its own name";
}

TEST(SyncModels, OneObjectForPrograms) {
  ModelsBench bench;
  bench.openai({"gpt-4"});
  bench.environment()["XAI_API_KEY"] = "wrong";
  const Outcome outcome = bench.sync({"--output", "json"});
  EXPECT_EQ(outcome.exit, 2);
  const Json object = json::parse(outcome.out);
  const Json::Array& syncs = *object.find("syncs")->array();
  ASSERT_EQ(syncs.size(), 3U);
  EXPECT_EQ(syncs[0].text_at("provider") + syncs[0].text_at("status"), "openaisuccess");
  EXPECT_EQ(*syncs[0].find("statistics")->find("Total")->integer(), 1);
  EXPECT_EQ(syncs[2].text_at("status"), "error");
  EXPECT_EQ(syncs[2].find("error")->text_at("message"), "Invalid API key");
}

TEST(SyncModels, IsAnOrdinaryImportToo) {
  ModelsBench bench;
  bench.openai({"gpt-4", "gpt-4o", "o1"});
  Outcome outcome = bench.bench().run({"import", "models"});
  EXPECT_EQ(outcome.exit, 0) << outcome.out;
  EXPECT_NE(outcome.out.find("Created model: GPT-4 (ID: gpt-4)"), std::string::npos) << outcome.out;
  bench.openai({"gpt-4", "gpt-4o"});
  outcome = bench.bench().run({"plan", "openai-models", "--out", "plan.json"});
  EXPECT_NE(outcome.out.find("no_longer_listed"), std::string::npos) << outcome.out;
  outcome = bench.bench().run({"apply", "plan.json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_EQ(bench.ask("SELECT status FROM ai_models WHERE model_id = 'o1'"), (Lines{"no_longer_listed"}));
  const std::string run = bench.ask("SELECT run FROM lockstep_run ORDER BY id DESC LIMIT 1")[0];
  outcome = bench.bench().run({"rollback", run});
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_EQ(bench.ask("SELECT status FROM ai_models WHERE model_id = 'o1'"), (Lines{"active"}));
}

TEST(Models, AFirstRunWarnsOfNoColumnThatAHookFills) {
  ModelsBench bench;
  bench.only("OPENAI");
  bench.openai({"gpt-4", "gpt-4o"});
  const Outcome outcome = bench.bench().run({"ai:sync-models", "-v"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ((outcome.out + outcome.err).find("no model has"), std::string::npos) << outcome.out << outcome.err;
}

TEST(Models, ShowWhatTheDatabaseHas) {
  ModelsBench bench;
  bench.only("OPENAI");
  bench.openai({"gpt-4", "gpt-4o", "gpt-4-1106-preview", "text-embedding-3-small"});
  ASSERT_EQ(bench.sync().exit, 0);
  bench.only("nobody");
  Outcome outcome = bench.models({"--capability", "vision"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("gpt-4o"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("gpt-4-1106-preview "), std::string::npos) << "unknown is not yes";
  EXPECT_NE(outcome.out.find("unknown whether it has vision"), std::string::npos) << outcome.out;
  outcome = bench.models({"--explain", "gpt-4-1106-preview"});
  EXPECT_NE(outcome.out.find("    vision: unknown: nothing says so or otherwise\n"), std::string::npos) << outcome.out;
  outcome = bench.models({"--explain", "gpt-4o"});
  EXPECT_NE(outcome.out.find("    vision: yes, reference: exact gpt-4o, models.dev 2026-07-02\n"), std::string::npos) << outcome.out;
  EXPECT_EQ(bench.models({"--explain", "gpt-5o"}).exit, 1);
  EXPECT_EQ(json::parse(bench.models({"--family", "gpt-4", "--output", "json"}).out).find("models")->array()->size(), 2U);
  EXPECT_NE(bench.models({"--stats"}).out.find("openai:\n  Total: 4\n"), std::string::npos);
}

TEST(Models, AnOverrideStandsAboveTheReference) {
  ModelsBench bench;
  bench.only("OPENAI");
  bench.openai({"gpt-4", "gpt-4o", "gpt-4-1106-preview"});
  ASSERT_EQ(bench.sync().exit, 0);
  bench.bench().write(
      "config/models/overrides.yaml",
      "models:\n  openai:\n    gpt-4o: {vision: no}\n    gpt-4-1106-preview: {function_calling: yes, shutdown_date: \"2027-01-01\"}\n");
  ASSERT_EQ(bench.sync({"--force"}).exit, 0);
  EXPECT_EQ(
      bench.ask("SELECT json_extract(capabilities, '$.vision.value'), json_extract(capabilities, '$.vision.source') FROM ai_models WHERE "
                "model_id = 'gpt-4o'"),
      (Lines{"no override"}));
  EXPECT_EQ(bench.ask("SELECT json_extract(capabilities, '$.function_calling.value'), shutdown_date FROM ai_models WHERE model_id = "
                      "'gpt-4-1106-preview'"),
            (Lines{"yes 2027-01-01"}));
}

TEST(Models, HistoryAndWhatIsDue) {
  ModelsBench bench;
  bench.only("OPENAI");
  bench.openai({"gpt-4", "gpt-4o", "o1"});
  Outcome outcome = bench.models({"due"});
  EXPECT_EQ(outcome.exit, 1) << "nothing is known, which is not that all is well";
  EXPECT_NE(outcome.err.find("the catalogue is empty, so no shutdown is known"), std::string::npos) << outcome.err;
  ASSERT_EQ(bench.sync().exit, 0);
  EXPECT_EQ(bench.models({"due", "--within", "90d"}).exit, 0);
  bench.sandbox().change_models([](sandbox::Models& models) {
    models.edit(sandbox::ModelList::OpenAi, "o1", "shutdown_date", Json("2020-03-01"));
    models.edit(sandbox::ModelList::OpenAi, "gpt-4", "shutdown_date", Json("2999-01-01"));
  });
  ASSERT_EQ(bench.sync({"--force"}).exit, 0);
  outcome = bench.models({"due", "--within", "90d"});
  EXPECT_EQ(outcome.exit, 3);
  EXPECT_NE(outcome.out.find("2020-03-01  openai  o1  was to be shut down "), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("and is still listed"), std::string::npos);
  EXPECT_EQ(outcome.out.find("gpt-4"), std::string::npos) << "too far ahead";
  outcome = bench.models({"history"});
  EXPECT_NE(outcome.out.find("openai  o1  shutdown_announced shutdown_date: nothing → 2020-03-01\n"), std::string::npos) << outcome.out;
  EXPECT_EQ(json::parse(bench.models({"history", "--output", "json", "--limit", "2"}).out).find("events")->array()->size(), 2U);
}

TEST(Models, AnAliasThatMovesToAnotherModelIsToldOf) {
  ModelsBench bench;
  bench.only("XAI");
  ASSERT_EQ(bench.sync().exit, 0);
  bench.sandbox().change_models([](sandbox::Models& models) { models.move_alias("grok-latest", "grok-4.3"); });
  ASSERT_EQ(bench.sync({"--force"}).exit, 0);
  EXPECT_EQ(bench.ask("SELECT model_id, field, old_value, new_value FROM ai_model_events WHERE event = 'alias_retargeted'"),
            (Lines{"grok-4.3 grok-latest grok-4.5 grok-4.3"}));
}

TEST(Models, PricesAreExact) {
  ModelsBench bench;
  bench.only("XAI");
  bench.load(sandbox::ModelList::Xai, json::parse(R"([{"id":"grok-9","object":"model","created":1,"owned_by":"xai","aliases":[],
      "prompt_text_token_price":12500,"cached_prompt_text_token_price":1,"completion_text_token_price":25000,"image_price":200000000}])"));
  ASSERT_EQ(bench.sync().exit, 0);
  EXPECT_EQ(bench.ask("SELECT input_usd_per_million, cached_input_usd_per_million, output_usd_per_million, usd_per_image FROM ai_models"),
            (Lines{"1.25 0.0001 2.5 0.02"}));
}

}  // namespace
}  // namespace lockstep::test
