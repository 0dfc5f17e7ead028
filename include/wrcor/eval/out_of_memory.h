#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>

namespace wrcor {

/// A request for memory that was refused.
struct OutOfMemory {
  /// Size of the request, where the allocator told it; CUDA's does to three digits.
  std::optional<std::int64_t> wanted_bytes = {};
  bool by_bound = false;  ///< by a MemoryMeter, not by the system
};

/// What an error says about memory, nothing if it is about something else. libtorch and the
/// libraries beneath it tell these errors from others in their text only.
std::optional<OutOfMemory> as_out_of_memory(const std::exception& error);

/// Of what an error says: libtorch's messages go on with a stack trace.
std::string first_line(const std::exception& error);

}  // namespace wrcor
