#include "wrcor/proxy/finite.h"

#include <cmath>

namespace wrcor {

const at::Tensor& require_finite(const at::Tensor& tensor, const char* what) {
  if (!tensor.isfinite().all().item<bool>()) throw NotFinite(what);
  return tensor;
}

double require_finite(double value, const char* what) {
  if (!std::isfinite(value)) throw NotFinite(what);
  return value;
}

at::Tensor eigenvalues(const at::Tensor& matrix, const char* what) {
  return at::linalg_eigvalsh(require_finite(matrix, what).cpu());
}

at::Tensor singular_values(const at::Tensor& matrices, const char* what) {
  return at::linalg_svdvals(require_finite(matrices, what).cpu());
}

}  // namespace wrcor
