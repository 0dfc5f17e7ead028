#pragma once

#include <cstdint>

namespace wrcor {

/// How a network is trained: stochastic gradient descent with Nesterov momentum on the cross
/// entropy, the learning rate falling to 0 along half a cosine. The defaults are those of
/// NAS-Bench-201 for 12 epochs; with 200 epochs they are those of its longer training. Source: Dong
/// and Yang, arXiv 2001.00326, and its published hyper-parameters.
struct TrainingRecipe {
  int epochs = 12;
  int batch_size = 256;        ///< 2 or more; the last batch of an epoch may be smaller
  double learning_rate = 0.1;  ///< of the first epoch
  double momentum = 0.9;
  double weight_decay = 5e-4;  ///< of every parameter: added to its gradient, times the parameter
  bool augment = true;         ///< flips and crops, see draw_view()
  std::uint64_t seed = 0;      ///< of the order of the images and of their augmentation

  /// The learning rate of an epoch, which is constant in it.
  /// @param epoch  from 0
  double learning_rate_of(int epoch) const;
};

}  // namespace wrcor
