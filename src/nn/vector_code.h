#pragma once

#include <ATen/ATen.h>

namespace wrcor {

/// Whether a tensor is for the vector code: float32 on the CPU, and not differentiated by autograd.
bool has_vector_code(const at::Tensor& tensor);

}  // namespace wrcor
