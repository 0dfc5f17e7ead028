#include "score/training_seconds.h"

#include <cmath>
#include <numeric>
#include <string>

#include "wrcor/core/error.h"

namespace wrcor {
namespace {

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

SecondsByFlops fit_seconds(std::span<const double> flops, std::span<const double> seconds) {
  const std::size_t networks = flops.size();
  if (networks < 3) {
    throw DataError("seconds of training can be estimated from those of at least 3 networks, not " +
                    std::to_string(networks));
  }
  const double mean_flops = mean(flops), mean_seconds = mean(seconds);
  double products = 0, squares = 0;
  for (std::size_t k = 0; k < networks; ++k) {
    products += (flops[k] - mean_flops) * (seconds[k] - mean_seconds);
    squares += (flops[k] - mean_flops) * (flops[k] - mean_flops);
  }
  if (squares == 0) {
    throw DataError("seconds of training cannot be estimated from FLOPs: all " +
                    std::to_string(networks) + " measured networks have the same");
  }
  SecondsByFlops fit;
  fit.per_flop = products / squares;
  fit.base = mean_seconds - fit.per_flop * mean_flops;
  fit.measured = networks;
  for (std::size_t k = 0; k < networks; ++k) {
    // A network's influence on its own estimate, which the error leaves out.
    const double away = flops[k] - mean_flops;
    const double leverage = 1 / static_cast<double>(networks) + away * away / squares;
    const double residual = seconds[k] - fit.estimate(flops[k]);
    // A network that alone determines the line fits it exactly.
    const double missed = leverage < 1 - 1e-12 ? residual / (1 - leverage) : residual;
    fit.error += std::abs(missed) / seconds[k] / static_cast<double>(networks);
  }
  return fit;
}

}  // namespace wrcor
