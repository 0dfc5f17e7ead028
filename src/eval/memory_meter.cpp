#include "eval/memory_meter.h"

#include "internal/recent_blocks.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace wrcor {
namespace {

thread_local MemoryMeter* innermost = nullptr;

/// The header of a block: its size, and padding that keeps the block aligned for vectors. (The
/// underlying allocator need not know the size.)
struct alignas(64) Header {
  std::int64_t bytes;
};

void free_block(void* block) {
  if (block == nullptr) return;
  Header* header = static_cast<Header*>(block) - 1;
  if (innermost != nullptr) {
    innermost->give_back(header, header->bytes);
  } else {
    c10::free_cpu(header);
  }
}

void* allocated(std::size_t bytes) {
  try {
    return c10::alloc_cpu(bytes);
  } catch (const std::exception&) {
    if (innermost == nullptr || !innermost->release_recent()) throw;
    return c10::alloc_cpu(bytes);
  }
}

/// libtorch's allocator for the CPU, which reports to the thread's meter.
class MeteredAllocator final : public c10::Allocator {
 public:
  // One of the two overrides the interface, depending on the version of libtorch; likewise for
  // copy_data.
  c10::DataPtr allocate(std::size_t bytes) const { return metered(bytes); }
  c10::DataPtr allocate(std::size_t bytes) { return metered(bytes); }
  void copy_data(void* to, const void* from, std::size_t bytes) const {
    std::memcpy(to, from, bytes);
  }
  c10::DeleterFnPtr raw_deleter() const { return &free_block; }

 private:
  static c10::DataPtr metered(std::size_t bytes) {
    if (bytes == 0) return {nullptr, nullptr, &free_block, c10::Device(c10::DeviceType::CPU)};
    const auto size = static_cast<std::int64_t>(bytes);
    if (innermost != nullptr && !innermost->take(size)) {
      TORCH_CHECK(false, "can't allocate memory within the bound: you tried to allocate ", bytes,
                  " bytes");
    }
    void* memory = innermost != nullptr ? innermost->recent(size) : nullptr;
    try {
      if (memory == nullptr) memory = allocated(sizeof(Header) + bytes);
    } catch (...) {
      if (innermost != nullptr) innermost->forget(size);
      throw;
    }
    auto* header = static_cast<Header*>(memory);
    header->bytes = size;
    void* block = header + 1;
    return {block, block, &free_block, c10::Device(c10::DeviceType::CPU)};
  }
};

}  // namespace

void count_tensor_memory() {
  static MeteredAllocator metered;
  static std::once_flag once;
  std::call_once(once, [] { c10::SetCPUAllocator(&metered); });
}

MemoryMeter::MemoryMeter(std::optional<std::int64_t> bound)
    : bound_(bound), recent_(std::make_unique<RecentBlocks>()), outer_(innermost) {
  innermost = this;
}

MemoryMeter::~MemoryMeter() { innermost = outer_; }

void* MemoryMeter::recent(std::int64_t bytes) {
  void* found = recent_->take(bytes);
  if (found == nullptr && bound_) recent_->shrink(*bound_ - held_);
  return found;
}

void MemoryMeter::give_back(void* memory, std::int64_t bytes) {
  recent_->keep(memory, bytes);
  forget(bytes);
}

bool MemoryMeter::release_recent() { return recent_->release(); }

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
