// Ahead: lists that are asked for at the same time, and found whole by whoever works on them later.
#include "operations/ahead.h"

#include <gtest/gtest.h>

#include <atomic>

namespace lockstep::test {
namespace {

/// Providers that answer only once all of them have been asked.
struct Meeting {
  explicit Meeting(int people) : missing(people) {}
  void come() {
    std::unique_lock lock(mutex);
    if (--missing == 0) changed.notify_all();
    changed.wait(lock, [this] { return missing <= 0; });
  }
  int missing;
  std::mutex mutex;
  std::condition_variable changed;
};

class MeetingProvider : public Provider {
 public:
  MeetingProvider(Meeting& meeting, int pages, std::string failure = {}) : meeting_(meeting), pages_(pages), failure_(std::move(failure)) {}
  std::span<const Resource> resources() const override { return {&resource_, 1}; }
  Credentials credentials() const override { return {true, ""}; }
  void check(Call&) override {}
  std::unique_ptr<PageStream> list(const Resource&, const ListQuery&, Call&) override { return std::make_unique<Stream>(*this); }
  std::optional<Document> get(const Resource&, std::string_view, Call&) override { return std::nullopt; }
  Document create(const Resource&, const Json&, Call&) override { return {}; }
  Document update(const Resource&, std::string_view, const Json&, Call&) override { return {}; }

 private:
  class Stream : public PageStream {
   public:
    explicit Stream(MeetingProvider& of) : of_(of) {}
    std::optional<Page> next(Call& call) override {
      if (at_ == 0) of_.meeting_.come();
      ++call.meter.get;
      if (at_ == of_.pages_) {
        if (!of_.failure_.empty()) throw Error(ErrorKind::Unreachable, of_.failure_);
        complete_ = true;
        return std::nullopt;
      }
      Page page;
      page.records.push_back({page.arena.copy("id" + std::to_string(at_++)), {}, {}});
      return page;
    }
    void recycle(Page) override {}
    ListEnd end() const override { return {complete_, {}, "broke off"}; }

   private:
    MeetingProvider& of_;
    int at_ = 0;
    bool complete_ = false;
  };
  Meeting& meeting_;
  int pages_;
  std::string failure_;
  Resource resource_;
};

/// Ids of a whole list; what ended it is thrown.
std::vector<std::string> read(Provider& provider, Meter& meter, ListEnd& end) {
  Call call{{}, Deadline(), meter};
  const auto stream = provider.list(provider.resources()[0], {}, call);
  std::vector<std::string> ids;
  while (const auto page = stream->next(call)) ids.emplace_back(page->records[0].id);
  end = stream->end();
  return ids;
}

TEST(Ahead, ListsAreAskedForAtTheSameTime) {
  Meeting meeting(2);
  MeetingProvider one(meeting, 2), two(meeting, 20);
  Ahead first(one, one.resources()[0], {}, {}), second(two, two.resources()[0], {}, {});
  Meter meter;
  ListEnd end;
  // Read one after the other: the first would never answer if the second were asked only then.
  EXPECT_EQ(read(first, meter, end), (std::vector<std::string>{"id0", "id1"}));
  EXPECT_TRUE(end.complete);
  EXPECT_EQ(meter.get, 3U);
  EXPECT_EQ(read(second, meter, end).size(), 20U);
  EXPECT_EQ(second.ids().size(), 20U);
}

TEST(Ahead, PagesThatCameBeforeAFailureAreGivenFirst) {
  Meeting meeting(1);
  MeetingProvider one(meeting, 3, "the line is dead");
  Ahead ahead(one, one.resources()[0], {}, {});
  Meter meter;
  Call call{{}, Deadline(), meter};
  const auto stream = ahead.list(one.resources()[0], {}, call);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(stream->next(call).has_value());
  EXPECT_THROW(stream->next(call), Error);
  EXPECT_FALSE(stream->end().complete);
}

TEST(Ahead, AListThatNobodyReadsEndsWithIt) {
  Meeting meeting(1);
  MeetingProvider one(meeting, 1'000'000);
  const Ahead ahead(one, one.resources()[0], {}, {});
}

}  // namespace
}  // namespace lockstep::test
