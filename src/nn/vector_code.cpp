#include "vector_code.h"

#include <ATen/core/grad_mode.h>

namespace wrcor {

bool has_vector_code(const at::Tensor& tensor) {
  const bool derived = at::GradMode::is_enabled() && tensor.requires_grad();
  return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && !derived;
}

}  // namespace wrcor
