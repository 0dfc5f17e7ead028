#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "numpy_pickle.h"

namespace wrcor::numpy {

/// The content of a numpy array of uint8 in a pickle.
class ByteArray {
 public:
  /// @param shape  that the array has to have, in C order
  /// @param why    it has to, for messages
  /// @throws DataError when `value` is anything else
  ByteArray(const PickleDocument& document, const PickleValue& value,
            const std::vector<std::int64_t>& shape, const std::string& why,
            const std::string& name);
  ByteArray(const ByteArray&) = delete;
  ByteArray& operator=(const ByteArray&) = delete;

  /// Row by row, while this and the file's bytes live.
  std::string_view view() const { return view_; }

 private:
  std::string decoded_;  ///< where the file holds them as text
  std::string_view view_;
};

/// The integers of a list (of Python's or numpy's) or of a numpy array of one dimension, of any
/// width and byte order.
/// @throws DataError when `value` is anything else
std::vector<std::int64_t> integers_of(const PickleDocument& document, const PickleValue& value,
                                      const std::string& name);

}  // namespace wrcor::numpy
