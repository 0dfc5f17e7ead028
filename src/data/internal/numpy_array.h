#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/pickle.h"

namespace wrcor::numpy {

// Numpy's arrays in a pickle, which stores them as the calls that would make them.
// Source: numpy's array and dtype `__reduce__`.

/// @throws PickleError when the pickle names anything but the functions that make numpy's arrays
void require_numpy_names(const Pickle& pickle);

/// The content of a numpy array of uint8.
class ByteArray {
 public:
  /// @param shape  that the array must have, in C order
  /// @param why    the reason for that shape, for messages
  /// @throws PickleError when `value` is anything else
  ByteArray(const PickleValue& value, const std::vector<std::int64_t>& shape,
            const std::string& why);
  ByteArray(const ByteArray&) = delete;
  ByteArray& operator=(const ByteArray&) = delete;

  /// Row by row; valid while this object and the pickle's program live.
  std::string_view view() const { return view_; }

 private:
  std::string decoded_;  ///< if the pickle holds them as text
  std::string_view view_;
};

/// The integers of a list (of Python's or numpy's) or of a numpy array of one dimension, of any
/// width and byte order.
/// @throws PickleError when `value` is anything else
std::vector<std::int64_t> integers_of(const PickleValue& value);

}  // namespace wrcor::numpy
