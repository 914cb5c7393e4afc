// ModelsBench: a workbench whose model providers lead to a sandbox, with lists that the test chooses.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format/json.h"
#include "sandbox/models.h"
#include "sandbox/sandbox.h"
#include "scenarios/database.h"
#include "scenarios/workbench.h"

namespace lockstep::test {

class ModelsBench {
 public:
  ModelsBench() : sandbox_(sandbox_options()), bench_(sandbox_) {
    for (const char* key : {"OPENAI_API_KEY", "GEMINI_API_KEY", "XAI_API_KEY"}) environment()[key] = kKey;
    environment()["OPENAI_BASE_URL"] = sandbox_.url() + "/openai/v1";
    environment()["GEMINI_BASE_URL"] = sandbox_.url() + "/gemini/v1beta";
    environment()["XAI_BASE_URL"] = sandbox_.url() + "/xai/v1";
  }

  sandbox::Sandbox& sandbox() { return sandbox_; }
  Workbench& bench() { return bench_; }
  std::map<std::string, std::string>& environment() { return bench_.environment(); }

  /// The command with --log-file, so that standard error holds what people are told alone.
  Outcome sync(std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"ai:sync-models", "--log-file", "log"});
    return bench_.run(options);
  }
  Outcome models(std::vector<std::string> options) {
    options.insert(options.begin(), "models");
    return bench_.run(options);
  }

  /// OpenAI lists these ids and nothing else.
  void openai(const std::vector<std::string>& ids) {
    Json::Array list;
    for (const std::string& id : ids) {
      list.push_back(
          json::parse(R"({"id":")" + id + R"(","object":"model","created":1700000000,"owned_by":"system","shutdown_date":null})"));
    }
    load(sandbox::ModelList::OpenAi, Json(std::move(list)));
  }
  void load(sandbox::ModelList list, const Json& documents) {
    sandbox_.change_models([&](sandbox::Models& models) { models.load(list, documents); });
  }
  /// Only this provider has a key.
  void only(const std::string& provider) {
    for (const char* name : {"OPENAI", "GEMINI", "XAI"}) {
      if (provider != name) environment().erase(std::string(name) + "_API_KEY");
    }
  }

  /// First column of a query, one line each.
  std::vector<std::string> ask(const std::string& sql) const {
    std::vector<std::string> lines;
    for (const Cells& row : query(bench_.database(), sql)) {
      std::string line;
      for (const std::string& cell : row) line += (line.empty() ? "" : " ") + cell;
      lines.push_back(std::move(line));
    }
    return lines;
  }
  std::string count(const std::string& from) const { return ask("SELECT count(*) FROM " + from)[0]; }

 private:
  sandbox::Sandbox sandbox_;
  Workbench bench_;
};

}  // namespace lockstep::test
