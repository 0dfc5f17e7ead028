#include "wrcor/proxy/correlation.h"

#include <cmath>
#include <limits>

namespace wrcor {
namespace {

/// R from a Gram matrix of centred rows.
at::Tensor normalise(const at::Tensor& gram, const at::Tensor& norms) {
  at::Tensor matrix = (gram.abs() / norms.unsqueeze(1) / norms.unsqueeze(0)).clamp_max_(1.0);
  matrix.fill_diagonal_(1.0);
  return matrix;
}

at::Tensor exact_correlation(const at::Tensor& rows) {
  const at::Tensor doubles = rows.to(at::kDouble);
  const at::Tensor centred = doubles - doubles.mean(1, true);
  const at::Tensor norms = centred.square().sum(1).sqrt();
  const at::Tensor smallest =
      doubles.abs().amax(1) * (1e-12 * std::sqrt(static_cast<double>(rows.size(1))));
  const at::Tensor kept = (norms > smallest).logical_and(norms.isfinite()).all();
  // Where the response is dropped the quotient may be anything; where() keeps it out of the sums.
  const at::Tensor matrix = normalise(at::mm(centred, centred.t()), norms);
  return at::where(kept, matrix, at::zeros_like(matrix));
}

/// Whether float32 held the centred rows and their squared norms soundly.
bool sound(const at::Tensor& squared_norms, const at::Tensor& means, std::int64_t features) {
  constexpr float smallest = 1e-20f,
                  largest = 1e30f;  // far inside float32's range, also divided by D
  constexpr float deviation_to_mean = 1e-3f;
  const std::span<const float> squares(squared_norms.data_ptr<float>(),
                                       static_cast<std::size_t>(squared_norms.numel()));
  const float* mean = means.data_ptr<float>();
  for (std::size_t i = 0; i < squares.size(); ++i) {
    const float offset = deviation_to_mean * mean[i];
    const bool fine = squares[i] > smallest && squares[i] < largest &&
                      squares[i] > offset * offset * static_cast<float>(features);
    if (!fine) return false;  // also taken when a NaN is among them
  }
  return true;
}

}  // namespace

at::Tensor flatten_rows(const at::Tensor& response) {
  const bool channels_last = response.dim() == 4 && !response.is_contiguous() &&
                             response.is_contiguous(at::MemoryFormat::ChannelsLast);
  return (channels_last ? response.permute({0, 2, 3, 1}) : response)
      .reshape({response.size(0), -1});
}

at::Tensor abs_correlation(const at::Tensor& response) {
  const at::Tensor rows = flatten_rows(response);
  if (!rows.device().is_cpu() || rows.scalar_type() != at::kFloat) return exact_correlation(rows);
  const at::Tensor means = rows.mean(1, true);
  const at::Tensor centred = rows - means;
  const at::Tensor gram = at::mm(centred, centred.t());
  const at::Tensor squared_norms = gram.diagonal().contiguous();
  if (!sound(squared_norms, means, rows.size(1))) return exact_correlation(rows);
  return normalise(gram.to(at::kDouble), squared_norms.to(at::kDouble).sqrt());
}

void CorrelationSums::grow(int unit) {
  const auto wanted = static_cast<std::size_t>(unit) + 1;
  for (auto& side : sums_) {
    if (side.size() < wanted) side.resize(wanted);
  }
}

void CorrelationSums::record(const at::Tensor& response, std::span<const Tap> taps) {
  const at::Tensor matrix = abs_correlation(response);
  for (const Tap& tap : taps) {
    grow(tap.unit);
    at::Tensor& sum =
        sums_[tap.side == Side::activation ? 0 : 1][static_cast<std::size_t>(tap.unit)];
    if (!sum.defined()) sum = at::zeros_like(matrix);
    sum.add_(matrix, tap.multiplicity);
  }
}

at::Tensor CorrelationSums::sum(Side side, int unit) const {
  const auto& sums = sums_[side == Side::activation ? 0 : 1];
  return static_cast<std::size_t>(unit) < sums.size() ? sums[static_cast<std::size_t>(unit)]
                                                      : at::Tensor();
}

LogDeterminant log_determinant(const at::Tensor& k) {
  const at::Tensor host = k.cpu().contiguous();
  const double diagonal = host.diagonal().max().item<double>();
  LogDeterminant result;
  if (diagonal == 0) {
    result.value = -std::numeric_limits<double>::infinity();
    result.singular = true;
    return result;
  }
  const auto [factors, pivots, info] =
      at::linalg_lu_factor_ex(host / diagonal, /*pivot=*/true, /*check_errors=*/false);
  const at::Tensor pivot_values = factors.diagonal().contiguous();
  const std::int64_t samples = pivot_values.numel();
  double log_sum = 0;
  result.sign = 1;
  for (std::int64_t i = 0; i < samples; ++i) {
    const double pivot = pivot_values.data_ptr<double>()[i];
    log_sum += std::log(std::abs(pivot));
    const bool swapped = pivots.data_ptr<int>()[i] != static_cast<int>(i) + 1;
    if ((pivot < 0) != swapped) result.sign = -result.sign;
    result.singular = result.singular || std::abs(pivot) < 1e-13;
  }
  result.value = static_cast<double>(samples) * std::log(diagonal) + log_sum;
  return result;
}

Score log_determinant_score(const at::Tensor& k, const char* zero_reason) {
  if (!k.defined()) return Score::degenerate(zero_reason, -std::numeric_limits<double>::infinity());
  const LogDeterminant determinant = log_determinant(k);
  if (determinant.sign == 0) return Score::degenerate(zero_reason, determinant.value);
  if (determinant.singular) return Score::degenerate("singular", determinant.value);
  return Score::of(determinant.value, determinant.sign < 0 ? "negative_determinant" : "");
}

}  // namespace wrcor
