#include "core/file_lock.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <vector>

#include "core/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

/// A process that holds the lock until it is killed.
pid_t start_holder(const std::filesystem::path& file) {
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = FileLock::try_take(file);
    if (lock && write(ready[1], "x", 1) == 1) pause();
    _exit(1);
  }
  char byte = 0;
  close(ready[1]);
  REQUIRE(read(ready[0], &byte, 1) == 1);
  close(ready[0]);
  return child;
}

void kill_and_wait(pid_t process) {
  kill(process, SIGKILL);
  REQUIRE(waitpid(process, nullptr, 0) == process);
}

}  // namespace

TEST_CASE("a lock is had once and its file goes with it", "[core][lock]") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "lock";
  {
    const auto lock = FileLock::try_take(file);
    REQUIRE(lock);
    CHECK_FALSE(FileLock::try_take(file));
    CHECK_THAT(FileLock::holder(file),
               ContainsSubstring("process " + std::to_string(getpid()) + " on '") &&
                   ContainsSubstring("' since 20"));
  }
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(FileLock::try_take(file));
}

TEST_CASE("who comes second is told who came first", "[core][lock]") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "lock";
  const pid_t holder = start_holder(file);
  CHECK_THROWS_AS(FileLock::take(file, "run"), UsageError);
  CHECK_THROWS_WITH(
      FileLock::take(file, "run"),
      ContainsSubstring("'run' is being written by process " + std::to_string(holder)) &&
          ContainsSubstring("choose another --out"));
  kill_and_wait(holder);
}

TEST_CASE("the lock of a process that was killed is taken over", "[core][lock]") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "lock";
  kill_and_wait(start_holder(file));
  CHECK(std::filesystem::exists(file));
  {
    const auto lock = FileLock::try_take(file);
    REQUIRE(lock);
    CHECK_THAT(FileLock::holder(file), ContainsSubstring("process " + std::to_string(getpid())));
  }
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("waiting ends with the holder, or when the caller gives up", "[core][lock]") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "lock";
  const pid_t holder = start_holder(file);
  CHECK_THROWS_AS(
      FileLock::wait(file, [](const std::string&) { throw std::runtime_error("enough"); }),
      std::runtime_error);
  int asked = 0;
  const FileLock lock = FileLock::wait(file, [&](const std::string& who) {
    CHECK_THAT(who, ContainsSubstring("process " + std::to_string(holder)));
    if (++asked == 2) kill_and_wait(holder);
  });
  CHECK(asked == 2);
}

TEST_CASE("a lock file that somebody else put in its place is not removed", "[core][lock]") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "lock";
  {
    const auto lock = FileLock::try_take(file);
    std::filesystem::remove(file);
    folder.write("lock", "another's");
    CHECK(FileLock::holder(file) == "another process");
  }
  CHECK(read_file(file) == "another's");
}

TEST_CASE("a file of another use is no lock and stays as it is", "[core][lock]") {
  const test::TemporaryFolder folder;
  for (const char* content : {"important\n", "{\"host\": 1}", "[]", "\n"}) {
    const auto file = folder.write("lock", content);
    CHECK_THROWS_AS(FileLock::try_take(file), UsageError);
    CHECK_THROWS_WITH(FileLock::take(file, "run"),
                      ContainsSubstring("lock' is not the lock that belongs there") &&
                          ContainsSubstring("move it"));
    CHECK(read_file(file) == content);
  }
  // A lock file after a crash of the machine, or a kill while it was written.
  for (const std::string& content : {std::string(), std::string(70, '\0'), std::string("{\"ho"),
                                     std::string("{\"host\":\"some") + std::string(30, '\0')})
    CHECK(FileLock::try_take(folder.write("lock", content)));
}

TEST_CASE("many processes that want a lock have it one at a time", "[core][lock]") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "lock", inside = folder.path() / "inside";
  std::vector<pid_t> processes;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child != 0) {
      processes.push_back(child);
      continue;
    }
    int taken = 0;
    while (taken < 200) {
      const auto lock = FileLock::try_take(file);
      if (!lock) continue;
      // Fails when another process is inside.
      if (::mkdir(inside.c_str(), 0700) != 0 || ::rmdir(inside.c_str()) != 0) _exit(1);
      ++taken;
    }
    _exit(0);
  }
  for (const pid_t process : processes) {
    int status = -1;
    waitpid(process, &status, 0);
    CHECK(status == 0);
  }
}

TEST_CASE("a lock where nothing can be written is an error", "[core][lock]") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(FileLock::try_take(folder.path() / "missing" / "lock"), RunError);
}
