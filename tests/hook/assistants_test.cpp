// scripts/assistants.lua as it ships: who owns a new row.
#include <gmock/gmock.h>

#include "hook/support.h"

namespace lockstep::test {
namespace {

class AssistantsScript : public testing::Test {
 protected:
  AssistantsScript() {
    yaml::Problems problems;
    hook_ = load_lua(LOCKSTEP_SOURCE_DIR "/scripts/assistants.lua", "scripts/assistants.lua", {}, problems);
    problems.raise();
    hook_->attach(&host_);
    users({R"({"id":2,"name":"Boss","email":"boss@example.com","role":"admin"})",
           R"({"id":5,"name":"Ann","email":"Ann@Example.com","role":"user"})",
           R"({"id":9,"name":"Second","email":"second@example.com","role":"admin"})"});
  }
  void users(const std::vector<std::string>& rows) {
    host_.tables["users"].clear();
    for (const std::string& row : rows) host_.tables["users"].push_back(json::parse(row));
  }
  /// "user_id=5 created_by=5", or the reason of the rejection.
  std::string assign(const std::string& raw) {
    host_.lines.clear();
    std::vector<std::pair<std::string, Json>> columns;
    if (const HookVerdict verdict = hook_->assign_owner({"a-1", "Sales Bot", "assistant"}, raw, columns)) return "rejected: " + *verdict;
    std::string out;
    for (const auto& [column, value] : columns) out += (out.empty() ? "" : " ") + column + "=" + json::to_text(value);
    return out;
  }
  std::string warning() const {
    return host_.lines.size() == 1 && host_.lines[0].first == log::Level::Warning ? host_.lines[0].second
                                                                                  : std::to_string(host_.lines.size()) + " lines";
  }
  MemoryHost host_;
  std::unique_ptr<Hook> hook_;
};

TEST_F(AssistantsScript, OwnerIsTheUserWithTheEmailTrimmedAndInAnyCase) {
  EXPECT_EQ(assign(R"({"metadata":{"user_email":" \tANN@example.COM\n"}})"), "created_by=5 user_id=5");
  EXPECT_TRUE(host_.lines.empty());
}

TEST_F(AssistantsScript, UnknownEmailGoesToTheFirstAdminWithAWarning) {
  EXPECT_EQ(assign(R"({"metadata":{"user_email":"who@example.com"}})"), "created_by=2 user_id=2");
  EXPECT_EQ(warning(), "User assignment failed for assistant Sales Bot: no user has who@example.com; assigned to boss@example.com");
}

TEST_F(AssistantsScript, RecordsWithoutAUsableEmailGoToTheAdminToo) {
  const std::pair<const char*, const char*> cases[] = {{R"({})", "the record has no metadata.user_email"},
                                                       {R"({"metadata":null})", "the record has no metadata.user_email"},
                                                       {R"({"metadata":"x"})", "the record has no metadata.user_email"},
                                                       {R"({"metadata":{"user_email":null}})", "the record has no metadata.user_email"},
                                                       {R"({"metadata":{"user_email":7}})", "metadata.user_email is not text"},
                                                       {R"({"metadata":{"user_email":"  "}})", "metadata.user_email is empty"}};
  for (const auto& [raw, why] : cases) {
    EXPECT_EQ(assign(raw), "created_by=2 user_id=2") << raw;
    EXPECT_EQ(warning(), "User assignment failed for assistant Sales Bot: " + std::string(why) + "; assigned to boss@example.com");
  }
}

TEST_F(AssistantsScript, OfSeveralUsersWithOneEmailTheLowestIdOwns) {
  users({R"({"id":8,"email":"ann@example.com","role":"user"})", R"({"id":3,"email":"ANN@example.com","role":"user"})"});
  EXPECT_EQ(assign(R"({"metadata":{"user_email":"ann@example.com"}})"), "created_by=3 user_id=3");
}

TEST_F(AssistantsScript, WithoutAnAdminTheRecordIsRejected) {
  users({R"({"id":5,"email":"ann@example.com","role":"user"})"});
  EXPECT_EQ(assign(R"({"metadata":{"user_email":"who@example.com"}})"),
            "rejected: no user has who@example.com, and there is no user with the role admin to assign it to");
}

TEST_F(AssistantsScript, AdminWithoutEmailIsNamedOtherwise) {
  users({R"({"id":1,"name":"Root","email":null,"role":"admin"})"});
  EXPECT_EQ(assign("{}"), "created_by=1 user_id=1");
  EXPECT_THAT(warning(), testing::EndsWith("; assigned to Root"));
  users({R"({"id":1,"role":"admin"})"});
  assign("{}");
  EXPECT_THAT(warning(), testing::EndsWith("; assigned to user 1"));
}

TEST_F(AssistantsScript, MissingUsersTableIsAClearRejection) {
  host_.tables.clear();
  EXPECT_THAT(assign("{}"), testing::MatchesRegex("rejected: scripts/assistants.lua:[0-9]+: there is no table \"users\""));
}

}  // namespace
}  // namespace lockstep::test
