#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// What an edge of a cell may do.
struct CellOperation {
  enum class Form {
    none,          ///< passes nothing on
    identity,      ///<
    convolution,   ///< ReLU, convolution, batch norm
    separable,     ///< ReLU, depthwise convolution, 1x1 convolution, batch norm
    average_pool,  ///<
    max_pool,      ///<
  };
  std::string name;
  Form form = Form::none;
  int kernel = 1;  ///< of a convolution or a pool

  /// Whether two such edges with one input differ, because each has its own weights.
  bool has_weights() const { return form == Form::convolution || form == Form::separable; }
  /// Scalars of its convolutions, from `channels` to as many.
  std::int64_t weights(std::int64_t channels) const;
  /// Scalars of its batch norm.
  std::int64_t coefficients(std::int64_t channels) const {
    return has_weights() ? 2 * channels : 0;
  }
};

/// All operations.
const std::vector<CellOperation>& cell_operations();

/// @return null when there is no such operation
const CellOperation* find_cell_operation(std::string_view name);

/// "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3" and "avg_pool_3x3", in the order of
/// NAS-Bench-201's digits.
const std::vector<CellOperation>& nas_bench_201_operations();

}  // namespace wrcor
