#include "internal/recent_blocks.h"

#include <c10/core/impl/alloc_cpu.h>

#include <algorithm>

namespace wrcor {

void* RecentBlocks::take(std::int64_t bytes) {
  for (std::size_t i = count_; i-- > 0;) {
    if (blocks_[i].bytes != bytes) continue;
    void* found = blocks_[i].address;
    remove(i);
    return found;
  }
  return nullptr;
}

void RecentBlocks::keep(void* block, std::int64_t bytes) {
  constexpr std::int64_t small = 64 << 10;
  if (bytes < small || bytes > most_bytes) return c10::free_cpu(block);
  if (count_ == most) free_oldest();
  shrink(most_bytes - bytes);
  blocks_[count_++] = {block, bytes};
  bytes_ += bytes;
}

void RecentBlocks::shrink(std::int64_t bytes) {
  while (count_ > 0 && bytes_ > bytes) free_oldest();
}

bool RecentBlocks::release() {
  const bool any = count_ > 0;
  shrink(0);
  return any;
}

void RecentBlocks::free_oldest() {
  c10::free_cpu(blocks_.front().address);
  remove(0);
}

void RecentBlocks::remove(std::size_t i) {
  bytes_ -= blocks_[i].bytes;
  std::copy(blocks_.begin() + i + 1, blocks_.begin() + count_, blocks_.begin() + i);
  --count_;
}

}  // namespace wrcor
