#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>

namespace wrcor {

/// A refused request for memory.
struct OutOfMemory {
  /// Size of the request, if the allocator reported it; CUDA's reports three digits.
  std::optional<std::int64_t> wanted_bytes = {};
  bool by_bound = false;  ///< by a MemoryMeter, not by the system
};

/// The memory request that an error reports as refused; nothing for other errors. libtorch and the
/// libraries below it distinguish these errors from others only by their text.
std::optional<OutOfMemory> as_out_of_memory(const std::exception& error);

/// The message of an error without the stack trace that follows in libtorch's messages.
std::string first_line(const std::exception& error);

}  // namespace wrcor
