#include "cell_operation.h"

#include <algorithm>

namespace wrcor {

std::int64_t CellOperation::weights(std::int64_t channels) const {
  const std::int64_t area = std::int64_t{kernel} * kernel;
  switch (form) {
    case Form::convolution:
      return area * channels * channels;
    case Form::separable:
      return area * channels + channels * channels;
    default:
      return 0;
  }
}

const std::vector<CellOperation>& cell_operations() {
  using Form = CellOperation::Form;
  static const std::vector<CellOperation> all = {
      {"none", Form::none},
      {"skip_connect", Form::identity},
      {"nor_conv_1x1", Form::convolution, 1},
      {"nor_conv_3x3", Form::convolution, 3},
      {"avg_pool_3x3", Form::average_pool, 3},
      {"nor_conv_5x5", Form::convolution, 5},
      {"nor_conv_7x7", Form::convolution, 7},
      {"max_pool_3x3", Form::max_pool, 3},
      {"sep_conv_3x3", Form::separable, 3},
      {"sep_conv_5x5", Form::separable, 5},
  };
  return all;
}

const CellOperation* find_cell_operation(std::string_view name) {
  const auto& all = cell_operations();
  const auto found = std::ranges::find(all, name, &CellOperation::name);
  return found == all.end() ? nullptr : &*found;
}

const std::vector<CellOperation>& nas_bench_201_operations() {
  constexpr std::size_t count = 5;
  static const std::vector<CellOperation> all(cell_operations().begin(),
                                              cell_operations().begin() + count);
  return all;
}

}  // namespace wrcor
