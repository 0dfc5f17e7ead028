#include "proxy/failures.h"

#include <new>
#include <stdexcept>

#include "support/catch.h"

using namespace wrcor;

TEST_CASE("an error fails what it concerns", "[proxy]") {
  Failures failures;
  const Requirements records{Need::channel_records}, paths{Need::path_strength},
      both{Need::channel_records, Need::path_strength};
  CHECK(failures.attempt(records, [] {}));
  CHECK_FALSE(failures.any_of(both));
  CHECK_NOTHROW(failures.rethrow(both));
  CHECK_FALSE(failures.attempt(paths, [] { throw std::runtime_error("no kernel"); }));
  CHECK_FALSE(failures.attempt(paths, [] { throw std::runtime_error("nor another"); }));
  CHECK(failures.any_of(both));
  CHECK_FALSE(failures.any_of(records));
  CHECK_NOTHROW(failures.rethrow(records));
  CHECK_THROWS_WITH(failures.rethrow(both), "no kernel");
}

TEST_CASE("a refused request for memory, and an error for the user, concern everything",
          "[proxy]") {
  Failures failures;
  const Requirements records{Need::channel_records};
  CHECK_THROWS_AS(failures.attempt(records, [] { throw std::bad_alloc(); }), std::bad_alloc);
  CHECK_THROWS_WITH(
      failures.attempt(records, [] { throw std::runtime_error("CUDA out of memory."); }),
      "CUDA out of memory.");
  CHECK_THROWS_AS(failures.attempt(records, [] { throw RunError("no"); }), RunError);
  CHECK_FALSE(failures.any_of(records));
}
