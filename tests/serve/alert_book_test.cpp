// What people are told of: once, and once more when it is well again, over a restart too.
#include "serve/alert_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/fake_clock.h"
#include "office.h"
#include "serve/alert_post.h"

namespace lockstep::serve {
namespace {

using test::OfficeTest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

AlertUse target(const std::string& name, std::vector<AlertCause> on) {
  AlertUse use;
  use.name = name;
  use.on = std::move(on);
  use.out_of_sync_after = std::chrono::hours(1);
  use.shutdown_within = std::chrono::hours(24 * 30);
  return use;
}

/// The book alone, over a clock that stands still.
class AlertBooks : public OfficeTest {
 protected:
  void SetUp() override {
    OfficeTest::SetUp();
    folder_ = std::make_unique<StateFolder>(directory_.path() / "state");
    open();
  }
  void open() { book_ = std::make_unique<AlertBook>(*folder_, AlertBounds{}, clock_); }
  void note(std::vector<AlertFact> facts, std::set<AlertCause> complete = {}) { book_->note(targets_, facts, complete); }
  /// Everything that is due, delivered.
  std::vector<std::string> told() {
    std::vector<std::string> out;
    for (auto due = book_->due(); !due.empty(); due = book_->due()) {
      for (const AlertMessage& message : due) {
        out.push_back(message.target + ": " + headline(message));
        book_->delivered(message);
      }
    }
    return out;
  }

  test::FakeClock clock_;
  std::vector<AlertUse> targets_{target("ops", {AlertCause::RunFailed, AlertCause::OutOfSync, AlertCause::ShutdownAhead})};
  std::unique_ptr<StateFolder> folder_;
  std::unique_ptr<AlertBook> book_;
};

TEST_F(AlertBooks, WhatIsWrongIsToldOnceAndOnceMoreWhenItIsWell) {
  note({{AlertCause::RunFailed, "books", "the run failed"}});
  EXPECT_THAT(told(), ElementsAre("ops: books: the run failed"));
  note({{AlertCause::RunFailed, "books", "the run failed"}});
  note({});
  EXPECT_THAT(told(), IsEmpty());
  note({{AlertCause::RunFailed, "books"}});
  EXPECT_THAT(told(), ElementsAre("ops: Well again: books: the run failed"));
  note({{AlertCause::RunFailed, "books"}});
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(AlertBooks, ARestartForgetsAndRepeatsNothing) {
  note({{AlertCause::RunFailed, "books", "the run failed"}});
  open();
  EXPECT_THAT(told(), ElementsAre("ops: books: the run failed"));
  open();
  note({{AlertCause::RunFailed, "books", "the run failed"}});
  EXPECT_THAT(told(), IsEmpty());
  note({{AlertCause::RunFailed, "books"}});
  open();
  EXPECT_THAT(told(), ElementsAre("ops: Well again: books: the run failed"));
}

TEST_F(AlertBooks, ADifferenceIsToldOnlyWhenItLasts) {
  const AlertFact differs{AlertCause::OutOfSync, "books", "both sides have differed for long"};
  note({differs});
  clock_.advance(std::chrono::minutes(59));
  open();
  note({differs});
  EXPECT_THAT(told(), IsEmpty());
  clock_.advance(std::chrono::minutes(1));
  note({differs});
  EXPECT_THAT(told(), ElementsAre(HasSubstr("both sides have differed")));
  note({{AlertCause::OutOfSync, "books"}});
  EXPECT_THAT(told(), ElementsAre(HasSubstr("Well again")));
  note({differs});
  note({{AlertCause::OutOfSync, "books"}});
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(AlertBooks, AShutdownIsToldWhenItIsNearAndOverWhenTheModelIsGone) {
  note({{AlertCause::ShutdownAhead, "openai a", "is shut down", 31}, {AlertCause::ShutdownAhead, "openai b", "is shut down", 30}},
       {AlertCause::ShutdownAhead});
  EXPECT_THAT(told(), ElementsAre("ops: openai b: is shut down"));
  note({}, {AlertCause::ShutdownAhead});
  EXPECT_THAT(told(), ElementsAre("ops: Well again: openai b: is shut down"));
}

TEST_F(AlertBooks, NewsDoNotWaitForWhatWasNotTaken) {
  note({{AlertCause::RunFailed, "books", "the run failed"}});
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(book_->due().size(), 1U);
    book_->failed(book_->due()[0], "away");
    clock_.advance(Millis(6'000));
  }
  EXPECT_THAT(told(), IsEmpty()) << "the next try is minutes away";
  EXPECT_EQ(*book_->look("ops").find("standing")->array()->front().find("told"), Json(false));
  note({{AlertCause::RunFailed, "others", "the run failed"}});
  EXPECT_THAT(told(), ElementsAre("ops: books: the run failed", "ops: others: the run failed"));
  EXPECT_EQ(*book_->look("ops").find("standing")->array()->front().find("told"), Json(true));
}

TEST_F(AlertBooks, ATargetThatIsThereAgainIsToldAtOnce) {
  note({{AlertCause::RunFailed, "books", "the run failed"}});
  for (int i = 0; i < 2; ++i) {
    book_->failed(book_->due().at(0), "away");
    clock_.advance(Millis(6'000));
  }
  book_->hurry("ops");
  EXPECT_THAT(told(), ElementsAre("ops: books: the run failed"));
}

TEST_F(AlertBooks, EachTargetIsToldItsOwn) {
  targets_.push_back(target("records", {AlertCause::RecordsFailed}));
  targets_.push_back(target("others", {AlertCause::RunFailed}));
  targets_.back().syncs = {"others"};
  note({{AlertCause::RunFailed, "books", "the run failed"}});
  EXPECT_THAT(told(), ElementsAre("ops: books: the run failed"));
}

TEST_F(AlertBooks, WhatWasNotTakenIsTriedAgainLaterAndGivenUpInTheEnd) {
  note({{AlertCause::RunFailed, "books", "the run failed"}});
  std::vector<Millis> waits;
  for (int i = 0; i < 7; ++i) {
    const auto due = book_->due();
    ASSERT_EQ(due.size(), 1U) << i;
    book_->failed(due.front(), "nobody answers");
    EXPECT_THAT(book_->due(), IsEmpty()) << i;
    clock_.advance(std::chrono::hours(10));
  }
  EXPECT_THAT(book_->due(), IsEmpty());
  EXPECT_EQ(book_->look("ops").text_at("last_result"), "nobody answers");
}

}  // namespace
}  // namespace lockstep::serve
