// What the tests of the provider plugins share: the plugin with options, its list as values, and recorded answers where they are at hand.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "http/client_fixture.h"
#include "sdk/plugin.h"

extern "C" const lockstep::ProviderPlugin lockstep_provider_v1;

namespace lockstep::test {

using Given = std::map<std::string, std::string, std::less<>>;

inline std::unique_ptr<Provider> make_provider(Given given, std::string* failure = nullptr) {
  const PluginHead& head = lockstep_provider_v1.head;
  std::string error;
  std::unique_ptr<Provider> provider(
      lockstep_provider_v1.create("provider", OptionValues({head.options, head.option_count}, std::move(given)), error));
  EXPECT_TRUE(provider != nullptr || !error.empty());
  if (failure != nullptr) *failure = error;
  return provider;
}

/// At an address, impatient.
inline std::unique_ptr<Provider> provider_at(const std::string& url, Given more = {}) {
  Given given{{"api_key", "sk-proj-abcdefghij0123456789wxyz"}, {"base_url", url}, {"retries", "0"}, {"rate", "0"}};
  for (auto& [name, value] : more) given[name] = value;
  return make_provider(std::move(given));
}

struct Listed {
  std::map<std::string, Json> items;
  std::vector<std::string> problems;
  ListEnd end;
};

/// The first resource's list to its end. Throws what the walk throws.
inline Listed list_all(Provider& provider, std::size_t page_size = 0) {
  Caller caller;
  Listed out;
  const auto stream = provider.list(provider.resources()[0], {page_size}, caller.call);
  while (auto page = stream->next(caller.call)) {
    for (const Record& record : page->records) {
      EXPECT_TRUE(out.items.emplace(record.id, json::parse(record.raw)).second) << record.id << " comes twice";
    }
    out.problems.insert(out.problems.end(), page->problems.begin(), page->problems.end());
    stream->recycle(std::move(*page));
  }
  out.end = stream->end();
  return out;
}

/// A recorded refusal as the bytes of an HTTP answer.
inline std::string refusal(const std::string& recording) {
  const Json root = json::parse(recording);
  std::string headers;
  for (const auto& [name, value] : *root.find("headers")->object()) {
    if (!equal_ignore_case(name, "content-type")) headers += name + ": " + *value.text() + "\r\n";
  }
  return answer(static_cast<int>(*root.find("status")->integer()), json::to_text(*root.find("body")), headers);
}

/// What a list becomes when every request is answered by `bytes`; and how many requests that took.
struct Refused {
  Error error{ErrorKind::Invalid, ""};
  std::size_t requests = 0;
};

inline Refused refused_with(const std::string& bytes, Given more = {}) {
  Refused out;
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) {
    ++out.requests;
    return bytes;
  }));
  const auto provider = provider_at(server.url(), std::move(more));
  out.error = error_of([&] { list_all(*provider); });
  return out;
}

}  // namespace lockstep::test
