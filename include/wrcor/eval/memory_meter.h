#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace wrcor {

class RecentBlocks;

/// Has the tensors of the CPU counted from here on, which memory meters need. Any number of times.
void count_tensor_memory();

/// Counts the bytes of tensors that the calling thread takes on the CPU while the meter lives, and
/// refuses what would go beyond a bound, in the words of libtorch's own allocator. The latest meter
/// of a thread counts.
///
/// Of what the thread frees meanwhile, the latest blocks, of at most 128 MiB together, wait for its
/// next requests of the same size until the meter's end. They do not count as held, but make way
/// for a request that would take more than the bound together with them.
///
/// What is freed counts for the thread that frees it. Memory that libraries take beside tensors,
/// such as the matrix product's buffers, is not counted.
class MemoryMeter {
 public:
  /// @param bound  in bytes; nothing: no bound
  explicit MemoryMeter(std::optional<std::int64_t> bound = std::nullopt);
  ~MemoryMeter();
  MemoryMeter(const MemoryMeter&) = delete;
  MemoryMeter& operator=(const MemoryMeter&) = delete;

  /// Most bytes that were held at a time, taken after the meter's start.
  std::int64_t peak() const { return peak_; }
  /// Whether a request was refused.
  bool reached_bound() const { return reached_bound_; }

  // For the allocator.
  /// @return whether the bytes may be taken
  bool take(std::int64_t bytes);
  void forget(std::int64_t bytes) { held_ -= bytes; }
  /// For bytes that were taken. @return memory of that size that was given back; null without
  void* recent(std::int64_t bytes);
  void give_back(void* memory, std::int64_t bytes);
  /// @return whether memory that was given back was waiting
  bool release_recent();

 private:
  std::optional<std::int64_t> bound_;
  std::int64_t held_ = 0;
  std::int64_t peak_ = 0;
  bool reached_bound_ = false;
  std::unique_ptr<RecentBlocks> recent_;
  MemoryMeter* outer_;
};

}  // namespace wrcor
