#include "wrcor/core/file_lock.h"

#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

TEST_CASE("a lock is held by one at a time", "[core][file]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  {
    const auto held = FileLock::try_acquire(path);
    CHECK(held);
    CHECK_FALSE(FileLock::try_acquire(path));
  }
  CHECK(FileLock::try_acquire(path));
}

TEST_CASE("a lock that cannot be made is a run error", "[core][file]") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(FileLock::try_acquire(folder.path() / "none" / "lock"), RunError);
}

}  // namespace
}  // namespace wrcor
