// An import that cannot write: a full disk, a file or directory that may not be written, a reader that went away. It ends with a reason,
// loses nothing, and goes on once the trouble is over.

#include <unistd.h>

#include "scenarios/crash_fixture.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;
using fs::perms;

/// A shell that sets the stage and becomes the program.
std::vector<std::string> shell(const std::string& before) { return {"/bin/sh", "-c", before + "\nexec \"$@\"", "sh"}; }

/// For a shell: no file may grow beyond so much. sh counts in blocks of 512 bytes.
std::string room_for(std::size_t kibibytes) { return "ulimit -f " + std::to_string(kibibytes * 2); }

class Disk : public Crash {
 protected:
  /// The program as somebody whom permissions bind, which they do not bind root.
  std::vector<std::string> as_nobody() const {
    if (geteuid() != 0) return {};
    return {"/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
  }

  /// Everybody may read and enter; whoever runs the program may write everything.
  void open_to_all() const {
    fs::permissions(bench_.directory(), perms::all);
    for (const auto& entry : fs::directory_iterator(bench_.directory())) {
      if (entry.is_regular_file()) fs::permissions(entry, perms::owner_read | perms::owner_write | perms::group_read | perms::others_read);
    }
    if (geteuid() != 0) return;
    const std::string all = "chown -R 65534:65534 " + bench_.directory().string();
    ASSERT_EQ(std::system(all.c_str()), 0);
  }

  void expect_refused(const std::string& reason) {
    const Outcome outcome = bench_.run(kSync, as_nobody());
    EXPECT_EQ(outcome.exit, 1) << said(outcome);
    EXPECT_TRUE(contains(outcome, reason)) << said(outcome);
    EXPECT_EQ(rows_kept(), 0U);
  }
};

// Full

TEST_F(Disk, NoRoomAtAnyPointLosesNothing) {
  const auto empty_kib = fs::file_size(empty()) / 1024;
  const auto whole_kib = [&] {
    bench_.run(kQuietSync);
    return fs::file_size(bench_.database()) / 1024;
  }();
  for (int i = 0; i < 3; ++i) {
    start_anew();
    const auto limit = empty_kib + (whole_kib - empty_kib) * static_cast<std::size_t>(i) / 3;
    SCOPED_TRACE("room for " + std::to_string(limit) + " KiB of " + std::to_string(whole_kib));
    const Outcome outcome = bench_.run(kSync, shell("trap '' XFSZ; " + room_for(limit)));
    EXPECT_EQ(outcome.exit, exit_of_failed(outcome)) << said(outcome);
    EXPECT_TRUE(contains(outcome, "Assistant synchronization failed: ")) << said(outcome);
    EXPECT_TRUE(contains(outcome, "test.db")) << said(outcome);
    rows_kept();
    expect_whole_after_next_run();
  }
}

TEST_F(Disk, ALimitOnTheFileSizeIsAnErrorAndNoDeath) {
  const Outcome outcome = bench_.run(kSync, shell(room_for(fs::file_size(empty()) / 1024 + 100)));
  EXPECT_EQ(outcome.exit, exit_of_failed(outcome)) << said(outcome);
  EXPECT_TRUE(contains(outcome, "Assistant synchronization failed: ")) << said(outcome);
  expect_whole_after_next_run();
}

TEST_F(Disk, AFullFilesystemIsNamed) {
  const fs::path small = bench_.directory() / "small", saved = bench_.directory() / "saved";
  fs::create_directory(small);
  fs::create_directory(saved);
  const std::string mount = "mount -t tmpfs -o size=8m none " + small.string();
  const std::vector<std::string> apart = {"/usr/bin/unshare", "-m", "/bin/sh", "-c"};
  const std::string stage = mount + " && cp " + bench_.database() + " " + small.string() + R"( && { "$@"; code=$?; cp )" + small.string() +
                            "/* " + saved.string() + "; exit $code; }";
  if (run_program({apart[0], apart[1], apart[2], apart[3], mount}, {}, bench_.directory().string()).exit != 0)
    GTEST_SKIP() << "this user may not mount a filesystem of its own, which is how a small disk is made";
  bench_.environment()["LOCKSTEP_DB"] = (small / "test.db").string();
  const Outcome outcome = bench_.run(kSync, {apart[0], apart[1], apart[2], apart[3], stage, "sh"});
  EXPECT_EQ(outcome.exit, exit_of_failed(outcome)) << said(outcome);
  EXPECT_TRUE(contains(outcome, "the disk is full")) << said(outcome);
  EXPECT_TRUE(contains(outcome, "free some space and run again")) << said(outcome);
  // The disk that was full, with room again.
  bench_.environment()["LOCKSTEP_DB"] = bench_.database();
  for (const auto& entry : fs::directory_iterator(saved))
    fs::copy(entry, bench_.directory() / entry.path().filename(), fs::copy_options::overwrite_existing);
  rows_kept();
  expect_whole_after_next_run();
}

// Not allowed

TEST_F(Disk, AFileThatMayNotBeWrittenIsNamed) {
  open_to_all();
  if (bench_.run({"--version"}, as_nobody()).exit != 0) GTEST_SKIP() << "nobody but root may run the program where it lies";
  fs::permissions(bench_.database(), perms::owner_read | perms::group_read | perms::others_read);
  expect_refused("test.db cannot be written");
  fs::permissions(bench_.database(), perms::owner_read | perms::owner_write);
  expect_whole_after_next_run();
}

TEST_F(Disk, ADirectoryThatMayNotBeWrittenIsNamed) {
  open_to_all();
  if (bench_.run({"--version"}, as_nobody()).exit != 0) GTEST_SKIP() << "nobody but root may run the program where it lies";
  fs::permissions(bench_.directory(), perms::owner_read | perms::owner_exec | perms::others_read | perms::others_exec);
  const Outcome outcome = bench_.run(kSync, as_nobody());
  fs::permissions(bench_.directory(), perms::all);
  EXPECT_EQ(outcome.exit, 1) << said(outcome);
  EXPECT_TRUE(contains(outcome, "make the file and its directory writable for this user")) << said(outcome);
  EXPECT_EQ(rows_kept(), 0U);
  expect_whole_after_next_run();
}

// Not listened to

TEST_F(Disk, AReaderThatWentAwayStopsNothing) {
  // More lines than a pipe holds, read by somebody who takes none of them.
  const Outcome outcome = bench_.run(kSync, {"/bin/bash", "-c", "set -o pipefail; \"$@\" -v | true", "bash"});
  EXPECT_EQ(outcome.exit, 0) << said(outcome);
  expect_content();
  expect_whole_after_next_run();
}

TEST_F(Disk, ClosedDescriptorsStopNothingAndReceiveNothing) {
  const Outcome outcome = bench_.run(kSync, shell("exec <&- >&- 2>&-"));
  EXPECT_LT(outcome.exit, 128) << said(outcome);
  expect_content();
  // A file that is opened takes the lowest free number: what goes to standard output must not land in it.
  EXPECT_EQ(run_program({"/bin/grep", "-c", "Created assistant", bench_.database() + ".lock"}, {}, bench_.directory().string()).exit, 1)
      << "the program's lines are in its lock file";
  expect_whole_after_next_run();
}

TEST_F(Disk, AnOutputThatIsFullStopsNothingAndIsTold) {
  const Outcome outcome = bench_.run(kSync, shell("exec >/dev/full"));
  EXPECT_EQ(outcome.exit, 2) << said(outcome);
  EXPECT_NE(outcome.err.find("standard output cannot be written: No space left on device"), std::string::npos) << said(outcome);
  expect_whole_after_next_run();
}

TEST_F(Disk, AnOutputThatIsFullIsExitOneWhereNothingWasWritten) {
  EXPECT_EQ(bench_.run({"import", "assistants", "--dry-run"}, shell("exec >/dev/full")).exit, 1);
  EXPECT_EQ(bench_.run({"--version"}, shell("exec >/dev/full")).exit, 1);
  EXPECT_EQ(rows_kept(), 0U);
}

TEST_F(Disk, AnOutputThatIsFullSaysOfEveryCommandThatItWrote) {
  expect_whole_after_next_run();
  for (const char* command : {"import", "export", "full", "retry", "migrate"}) {
    EXPECT_EQ(bench_.run({command}, shell("exec >/dev/full")).exit, 2) << command;
  }
}

}  // namespace
}  // namespace lockstep::test
