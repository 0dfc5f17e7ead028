#include "train/sgd.h"

#include <ATen/core/grad_mode.h>

namespace wrcor {

Sgd::Sgd(std::vector<at::Tensor> parameters, double momentum, double weight_decay)
    : parameters_(std::move(parameters)), momentum_(momentum), weight_decay_(weight_decay) {
  const at::NoGradGuard constant;
  for (const at::Tensor& parameter : parameters_) velocities_.push_back(at::zeros_like(parameter));
}

void Sgd::step(double learning_rate) {
  const at::NoGradGuard constant;
  std::vector<at::Tensor> directions;
  for (const at::Tensor& parameter : parameters_) {
    at::Tensor& gradient = parameter.mutable_grad();
    directions.push_back(gradient.defined() ? gradient : at::zeros_like(parameter));
    gradient.reset();
  }
  // On all tensors together: one kernel on CUDA instead of one per tensor.
  at::_foreach_add_(directions, parameters_, weight_decay_);
  at::_foreach_mul_(velocities_, momentum_);
  at::_foreach_add_(velocities_, directions, 1);
  at::_foreach_add_(directions, velocities_, momentum_);
  at::_foreach_add_(parameters_, directions, -learning_rate);
}

}  // namespace wrcor
