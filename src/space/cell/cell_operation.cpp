#include "cell_operation.h"

namespace wrcor {

const std::vector<CellOperation>& nas_bench_201_operations() {
  using Form = CellOperation::Form;
  static const std::vector<CellOperation> all = {
      {"none", Form::none},
      {"skip_connect", Form::identity},
      {"nor_conv_1x1", Form::convolution, 1},
      {"nor_conv_3x3", Form::convolution, 3},
      {"avg_pool_3x3", Form::average_pool, 3},
  };
  return all;
}

}  // namespace wrcor
