#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace wrcor {

class RecentBlocks;

/// From here on counts tensors on the CPU, which memory meters need. May be called repeatedly.
void count_tensor_memory();

/// Counts the bytes of tensors that the calling thread allocates on the CPU while the meter lives,
/// and refuses requests beyond a bound, with the message of libtorch's own allocator. The latest
/// meter of a thread is active.
///
/// The blocks that the thread freed last, at most 128 MiB together, are kept for its next requests
/// of the same size until the end of the meter. They do not count as held, and are released if a
/// request would exceed the bound together with them.
///
/// A release counts for the thread that frees the memory. Memory that libraries allocate besides
/// tensors, such as the buffers of matrix products, is not counted.
class MemoryMeter {
 public:
  /// @param bound  in bytes; nothing: no bound
  explicit MemoryMeter(std::optional<std::int64_t> bound = std::nullopt);
  ~MemoryMeter();
  MemoryMeter(const MemoryMeter&) = delete;
  MemoryMeter& operator=(const MemoryMeter&) = delete;

  /// Peak number of bytes held, of those allocated after the meter's start.
  std::int64_t peak() const { return peak_; }
  /// Whether a request was refused.
  bool reached_bound() const { return reached_bound_; }

  // For the allocator.
  /// @return whether the bytes may be allocated
  bool take(std::int64_t bytes);
  void forget(std::int64_t bytes) { held_ -= bytes; }
  /// For granted bytes. @return kept memory of that size; null if there is none
  void* recent(std::int64_t bytes);
  void give_back(void* memory, std::int64_t bytes);
  /// @return whether any memory was kept
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
