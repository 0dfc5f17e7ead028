#include "scarce_memory.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <mutex>

namespace wrcor {
namespace {

/// Outlives every tensor, because tensors may outlive the object that counts them.
struct Ledger {
  std::mutex mutex;
  std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> distances;  ///< to the requests that are refused, the next one last
  std::int64_t requests = 0, refused = 0, living = 0, peak = 0;

  bool grants(std::int64_t bytes) {
    const std::lock_guard lock(mutex);
    ++requests;
    const bool its_turn = !distances.empty() && distances.back()-- == 0;
    if (its_turn) distances.pop_back();
    if (its_turn || bytes > limit - living) {
      ++refused;
      return false;
    }
    living += bytes;
    peak = std::max(peak, living);
    return true;
  }

  void take_back(std::int64_t bytes) {
    const std::lock_guard lock(mutex);
    living -= bytes;
  }
};

Ledger& ledger() {
  static Ledger only;
  return only;
}

constexpr std::size_t alignment = 64;

void free_block(void* block) {
  ledger().take_back(static_cast<std::int64_t>(malloc_usable_size(block)));
  std::free(block);
}

class CountingAllocator final : public c10::Allocator {
 public:
  // One of the two overrides the interface, depending on the version of libtorch.
  c10::DataPtr allocate(std::size_t bytes) const { return grant(bytes); }
  c10::DataPtr allocate(std::size_t bytes) { return grant(bytes); }
  void copy_data(void* to, const void* from, std::size_t bytes) const {
    std::memcpy(to, from, bytes);
  }

  c10::DeleterFnPtr raw_deleter() const { return &free_block; }

 private:
  static c10::DataPtr grant(std::size_t bytes) {
    void* block = std::aligned_alloc(alignment, (bytes / alignment + 1) * alignment);
    if (!ledger().grants(static_cast<std::int64_t>(malloc_usable_size(block)))) {
      std::free(block);
      TORCH_CHECK(false, "DefaultCPUAllocator: can't allocate memory: you tried to allocate ",
                  bytes, " bytes. Error code 12 (Cannot allocate memory)");
    }
    return {block, block, &free_block, c10::Device(c10::DeviceType::CPU)};
  }
};

c10::Allocator* ordinary = nullptr;

}  // namespace

ScarceMemory::ScarceMemory() {
  static CountingAllocator counting;
  {
    const std::lock_guard lock(ledger().mutex);
    ledger().limit = std::numeric_limits<std::int64_t>::max();
    ledger().distances.clear();
    ledger().requests = ledger().refused = 0;
    ledger().peak = ledger().living;
  }
  ordinary = c10::GetCPUAllocator();
  c10::SetCPUAllocator(&counting);
}

ScarceMemory::~ScarceMemory() { c10::SetCPUAllocator(ordinary); }

void ScarceMemory::limit(std::int64_t bytes) {
  const std::lock_guard lock(ledger().mutex);
  ledger().limit = bytes;
}

void ScarceMemory::refuse_after(std::vector<std::int64_t> requests) {
  const std::lock_guard lock(ledger().mutex);
  std::reverse(requests.begin(), requests.end());
  ledger().distances = std::move(requests);
}

std::int64_t ScarceMemory::requests() const { return ledger().requests; }
std::int64_t ScarceMemory::refused() const { return ledger().refused; }
std::int64_t ScarceMemory::peak() const { return ledger().peak; }

}  // namespace wrcor
