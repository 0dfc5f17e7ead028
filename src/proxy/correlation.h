#pragma once

#include <array>
#include <span>
#include <vector>

#include <ATen/ATen.h>

#include "nn/readback.h"
#include "nn/response.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {

/// A response as one row per sample: [N, D], a view if the memory order allows it. The features are
/// in memory order when channels-last.
at::Tensor flatten_rows(const at::Tensor& response);

/// Absolute Pearson correlation between the rows of a response.
///
/// The Gram matrix of a float32 response is a float32 product, on the CPU with a relative
/// difference of 7e-8 from the float64 one. There, a response for which that is too inaccurate (a
/// tiny or huge norm, or a mean far above the deviation) is recomputed in float64. Other devices
/// scale and centre every response first and never wait for the host.
///
/// @param response  [N, ...] floating point; trailing dimensions are flattened, in the order of
///                  memory when channels-last (the order of features does not matter)
/// @return [N, N] float64 on the same device; all zeros when a sample's response is constant: the
///         coefficient is undefined, and the response adds nothing to a score; with NaN when a
///         sample's response is not finite
/// Source: Jing et al., arXiv 2507.08841, section 3.
at::Tensor abs_correlation(const at::Tensor& response);

/// The same for many responses of several networks, in two parts: what each of them needs, and
/// what is computed for all of them together.
/// @param responses  [N, members, ...]
/// @return [members, N, N]: products of centred rows, or the correlations themselves, in float64
at::Tensor correlation_products(const at::Tensor& responses);
/// @param products  of correlation_products()
/// @param features  [responses] int64 on their device: the length of the rows
/// @return [responses, N, N] float64
at::Tensor correlations_of(const at::Tensor& products, const at::Tensor& features);

/// Sums of correlation matrices, by side and by unit: everything that the response-correlation
/// proxies need from a pass.
class CorrelationSums {
 public:
  /// Adds multiplicity * matrix. @param matrix  [N, N] float64
  void add(Side side, int unit, const at::Tensor& matrix, double multiplicity = 1);

  /// Sum over the responses r of a side in a unit of multiplicity_r * R_r: [N, N] float64, or
  /// undefined without any.
  at::Tensor sum(Side side, int unit) const;
  int units() const { return static_cast<int>(sums_[0].size()); }
  /// @param readback  is read before the sums are moved
  void add_to(Readback& readback);

 private:
  std::array<std::vector<at::Tensor>, 2> sums_;
};

/// Sums the correlation matrices of the responses at its taps.
class CorrelationObserver final : public TapObserver {
 public:
  using TapObserver::TapObserver;
  CorrelationSums take() { return std::move(sums_); }

 protected:
  void record(const at::Tensor& response, std::span<const Tap> taps) override;

 private:
  CorrelationSums sums_;
};

struct LogDeterminant {
  double value = 0;       ///< ln |det K|; -infinity when K is zero
  int sign = 0;           ///< of the determinant; 0 when K is zero
  bool singular = false;  ///< a pivot below 1e-5 T: zero up to the rounding of float32
};

/// ln |det K| of a symmetric matrix with constant diagonal T, computed as
/// N ln T + ln |det(K/T)|.
/// @param k  [N, N] float64 on any device; copied to the host
LogDeterminant log_determinant(const at::Tensor& k);

/// log_determinant() as a score: degenerate when K is zero, singular or not finite; a note when the
/// determinant is negative, whose sign the published scores ignore.
/// @param k  [N, N] float64; undefined counts as zero
/// @param zero_reason  the reason if K is zero
Score log_determinant_score(const at::Tensor& k, const char* zero_reason);

}  // namespace wrcor
