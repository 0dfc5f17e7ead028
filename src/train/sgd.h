#pragma once

#include <ATen/ATen.h>

#include <vector>

namespace wrcor {

/// Stochastic gradient descent with weight decay and Nesterov momentum, as torch.optim.SGD does it:
///
///     d = gradient + weight_decay * parameter
///     v = momentum * v + d
///     parameter = parameter - learning_rate * (d + momentum * v)
///
/// Its state is the velocities v, which begin at 0, so a checkpoint is a list of tensors.
/// (torch::optim::SGD finds its state by keys that differ between versions of libtorch.)
class Sgd {
 public:
  Sgd(std::vector<at::Tensor> parameters, double momentum, double weight_decay);

  /// One step along the gradients, which are cleared. An unused parameter has the gradient 0.
  void step(double learning_rate);

  /// In the order of the parameters.
  const std::vector<at::Tensor>& velocities() const { return velocities_; }

 private:
  std::vector<at::Tensor> parameters_;
  std::vector<at::Tensor> velocities_;
  double momentum_;
  double weight_decay_;
};

}  // namespace wrcor
