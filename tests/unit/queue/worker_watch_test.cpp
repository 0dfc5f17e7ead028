#include "queue/worker_watch.h"

#include "support/catch.h"

using namespace wrcor;
using std::chrono::seconds;

TEST_CASE("workers are looked for when none has given a sign lately", "[queue]") {
  const auto start = WorkerWatch::Clock::now();
  WorkerWatch watch("redis://head/first", start);
  CHECK_FALSE(watch.must_look(start + seconds(1)));
  CHECK(watch.must_look(start + seconds(2)));
  watch.note_found(0, start + seconds(2));
  CHECK_FALSE(watch.must_look(start + seconds(3)));
  CHECK(watch.must_look(start + seconds(4)));
  watch.note_presence(start + seconds(4));
  CHECK_FALSE(watch.must_look(start + seconds(5)));
}

TEST_CASE("the absence of workers is told in seconds, until one comes", "[queue]") {
  const auto start = WorkerWatch::Clock::now();
  WorkerWatch watch("redis://head/first", start);
  CHECK(watch.absence().empty());
  watch.note_found(0, start + seconds(12));
  CHECK(watch.absence() == "the queue 'redis://head/first' has had no worker for 12 s");
  watch.note_found(2, start + seconds(20));
  CHECK(watch.absence().empty());
  watch.note_found(0, start + seconds(25));
  CHECK_THAT(watch.absence(), ContainsSubstring("for 5 s"));
  watch.note_presence(start + seconds(26));
  CHECK(watch.absence().empty());
}
