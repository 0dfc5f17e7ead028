#include "proxy/finite.h"

#include <cmath>

#include "nn/readback.h"

namespace wrcor {

const at::Tensor& require_finite(const at::Tensor& tensor, std::string_view what) {
  if (!tensor.isfinite().all().item<bool>()) throw NotFinite(std::string(what));
  return tensor;
}

void require_finite(const std::vector<at::Tensor>& tensors, std::string_view what) {
  std::vector<at::Tensor> flags;
  for (const at::Tensor& tensor : tensors) flags.push_back(tensor.isfinite().all());
  for (const double is_finite : values_of(flags)) {
    if (is_finite == 0) throw NotFinite(std::string(what));
  }
}

double require_finite(double value, std::string_view what) {
  if (!std::isfinite(value)) throw NotFinite(std::string(what));
  return value;
}

at::Tensor eigenvalues(const at::Tensor& matrix, std::string_view what) {
  return at::linalg_eigvalsh(require_finite(matrix.cpu(), what));
}

at::Tensor singular_values(const at::Tensor& matrices, std::string_view what) {
  return at::linalg_svdvals(require_finite(matrices.cpu(), what));
}

}  // namespace wrcor
