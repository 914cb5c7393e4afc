// Tables in YAML: what they become, and how their mistakes are told.
#include "rest/table.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "http/client_fixture.h"

namespace lockstep::rest {
namespace {

using Strings = std::vector<std::string>;

std::optional<std::string> no_variable(std::string_view) { return std::nullopt; }

struct Read {
  explicit Read(const std::string& text, const TablePlaces& places = {}) {
    yaml::Problems problems;
    const yaml::Node root = yaml::load_text(text, "t.yaml", no_variable, problems);
    spec = read_table(root, places, problems);
    mistakes = problems.errors();
  }
  RestSpec spec;
  Strings mistakes;
};

constexpr const char* kWhole = R"(label: Things
base_url: https://api.example.test/{account}
auth: {style: header, name: Authorization, prefix: "Token ", variable: THINGS_KEY}
headers: {Version: "2", X-Org: "{organization}"}
resources:
  thing:
    key: meta.uid
    label: title
    list:
      path: /things
      records: data.items
      paging: {style: token, parameter: cursor, token: meta.next, limit: n, size: 50, most: 200}
    get: /things/{id}
    create: /things
    update: {path: "/things/{id}", method: POST}
    record: data
    wrap: thing
    read_only: [meta]
    secret_flags: {secret: has_secret}
    settles: 90s
    references: {parent: thing}
  model:
    list: {path: /models}
    joins:
      - {path: /more, records: models, optional: true, adds: true, get: "/more/{+id}"}
errors:
  message: [error.text, text]
  rules:
    - {status: 429, member: code, equals: spent, kind: credentials, message: Nothing left, final: true}
  wait: {members: [delay], headers: [wait-ms]}
limits: {rate: 2.5}
retry: {retries: 2, first_wait: 100ms}
)";

TEST(Table, BecomesASpec) {
  const Read read(kWhole, {"acme", "", ""});
  EXPECT_EQ(read.mistakes, Strings());
  const RestSpec& spec = read.spec;
  EXPECT_EQ(spec.base_url, "https://api.example.test/acme");
  EXPECT_EQ(spec.auth.style, AuthStyle::Header);
  EXPECT_EQ(spec.auth.prefix, "Token ");
  EXPECT_EQ(spec.headers, (std::vector<std::pair<std::string, std::string>>{{"Version", "2"}, {"X-Org", ""}}));
  EXPECT_EQ(spec.check, "/things");
  ASSERT_EQ(spec.resources.size(), 2U);
  const RestResource& thing = spec.resources[0];
  EXPECT_EQ(thing.resource.key, "meta.uid");
  EXPECT_TRUE(thing.resource.can_create && thing.resource.can_update);
  EXPECT_EQ(thing.update_method, http::Method::Post);
  EXPECT_EQ(thing.list.paging, Paging::PageToken);
  EXPECT_EQ(thing.list.token_field, "meta.next");
  EXPECT_EQ(thing.list.page_size, 50U);
  EXPECT_EQ(thing.list.page_size_cap, 200U);
  EXPECT_EQ(thing.resource.references[0].path, "parent");
  EXPECT_EQ(thing.resource.secret_flags[0].flag, "has_secret");
  EXPECT_EQ(thing.resource.settles, Millis(90'000));
  const JoinSpec& join = spec.resources[1].joins.at(0);
  EXPECT_TRUE(join.optional && join.adds);
  EXPECT_EQ(join.list.items, "models");
  EXPECT_FALSE(spec.resources[1].resource.can_update);
  EXPECT_EQ(spec.errors.message_paths, (Strings{"error.text", "text"}));
  EXPECT_TRUE(spec.errors.rules[0].final);
  EXPECT_EQ(spec.errors.wait_headers, Strings{"wait-ms"});
  EXPECT_EQ(spec.limits.rate, 2.5);
  EXPECT_EQ(spec.limits.concurrency, 8U);
  EXPECT_EQ(spec.limits.first_wait, Millis(100));
}

TEST(Table, AllMistakesAreToldAtOnceWithTheirPlaces) {
  const Read read(R"(lable: Things
auth: {style: bearr}
headers: [a]
resources:
  Thing:
    list: {path: things, paging: {style: token, parameter: at, size: 0}}
    get: /things
  part:
    update: /parts/{id}
    references: {of: thng}
    list: {path: "/parts/{id}", paging: {style: last_id, mor: x}}
errors:
  rules:
    - {kind: credential}
    - {status: 400, equals: x, kind: rejected}
limits: {rate: -1}
retry: {first_wait: soon}
)");
  EXPECT_EQ(
      read.mistakes,
      (Strings{"t.yaml:1:1: unknown option \"lable\"; did you mean \"label\"?",
               "t.yaml:2:15: style: \"bearr\" is none of none, bearer, header, basic, query; did you mean \"bearer\"?",
               "t.yaml:3:10: headers: expected a map of names", "t.yaml:5:3: resources: \"Thing\" is no name for it",
               "t.yaml:6:18: path: \"things\" does not fit; expected something like /v1/things",
               "t.yaml:6:34: paging lacks \"token\" or \"token_header\"", "t.yaml:6:70: size must be between 1 and 1000000",
               "t.yaml:7:10: the address of one item needs {id}", "t.yaml:9:13: update needs \"get\": what is changed is read first",
               "t.yaml:10:22: no entry \"thng\" under resources; did you mean \"Thing\"?",
               "t.yaml:11:18: {id} belongs to the address of one item", "t.yaml:11:41: paging lacks \"parameter\"",
               "t.yaml:11:58: unknown option \"mor\"; did you mean \"more\"?",
               "t.yaml:14:7: a rule needs \"status\", \"member\" or \"contains\": this one would fit every refusal",
               "t.yaml:14:14: kind: \"credential\" is none of credentials, rate_limited, unreachable, rejected, not_found; did you mean "
               "\"credentials\"?",
               "t.yaml:15:29: equals belongs to \"member\"", "t.yaml:16:16: rate must be at least 0",
               "t.yaml:17:21: first_wait: expected a duration such as 30s, 250ms, 2m or 11h"}));
}

TEST(Table, APlaceWithoutAValueLeavesAHeaderOutAndIsAMistakeElsewhere) {
  const Read read(kWhole);
  EXPECT_EQ(read.mistakes, Strings{"t.yaml:2:11: {account} has no value; give the option \"account\" in the configuration"});
  EXPECT_EQ(Read(kWhole, {"acme", "org-1", ""}).spec.headers[1].second, "org-1");
}

TEST(Table, ReadsNoVariables) {
  const std::string path = (std::filesystem::temp_directory_path() / ("lockstep-table-" + std::to_string(getpid()) + ".yaml")).string();
  std::ofstream(path) << "label: \"${HOME}\"\nauth: {style: none}\nresources: {thing: {list: {path: /things}}}\n";
  const Error error = test::error_of([&] { load_table(path, {}); });
  std::filesystem::remove(path);
  EXPECT_EQ(error.kind(), ErrorKind::Invalid);
  EXPECT_NE(error.message().find(path + ": ${HOME}: a table reads no variables"), std::string::npos) << error.message();
}

TEST(Table, AnUnknownStyleIsOneMistake) {
  const Read read(R"(label: Things
auth: {style: heder, name: X-Key, variable: KEY}
resources:
  thing:
    list: {path: /things, paging: {style: tokn, parameter: at, token: next, size: 5, tken: x}}
)");
  EXPECT_EQ(
      read.mistakes,
      (Strings{"t.yaml:2:15: style: \"heder\" is none of none, bearer, header, basic, query; did you mean \"header\"?",
               "t.yaml:5:43: style: \"tokn\" is none of none, token, link, last_id, page, offset, created_at; did you mean \"token\"?",
               "t.yaml:5:86: unknown option \"tken\"; did you mean \"token\"?"}));
}

TEST(Table, WhatIsPutTogetherCannotBeWritten) {
  const Read read(R"(label: Things
auth: {style: none}
resources:
  thing:
    list: {path: /things}
    get: /things/{id}
    update: /things/{id}
    joins: [{path: /more}]
)");
  EXPECT_EQ(read.mistakes, Strings{"t.yaml:8:12: what is put together from several lists cannot be written"});
}

}  // namespace
}  // namespace lockstep::rest
