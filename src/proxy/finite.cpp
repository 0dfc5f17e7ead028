#include "proxy/finite.h"

#include <cmath>

namespace wrcor {

const at::Tensor& require_finite(const at::Tensor& tensor, std::string_view what) {
  if (!tensor.isfinite().all().item<bool>()) throw NotFinite(std::string(what));
  return tensor;
}

double require_finite(double value, std::string_view what) {
  if (!std::isfinite(value)) throw NotFinite(std::string(what));
  return value;
}

at::Tensor eigenvalues(const at::Tensor& matrix, std::string_view what) {
  return at::linalg_eigvalsh(require_finite(matrix, what).cpu());
}

at::Tensor singular_values(const at::Tensor& matrices, std::string_view what) {
  return at::linalg_svdvals(require_finite(matrices, what).cpu());
}

}  // namespace wrcor
