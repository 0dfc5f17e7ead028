#include "queue/outage.h"

#include "support/catch.h"

using namespace wrcor;
using std::chrono::milliseconds;

TEST_CASE("an outage lasts until all that failed succeeds again", "[queue]") {
  Outage outage("trying again");
  CHECK(outage.reason().empty());
  outage.end("XADD");
  outage.begin("XADD", "no memory");
  outage.begin("SET", "no memory either");
  outage.begin("XADD", "still no memory");
  outage.end("SET");
  CHECK(outage.reason() == "still no memory");
  outage.end("XADD");
  CHECK(outage.reason().empty());
  outage.begin("", "no server");
  outage.begin("SET", "no memory");
  outage.end_all();
  CHECK(outage.reason().empty());
}

TEST_CASE("pauses double up to a limit", "[queue]") {
  GrowingPause pause;
  CHECK(pause.next() == GrowingPause::first);
  CHECK(pause.next() == 2 * GrowingPause::first);
  for (int k = 0; k < 20; ++k) pause.next();
  CHECK(pause.next() == GrowingPause::longest);
  pause.restart();
  CHECK(pause.next() == GrowingPause::first);
}

TEST_CASE("a sleep ends early when it is over", "[queue]") {
  const auto start = std::chrono::steady_clock::now();
  int asked = 0;
  sleep_until(milliseconds(60'000), [&] { return ++asked == 3; });
  CHECK(asked == 3);
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(30'000));
}
