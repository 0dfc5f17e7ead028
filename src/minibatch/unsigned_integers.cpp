#include "internal/unsigned_integers.h"

namespace wrcor {

std::optional<at::Tensor> as_unsigned(const at::Tensor& bits) {
  const at::Tensor wide = bits.to(at::kLong);
  const auto width = 8 * at::elementSize(bits.scalar_type());
  if (width < 64) return wide.bitwise_and((std::int64_t{1} << width) - 1);
  if (wide.lt(0).any().item<bool>()) return std::nullopt;
  return wide;
}

}  // namespace wrcor
