#include "wrcor/eval/memory_meter.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <c10/util/Exception.h>
#include <malloc.h>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace wrcor {
namespace {

thread_local MemoryMeter* innermost = nullptr;

std::int64_t size_of(void* block) { return static_cast<std::int64_t>(malloc_usable_size(block)); }

void free_block(void* block) {
  if (innermost != nullptr) innermost->give_back(size_of(block));
  c10::free_cpu(block);
}

/// libtorch's memory for the CPU, shown to the thread's meter.
class MeteredAllocator final : public c10::Allocator {
 public:
  // One of the two is the interface's, by the version of libtorch; so with copy_data.
  c10::DataPtr allocate(std::size_t bytes) const { return metered(bytes); }
  c10::DataPtr allocate(std::size_t bytes) { return metered(bytes); }
  void copy_data(void* to, const void* from, std::size_t bytes) const {
    std::memcpy(to, from, bytes);
  }
  c10::DeleterFnPtr raw_deleter() const { return &free_block; }

 private:
  static c10::DataPtr metered(std::size_t bytes) {
    void* block = c10::alloc_cpu(bytes);
    if (block != nullptr && innermost != nullptr && !innermost->take(size_of(block))) {
      c10::free_cpu(block);
      TORCH_CHECK(false, "can't allocate memory within the bound: you tried to allocate ", bytes,
                  " bytes");
    }
    return {block, block, &free_block, c10::Device(c10::DeviceType::CPU)};
  }
};

}  // namespace

void count_tensor_memory() {
  static MeteredAllocator metered;
  static std::once_flag once;
  std::call_once(once, [] { c10::SetCPUAllocator(&metered); });
}

MemoryMeter::MemoryMeter(std::optional<std::int64_t> bound) : bound_(bound), outer_(innermost) {
  innermost = this;
}

MemoryMeter::~MemoryMeter() { innermost = outer_; }

bool MemoryMeter::take(std::int64_t bytes) {
  if (bound_ && bytes > *bound_ - held_) {
    reached_bound_ = true;
    return false;
  }
  held_ += bytes;
  peak_ = std::max(peak_, held_);
  return true;
}

}  // namespace wrcor
