#include "internal/views.h"

namespace wrcor {

at::Tensor images_of(View view, const at::Tensor& x, const Noise& noise) {
  constexpr double size = 0.01;
  const auto normal = [&](int draw) { return noise.normal(draw, x.sizes()); };
  switch (view) {
    case View::data:
      return x;
    case View::data_perturbed:
      return x + size * normal(0);
    case View::data_perturbed_2:
      return x + size * normal(1);
    case View::noise:
      return normal(0);
    case View::noise_perturbed:
      return normal(0) + size * normal(1);
  }
  return {};
}

}  // namespace wrcor
