// More resources of a provider that is known already: what an entry says, what it takes over, and its mistakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/error.h"
#include "rest/provider.h"
#include "rest/table.h"

namespace lockstep::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RestSpec shop() {
  RestSpec spec;
  spec.label = "Shop";
  RestResource book;
  book.resource.name = "book";
  book.resource.key = "isbn";
  book.resource.modified = "changed";
  book.list.path = "/books";
  book.list.items = "data";
  book.list.paging = Paging::PageToken;
  book.list.limit_parameter = "limit";
  book.list.page_size = 20;
  book.list.page_size_cap = 50;
  book.list.token_field = "next";
  book.list.token_parameter = "cursor";
  book.item = "/books/{id}";
  book.record = "item";
  book.wrap = "book";
  book.update_method = http::Method::Post;
  RestResource note;
  note.resource.name = "note";
  note.list.path = "/notes";
  spec.resources = {book, note};
  return spec;
}

std::vector<std::string> mistakes(const std::string& yaml, RestSpec& spec) {
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(
      yaml, "r", [](std::string_view) { return std::nullopt; }, problems);
  add_resources(root, spec, problems);
  return problems.errors();
}

TEST(MoreResources, TakeOverWhatTheyDoNotSay) {
  RestSpec spec = shop();
  ASSERT_THAT(
      mistakes("resources: {pen: {list: {path: /pens}, get: '/pens/{id}', create: /pens, update: '/pens/{id}', read_only: [isbn]}}", spec),
      ElementsAre());
  ASSERT_EQ(spec.resources.size(), 3U);
  const RestResource& pen = spec.resources.back();
  EXPECT_EQ(pen.resource.name, "pen");
  EXPECT_EQ(pen.resource.key, "isbn");
  EXPECT_EQ(pen.resource.modified, "changed");
  EXPECT_EQ(pen.list.path, "/pens");
  EXPECT_EQ(pen.list.items, "data");
  EXPECT_EQ(pen.list.paging, Paging::PageToken);
  EXPECT_EQ(pen.list.page_size_cap, 50U);
  EXPECT_EQ(pen.list.token_parameter, "cursor");
  EXPECT_EQ(pen.record, "item");
  EXPECT_EQ(pen.wrap, "book");
  EXPECT_EQ(pen.update_method, http::Method::Post);
  EXPECT_EQ(pen.item, "/pens/{id}");
  EXPECT_TRUE(pen.resource.can_create && pen.resource.can_update);
  EXPECT_THAT(pen.resource.read_only, ElementsAre("isbn"));
}

TEST(MoreResources, TakeAfterTheOneTheyName) {
  RestSpec spec = shop();
  ASSERT_THAT(mistakes("resources: {pen: {like: note, list: {path: /pens}}}", spec), ElementsAre());
  EXPECT_EQ(spec.resources.back().resource.key, "id");
  EXPECT_EQ(spec.resources.back().list.paging, Paging::None);
}

TEST(MoreResources, KeepWhatTheySay) {
  RestSpec spec = shop();
  ASSERT_THAT(
      mistakes(
          "resources: {pen: {key: sku, modified: at, record: pen, wrap: pen, update: {path: '/p/{id}', method: PATCH}, get: '/p/{id}', "
          "list: {path: /pens, records: pens, paging: {style: page, parameter: page}}}}",
          spec),
      ElementsAre());
  const RestResource& pen = spec.resources.back();
  EXPECT_EQ(pen.resource.key, "sku");
  EXPECT_EQ(pen.resource.modified, "at");
  EXPECT_EQ(pen.list.items, "pens");
  EXPECT_EQ(pen.list.paging, Paging::PageNumber);
  EXPECT_EQ(pen.record, "pen");
  EXPECT_EQ(pen.wrap, "pen");
  EXPECT_EQ(pen.update_method, http::Method::Patch);
}

TEST(MoreResources, TellTheirMistakesWithPlaces) {
  RestSpec spec = shop();
  EXPECT_THAT(mistakes("resources:\n  book: {list: {path: /other}}\n  pen: {like: bok, list: {path: /pens}}\n", spec),
              ElementsAre("r:2:3: Shop has a resource \"book\" already", "r:3:15: Shop has no resource \"bok\"; did you mean \"book\"?"));
  EXPECT_THAT(mistakes("resources: {pen: {lits: {path: /pens}}}", spec),
              ElementsAre(HasSubstr("unknown option \"lits\"; did you mean \"list\"?")));
  EXPECT_THAT(mistakes("label: Shop", spec), ElementsAre(HasSubstr("unknown option \"label\""), HasSubstr("lacks \"resources\"")));
}

TEST(MoreResources, AreReadFromAFileOfTheOptions) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / ("lockstep-resources-" + std::to_string(getpid()) + ".yaml");
  std::ofstream(file) << "resources: {pen: {list: {path: /pens}}}\n";
  RestOptions options;
  options.client.base_url = "http://127.0.0.1:1";
  options.client.concurrency = 1;
  options.resources = file.string();
  const RestProvider provider(shop(), options);
  ASSERT_EQ(provider.resources().size(), 3U);
  EXPECT_EQ(provider.resources()[2].name, "pen");
  std::filesystem::remove(file);
  EXPECT_THROW(RestProvider(shop(), options), Error);
}

}  // namespace
}  // namespace lockstep::rest
