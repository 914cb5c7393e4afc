#include "cli/texts/starter.h"

#include "cli/support.h"
#include "common/error.h"
#include "support/files.h"

namespace lockstep {
namespace {

using test::WorkingDirectory;

TEST(StarterTest, CarriesTheShippedFilesByteForByte) {
  ASSERT_FALSE(starter_files().empty());
  bool configuration = false;
  for (const StarterFile& file : starter_files()) {
    EXPECT_TRUE(file.text == test::file_text(std::filesystem::path(LOCKSTEP_SOURCE_DIR) / file.path)) << file.path;
    configuration = configuration || file.path == "config/lockstep.yaml";
  }
  EXPECT_TRUE(configuration);
}

TEST(StarterTest, OverwritesNothingAndNamesWhatIsThere) {
  WorkingDirectory directory;
  directory.write("new/config/b.yaml", "mine");
  const StarterFile files[] = {{"config/a.yaml", "a"}, {"config/b.yaml", "b"}, {"scripts/c.lua", "c"}};
  try {
    write_starter("new", files);
    FAIL();
  } catch (const Error& failure) {
    EXPECT_EQ(failure.message(), "nothing was written: new/config/b.yaml is there already");
  }
  EXPECT_FALSE(directory.has("new/config/a.yaml"));
  EXPECT_EQ(directory.read("new/config/b.yaml"), "mine");
}

TEST(StarterTest, ADanglingLinkIsNotFollowed) {
  WorkingDirectory directory;
  std::filesystem::create_symlink("elsewhere.yaml", "a.yaml");
  const StarterFile files[] = {{"a.yaml", "a"}};
  EXPECT_THROW(write_starter(".", files), Error);
  EXPECT_FALSE(directory.has("elsewhere.yaml"));
}

TEST(StarterTest, AFolderThatIsALinkIsNotFollowed) {
  WorkingDirectory directory;
  std::filesystem::create_directory("elsewhere");
  std::filesystem::create_directory("chosen");
  std::filesystem::create_directory_symlink("../elsewhere", "chosen/config");
  const StarterFile files[] = {{"config/a.yaml", "a"}};
  EXPECT_THROW(write_starter("chosen", files), Error);
  EXPECT_FALSE(directory.has("elsewhere/a.yaml"));
}

TEST(StarterTest, WritesBelowADirectoryThatItMakes) {
  WorkingDirectory directory;
  const StarterFile files[] = {{"config/a.yaml", std::string_view("a\0b", 3)}};
  EXPECT_EQ(write_starter("deep/er", files).size(), 1U);
  EXPECT_EQ(directory.read("deep/er/config/a.yaml"), std::string("a\0b", 3));
}

}  // namespace
}  // namespace lockstep
