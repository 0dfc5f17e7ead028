#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pickle.h"

namespace wrcor {

/// The content of a numpy array of uint8 in a pickle.
class NumpyBytes {
 public:
  /// @param shape  that the array has to have, in C order
  /// @param why    it has to, for messages
  /// @throws DataError when `value` is anything else
  NumpyBytes(const PickleDocument& document, const PickleValue& value,
             const std::vector<std::int64_t>& shape, const std::string& why,
             const std::string& name);
  NumpyBytes(const NumpyBytes&) = delete;
  NumpyBytes& operator=(const NumpyBytes&) = delete;

  /// Row by row, while this and the file's bytes live.
  std::string_view view() const { return view_; }

 private:
  std::string decoded_;  ///< where the file holds them as text
  std::string_view view_;
};

/// The integers of a list (of Python's or numpy's) or of a numpy array of one dimension, of any
/// width and byte order.
/// @throws DataError when `value` is anything else
std::vector<std::int64_t> numpy_integers(const PickleDocument& document, const PickleValue& value,
                                         const std::string& name);

}  // namespace wrcor
