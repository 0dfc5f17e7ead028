#include "proxy/response_parts.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "nn/pass.h"
#include "proxy/correlation.h"

namespace wrcor {
namespace {

struct Response {
  Tap tap;
  at::Tensor part;  ///< [N, N] float64 on the host, with its weight
  double weight = 0;
};

class ResponseObserver final : public TapObserver {
 public:
  using TapObserver::TapObserver;

  /// By unit, activations first, then by layer.
  std::vector<Response> take() {
    std::sort(responses_.begin(), responses_.end(), [](const Response& a, const Response& b) {
      return std::tuple(a.tap.unit, a.tap.side, a.tap.layer) <
             std::tuple(b.tap.unit, b.tap.side, b.tap.layer);
    });
    return std::move(responses_);
  }

 protected:
  void record(const at::Tensor& response, std::span<const Tap> taps) override {
    const at::Tensor matrix = abs_correlation(response).cpu();
    for (const Tap& tap : taps) {
      const double weight = std::exp2(tap.unit) * tap.multiplicity;
      responses_.push_back({tap, matrix * weight, weight});
    }
  }

 private:
  std::vector<Response> responses_;
};

std::vector<Response> responses_of(const Network& network, const at::Tensor& images,
                                   const at::Tensor& labels, Counting counting) {
  const std::vector<Tap> taps = network.plan().responses(counting);
  ResponseObserver observer(network.plan(), taps);
  Pass pass(network, NormMode::minibatch, {&observer}, {{network.plan().logits(), {&observer}}});
  const at::Tensor logits = pass.forward(images);
  if (pass.wanted(0)) pass.backward(0, cross_entropy_gradient(logits, labels), /*last=*/true);
  return observer.take();
}

std::optional<double> score_of(const at::Tensor& k) {
  return log_determinant_score(k, "all_responses_dropped").value;
}

double mean_off_diagonal(const at::Tensor& matrix) {
  const auto n = static_cast<double>(matrix.size(0));
  return (matrix.sum() - matrix.diagonal().sum()).item<double>() / (n * (n - 1));
}

}  // namespace

std::vector<ResponsePart> response_parts(const Network& network, const at::Tensor& images,
                                         const at::Tensor& labels, Counting counting) {
  const std::vector<Response> responses = responses_of(network, images, labels, counting);
  const bool defined = std::all_of(
      responses.begin(), responses.end(),
      [](const Response& response) { return response.part.isfinite().all().item<bool>(); });
  if (!defined) return {};
  at::Tensor k = at::zeros({images.size(0), images.size(0)}, at::kDouble);
  double norms = 0;
  for (const Response& response : responses) {
    k.add_(response.part);
    norms += response.part.norm().item<double>();
  }
  const std::optional<double> score = score_of(k);

  std::vector<ResponsePart> parts;
  for (const Response& response : responses) {
    const Tap& tap = response.tap;
    ResponsePart part{.layer = network.plan().layers[static_cast<std::size_t>(tap.layer)].name,
                      .gradient = tap.side == Side::gradient,
                      .unit = tap.unit,
                      .weight = response.weight,
                      .norm = response.part.norm().item<double>(),
                      .correlation = mean_off_diagonal(response.part) / response.weight};
    part.share = norms > 0 ? part.norm / norms : 0;
    const std::optional<double> without = score_of(k - response.part);
    if (score && without) part.effect = *score - *without;
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace wrcor
