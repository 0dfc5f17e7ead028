#include "breakdown.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <future>

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
  double pass = 0;  ///< seconds of the running pass before its last response
  const CorrelationSums& sums() const { return sums_; }

 protected:
  void record(const at::Tensor& response, std::span<const Tap> taps) override {
    pass += watch_.lap();
    const at::Tensor matrix = abs_correlation(response);
    for (const Tap& tap : taps) sums_.add(tap.side, tap.unit, matrix, tap.multiplicity);
    correlation_ += watch_.lap();
  }

 private:
  Stopwatch& watch_;
  double& correlation_;
  CorrelationSums sums_;
};

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
  seconds.set_up = watch.lap();
  const at::Tensor logits = pass.forward(minibatch.images);
  const at::Tensor gradient = cross_entropy_gradient(logits, minibatch.labels);
  seconds.forward = std::exchange(correlations.pass, 0) + watch.lap();
  pass.backward(0, gradient, true);
  seconds.backward = correlations.pass + watch.lap();
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
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const double busy = all.set_up + all.forward + all.backward + all.correlation + all.scoring;
  all.idle = std::max(0.0, workers * seconds.count() - busy);
  return all;
}

}  // namespace wrcor
