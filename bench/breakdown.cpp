#include "breakdown.h"

#include <chrono>
#include <cmath>
#include <future>
#include <utility>

#include "eval/memory_meter.h"
#include "nn/pass.h"
#include "nn/response.h"
#include "proxy/correlation.h"

namespace wrcor {
namespace {

class Stopwatch {
 public:
  explicit Stopwatch(const at::Tensor& images) : images_(images) {}

  /// Seconds since the last call.
  double lap() {
    if (!images_.is_cpu()) at::zeros({1}, images_.options()).item<float>();
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> seconds = now - last_;
    last_ = now;
    return seconds.count();
  }

 private:
  const at::Tensor& images_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Separates the time of correlation from that of the pass that passes it the responses.
class TimedCorrelations final : public TapObserver {
 public:
  TimedCorrelations(const NetworkPlan& plan, std::span<const Tap> taps, Stopwatch& watch,
                    double& correlation)
      : TapObserver(plan, taps), watch_(watch), correlation_(correlation) {}
  double step = 0;  ///< seconds of the running step of the pass before its last response
  const CorrelationSums& sums() const { return sums_; }

 protected:
  void record(const at::Tensor& response, std::span<const Tap> taps) override {
    step += watch_.lap();
    const at::Tensor matrix = abs_correlation(response);
    for (const Tap& tap : taps) sums_.add(tap.side, tap.unit, matrix, tap.multiplicity);
    correlation_ += watch_.lap();
  }

 private:
  Stopwatch& watch_;
  double& correlation_;
  CorrelationSums sums_;
};

/// "convolution 3x3 / 2, 48 -> 96", "convolution 5x5, depthwise", "sum"
std::string kind_of(const NetworkPlan& plan, const Layer& layer) {
  static const std::map<LayerKind, std::string> names{
#define WRCOR_LAYER_KIND(kind) {LayerKind::kind, #kind},
#include "wrcor/space/layer_kinds.inc"
#undef WRCOR_LAYER_KIND
      {LayerKind::input, "input"}};
  const std::string& name = names.at(layer.kind);
  if (layer.kind != LayerKind::convolution) return name;
  const std::string kernel = std::to_string(layer.kernel),
                    stride = layer.stride > 1 ? " / " + std::to_string(layer.stride) : "";
  const int inputs = plan.layers[static_cast<std::size_t>(layer.inputs.front())].out.channels,
            outputs = layer.out.channels;
  const std::string channels = layer.groups == outputs && layer.groups > 1
                                   ? "depthwise"
                                   : std::to_string(inputs) + " -> " + std::to_string(outputs);
  return name + " " + kernel + "x" + kernel + stride + ", " + channels;
}

void score(const CorrelationSums& sums) {
  at::Tensor k;
  for (int unit = 0; unit < sums.units(); ++unit) {
    for (const Side side : {Side::activation, Side::gradient}) {
      const at::Tensor sum = sums.sum(side, unit);
      if (!sum.defined()) continue;
      k = k.defined() ? k + std::exp2(unit) * sum : std::exp2(unit) * sum;
    }
  }
  if (k.defined()) log_determinant_score(k, "");
}

Breakdown of_one(const SearchSpace& space, const Genotype& genotype, const Minibatch& minibatch,
                 const WeightBank& bank, Counting counting) {
  Breakdown seconds;
  const MemoryMeter meter;  // as during an evaluation
  Stopwatch watch(minibatch.images);
  const Network network(space.plan(genotype), bank);
  TimedCorrelations correlations(network.plan(), network.plan().responses(counting), watch,
                                 seconds.correlation);
  Pass pass(network, NormMode::minibatch, {&correlations},
            {{network.plan().logits(), {&correlations}}});
  pass.after_steps([&](int number, Side side) {
    const Layer& layer = network.plan().layers[static_cast<std::size_t>(number)];
    KindSeconds& its = seconds.kinds[kind_of(network.plan(), layer)];
    const bool forward = side == Side::activation;
    const double step = std::exchange(correlations.step, 0) + watch.lap();
    (forward ? its.forward : its.backward) += step;
    (forward ? seconds.forward : seconds.backward) += step;
  });
  seconds.set_up = watch.lap();
  const at::Tensor logits = pass.forward(minibatch.images);
  const at::Tensor gradient = cross_entropy_gradient(logits, minibatch.labels);
  seconds.forward += watch.lap();
  pass.backward(0, gradient, true);
  seconds.backward += watch.lap();
  score(correlations.sums());
  seconds.scoring = watch.lap();
  return seconds;
}

}  // namespace

Breakdown break_down(const SearchSpace& space, std::span<const Genotype> genotypes,
                     const Minibatch& minibatch, const WeightBank& bank, Counting counting,
                     WorkerPool& pool, int workers) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::future<Breakdown>> running;
  for (const Genotype& genotype : genotypes) {
    running.push_back(
        pool.submit([&] { return of_one(space, genotype, minibatch, bank, counting); }));
  }
  Breakdown all;
  for (std::future<Breakdown>& one : running) {
    const Breakdown part = one.get();
    all.set_up += part.set_up;
    all.forward += part.forward;
    all.backward += part.backward;
    all.correlation += part.correlation;
    all.scoring += part.scoring;
    for (const auto& [kind, its] : part.kinds) {
      all.kinds[kind].forward += its.forward;
      all.kinds[kind].backward += its.backward;
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const double busy = all.set_up + all.forward + all.backward + all.correlation + all.scoring;
  all.idle = std::max(0.0, workers * seconds.count() - busy);
  return all;
}

}  // namespace wrcor
