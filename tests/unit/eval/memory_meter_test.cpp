#include "eval/memory_meter.h"

#include <thread>

#include <ATen/ATen.h>

#include "core/out_of_memory.h"
#include "support/catch.h"

using namespace wrcor;

namespace {

constexpr std::int64_t kilobyte = 1024;

at::Tensor taken(std::int64_t bytes) { return at::empty({bytes}, at::kByte); }

}  // namespace

TEST_CASE("a meter knows the most that its thread held", "[eval][memory]") {
  count_tensor_memory();
  const at::Tensor before = taken(100 * kilobyte);
  MemoryMeter meter;
  CHECK(meter.peak() == 0);
  {
    const at::Tensor a = taken(30 * kilobyte), b = taken(20 * kilobyte);
    std::thread([] { taken(500 * kilobyte); }).join();  // another thread's
  }
  const at::Tensor c = taken(10 * kilobyte);
  CHECK(meter.peak() >= 50 * kilobyte);
  CHECK(meter.peak() < 52 * kilobyte);
  CHECK_FALSE(meter.reached_bound());
}

TEST_CASE("a meter refuses what goes beyond its bound", "[eval][memory]") {
  count_tensor_memory();
  MemoryMeter meter(64 * kilobyte);
  at::Tensor first = taken(40 * kilobyte);
  std::optional<OutOfMemory> refused;
  try {
    taken(30 * kilobyte);
  } catch (const std::exception& error) {
    refused = as_out_of_memory(error);
  }
  REQUIRE(refused);
  CHECK(refused->wanted_bytes == 30 * kilobyte);
  CHECK(meter.reached_bound());
  first.reset();
  CHECK_NOTHROW(taken(60 * kilobyte));
  CHECK(meter.peak() < 64 * kilobyte);
}

TEST_CASE("what was freed last is handed out first, within the meter's bound", "[eval][memory]") {
  count_tensor_memory();
  MemoryMeter meter(1024 * kilobyte);
  at::Tensor first = taken(200 * kilobyte), second = taken(200 * kilobyte);
  const void *of_first = first.data_ptr(), *of_second = second.data_ptr();
  first.reset();
  second.reset();
  const at::Tensor other = taken(199 * kilobyte);  // another size
  CHECK(other.data_ptr() != of_second);
  second = taken(200 * kilobyte);
  first = taken(200 * kilobyte);
  CHECK(second.data_ptr() == of_second);
  CHECK(first.data_ptr() == of_first);
  CHECK_THROWS(taken(500 * kilobyte));  // a reused block counts again
  CHECK_FALSE(meter.release_recent());
  second.reset();
  CHECK(meter.release_recent());
  CHECK_FALSE(meter.release_recent());
}

TEST_CASE("memory that waits is given up before a request is refused", "[eval][memory]") {
  count_tensor_memory();
  MemoryMeter meter;
  taken(200 * kilobyte);
  CHECK_THROWS(taken(std::int64_t{1} << 60));
  CHECK_FALSE(meter.release_recent());
}

TEST_CASE("memory that waits makes way within the bound", "[eval][memory]") {
  count_tensor_memory();
  MemoryMeter meter(500 * kilobyte);
  taken(200 * kilobyte);
  const at::Tensor beside = taken(250 * kilobyte);  // 450 with the kept block
  CHECK(meter.release_recent());
  taken(200 * kilobyte);
  const at::Tensor more = taken(100 * kilobyte);  // 550
  CHECK_FALSE(meter.release_recent());
}

TEST_CASE("the latest meter of a thread counts", "[eval][memory]") {
  count_tensor_memory();
  MemoryMeter outer;
  {
    MemoryMeter inner;
    taken(20 * kilobyte);
    CHECK(inner.peak() >= 20 * kilobyte);
  }
  CHECK(outer.peak() == 0);
  taken(kilobyte);
  CHECK(outer.peak() >= kilobyte);
}
