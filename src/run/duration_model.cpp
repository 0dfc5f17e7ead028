#include "run/duration_model.h"

namespace wrcor {

void DurationModel::add(std::int64_t evaluations, double flops, double seconds) {
  const auto n = static_cast<double>(evaluations);
  n_ += n;
  s_ += seconds;
  nn_ += n * n;
  nf_ += n * flops;
  ff_ += flops * flops;
  ns_ += n * seconds;
  fs_ += flops * seconds;
}

std::optional<double> DurationModel::seconds(std::int64_t evaluations, double flops) const {
  if (n_ == 0) return std::nullopt;
  const auto n = static_cast<double>(evaluations);
  const double determinant = nn_ * ff_ - nf_ * nf_;
  constexpr double same_networks = 1e-6;
  if (determinant > same_networks * nn_ * ff_) {
    const double of_each = (ns_ * ff_ - fs_ * nf_) / determinant;
    const double of_flop = (fs_ * nn_ - ns_ * nf_) / determinant;
    if (of_each >= 0 && of_flop >= 0) return of_each * n + of_flop * flops;
  }
  return s_ / n_ * n;
}

}  // namespace wrcor
