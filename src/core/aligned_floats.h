#pragma once

#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <new>

namespace wrcor {

/// Memory for numbers that vectors are loaded from, at an address with their alignment.
/// @throws std::bad_alloc
inline hwy::AlignedFreeUniquePtr<float[]> aligned_floats(std::size_t count) {
  auto values = hwy::AllocateAligned<float>(count);
  if (values == nullptr) throw std::bad_alloc();
  return values;
}

}  // namespace wrcor
