// Of the input Jacobian J, the gradient of the sum of all logits at the images, one row per
// sample, and the correlation matrix R of its rows, with sign:
// jacob_cor         - sum over the eigenvalues e of R of ln(e + k) + 1 / (e + k), k = 1e-5
//                   Mellor et al., arXiv 2006.04647v1
// jacob_cor_logdet  ln |det R|
// epe               sum over the classes of |sum over pairs of a class of ln(|R_ij| + k)|
//                   Lopes et al., arXiv 2102.08099
// resp_sens         mean of |J|; Novak et al., arXiv 1802.08760

#include <cmath>
#include <limits>
#include <map>

#include "internal/factories.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

constexpr double kappa = 1e-5;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// [N, N] float64; undefined when a row is constant.
const at::Tensor& signed_correlation(const Observation& seen) {
  const InputJacobian& jacobian = seen.input_jacobian();
  if (!jacobian.finite) throw NotFinite("gradient");
  return jacobian.correlation;
}

class JacobCor final : public Proxy {
 public:
  Requirements requirements() const override { return {Need::input_jacobian}; }
  Score score(const Observation& seen) const override {
    const at::Tensor& correlation = signed_correlation(seen);
    if (!correlation.defined()) return Score::degenerate("zero_gradient", nan);
    const at::Tensor shifted = eigenvalues(correlation, "correlation") + kappa;
    return Score::of(-(shifted.log() + shifted.reciprocal()).sum().item<double>());
  }
};

class JacobCorLogdet final : public Proxy {
 public:
  Requirements requirements() const override { return {Need::input_jacobian}; }
  Score score(const Observation& seen) const override {
    const at::Tensor& correlation = signed_correlation(seen);
    if (!correlation.defined()) return Score::degenerate("zero_gradient", nan);
    return log_determinant_score(correlation, "singular");
  }
};

class Epe final : public Proxy {
 public:
  Requirements requirements() const override { return {Need::input_jacobian}; }

  Score score(const Observation& seen) const override {
    const at::Tensor& correlation = signed_correlation(seen);
    if (!correlation.defined()) return Score::degenerate("zero_gradient", nan);
    const at::Tensor logs = (correlation.abs() + kappa).log().contiguous();
    const at::Tensor labels = seen.labels_on_host().contiguous();
    const std::int64_t samples = labels.numel();
    const std::int64_t* label = labels.data_ptr<std::int64_t>();
    const double* entry = logs.data_ptr<double>();
    std::map<std::int64_t, Class> classes;
    for (std::int64_t i = 0; i < samples; ++i) {
      Class& own = classes[label[i]];
      ++own.samples;
      for (std::int64_t j = 0; j < samples; ++j) {
        if (label[i] == label[j]) own.sum += entry[i * samples + j];
      }
    }
    constexpr std::size_t few = 100;
    return Score::of(classes.size() <= few ? sum_of_classes(classes) : mean_difference(classes));
  }

 private:
  struct Class {
    std::int64_t samples = 0;
    double sum = 0;
  };

  static double sum_of_classes(const std::map<std::int64_t, Class>& classes) {
    double total = 0;
    for (const auto& entry : classes) total += std::abs(entry.second.sum);
    return total;
  }

  /// The definition for a minibatch of more than 100 classes.
  static double mean_difference(const std::map<std::int64_t, Class>& classes) {
    std::vector<double> means;
    for (const auto& entry : classes) {
      const Class& one = entry.second;
      if (one.samples > 1) means.push_back(one.sum / static_cast<double>(one.samples));
    }
    double total = 0;
    for (const double a : means) {
      for (const double b : means) total += std::abs(a - b);
    }
    return total / static_cast<double>(means.size());
  }
};

class RespSens final : public Proxy {
 public:
  Requirements requirements() const override { return {Need::input_jacobian}; }
  Score score(const Observation& seen) const override {
    const InputJacobian& jacobian = seen.input_jacobian();
    if (!jacobian.finite) throw NotFinite("gradient");
    const double mean = jacobian.mean_magnitude;
    return mean == 0 ? Score::degenerate("zero_gradient", 0) : Score::of(mean);
  }
};

}  // namespace

std::unique_ptr<Proxy> make_jacob_cor(const ProxyContext&) { return std::make_unique<JacobCor>(); }
std::unique_ptr<Proxy> make_jacob_cor_logdet(const ProxyContext&) {
  return std::make_unique<JacobCorLogdet>();
}
std::unique_ptr<Proxy> make_epe(const ProxyContext&) { return std::make_unique<Epe>(); }
std::unique_ptr<Proxy> make_resp_sens(const ProxyContext&) { return std::make_unique<RespSens>(); }

}  // namespace wrcor
