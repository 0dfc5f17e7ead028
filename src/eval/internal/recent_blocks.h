#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace wrcor {

/// The blocks that a thread freed last, for its next requests: they are still in the processor's
/// caches, whereas the allocator would return memory that must be fetched first.
class RecentBlocks {
 public:
  RecentBlocks() = default;
  ~RecentBlocks() { release(); }
  RecentBlocks(const RecentBlocks&) = delete;
  RecentBlocks& operator=(const RecentBlocks&) = delete;

  /// @return the latest block of exactly this size; null if there is none
  void* take(std::int64_t bytes);
  /// Takes over a block from c10::alloc_cpu; small ones are freed at once, the oldest ones when
  /// there are too many.
  void keep(void* block, std::int64_t bytes);
  /// Frees the oldest ones until at most this many bytes are kept.
  void shrink(std::int64_t bytes);
  /// Frees all. @return whether any were kept
  bool release();

 private:
  struct Block {
    void* address;
    std::int64_t bytes;
  };
  static constexpr std::size_t most = 16;
  static constexpr std::int64_t most_bytes = 128 << 20;

  void free_oldest();
  void remove(std::size_t i);

  std::array<Block, most> blocks_;  ///< from the oldest to the latest
  std::size_t count_ = 0;
  std::int64_t bytes_ = 0;  ///< of all
};

}  // namespace wrcor
