#pragma once

#include <string>
#include <vector>

namespace wrcor {

/// What an edge of a cell may do.
struct CellOperation {
  enum class Form {
    none,          ///< passes nothing on
    identity,      ///<
    convolution,   ///< ReLU, convolution, batch norm
    average_pool,  ///<
  };
  std::string name;
  Form form = Form::none;
  int kernel = 1;  ///< of a convolution or a pool

  /// Whether two edges with one input differ, as each has its own weights.
  bool has_weights() const { return form == Form::convolution; }
};

/// "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3" and "avg_pool_3x3", in the order of
/// NAS-Bench-201's digits.
const std::vector<CellOperation>& nas_bench_201_operations();

}  // namespace wrcor
