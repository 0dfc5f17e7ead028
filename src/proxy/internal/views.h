#pragma once

#include <ATen/ATen.h>

#include "proxy/noise.h"
#include "proxy/observation.h"

namespace wrcor {

/// @param x  the images of the minibatch
at::Tensor images_of(View view, const at::Tensor& x, const Noise& noise);

/// A view, and the one that it is a perturbation of.
struct Perturbation {
  View moved;
  View still;
};
constexpr Perturbation perturbations[]{{View::data_perturbed, View::data},
                                       {View::noise_perturbed, View::noise}};

}  // namespace wrcor
