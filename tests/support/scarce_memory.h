#pragma once

#include <cstdint>
#include <vector>

namespace wrcor {

/// While it lives, libtorch gets its memory on the CPU from here, counted, and is refused some,
/// with c10's own words. One at a time.
class ScarceMemory {
 public:
  ScarceMemory();
  ~ScarceMemory();
  ScarceMemory(const ScarceMemory&) = delete;
  ScarceMemory& operator=(const ScarceMemory&) = delete;

  /// Refuses requests that would take the sum of all living ones beyond this.
  void limit(std::int64_t bytes);
  /// Refuses single requests: after so many that are met, then after so many more, ...
  void refuse_after(std::vector<std::int64_t> requests);

  std::int64_t requests() const;  ///< so far
  std::int64_t refused() const;   ///< of them
  std::int64_t peak() const;      ///< most bytes that were living at a time
};

}  // namespace wrcor
