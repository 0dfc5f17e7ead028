#pragma once

#include <cstdint>
#include <vector>

namespace wrcor {

/// While it lives, it supplies and counts libtorch's memory on the CPU, and refuses some requests
/// with c10's own message. One object at a time.
class ScarceMemory {
 public:
  ScarceMemory();
  ~ScarceMemory();
  ScarceMemory(const ScarceMemory&) = delete;
  ScarceMemory& operator=(const ScarceMemory&) = delete;

  /// Refuses requests that would raise the sum of all live ones above this.
  void limit(std::int64_t bytes);
  /// Refuses single requests: after this many granted ones, then after this many more, ...
  void refuse_after(std::vector<std::int64_t> requests);

  std::int64_t requests() const;  ///< so far
  std::int64_t refused() const;   ///< of them
  std::int64_t peak() const;      ///< maximum of live bytes
};

}  // namespace wrcor
