#include "work.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <future>
#include <vector>

#include "core/worker_pool.h"
#include "eval/device.h"

namespace wrcor {
namespace {

const Layer& layer_at(const NetworkPlan& plan, int number) {
  return plan.layers[static_cast<std::size_t>(number)];
}

double elements(const Layer& layer) {
  return static_cast<double>(layer.out.channels) * layer.out.height * layer.out.width;
}

/// Operations for one image, forward; a gradient at the input needs as many.
double flop_of(const NetworkPlan& plan, const Layer& layer) {
  if (layer.inputs.empty()) return 0;
  const double out = elements(layer);
  const Layer& input = layer_at(plan, layer.inputs.front());
  switch (layer.kind) {
    case LayerKind::convolution:
      return 2.0 * input.out.channels / layer.groups * layer.kernel * layer.kernel * out;
    case LayerKind::linear:
      return 2.0 * input.out.channels * out;
    case LayerKind::batch_norm:
      return 5 * out;  // two sums, a subtraction, a product, a sum
    case LayerKind::average_pool:
      return static_cast<double>(layer.kernel * layer.kernel) * out;
    case LayerKind::global_average:
      return elements(input);
    case LayerKind::sum:
      return static_cast<double>(layer.inputs.size() - 1) * out;
    case LayerKind::relu:
      return out;
    default:
      return 0;
  }
}

/// Layers whose output a gradient of the logits reaches.
std::vector<char> reached(const NetworkPlan& plan) {
  std::vector<char> found(plan.layers.size(), false);
  found.back() = true;
  for (int i = plan.logits(); i > 0; --i) {
    if (!found[static_cast<std::size_t>(i)] || layer_at(plan, i).kind == LayerKind::zero) continue;
    for (const int input : layer_at(plan, i).inputs) found[static_cast<std::size_t>(input)] = true;
  }
  return found;
}

template <typename Run>
double best_seconds(int rounds, const Run& run) {
  double best = 1e300;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::min(best, seconds.count());
  }
  return best;
}

}  // namespace

Work& Work::operator+=(const Work& other) {
  flop += other.flop;
  bytes += other.bytes;
  return *this;
}

Work EvaluationWork::total() const {
  Work all = forward;
  all += backward;
  return all += correlation;
}

EvaluationWork work_of(const NetworkPlan& plan, int samples, Counting counting) {
  constexpr double float_bytes = sizeof(float);
  const double n = samples;
  EvaluationWork work;
  const std::vector<char> gradient = reached(plan);
  for (std::size_t i = 1; i < plan.layers.size(); ++i) {
    const Layer& layer = plan.layers[i];
    double read = 0;
    for (const int input : layer.inputs) read += elements(layer_at(plan, input));
    const double written = elements(layer);
    work.forward += {n * flop_of(plan, layer), n * float_bytes * (read + written)};
    // Nothing is observed before the first ReLU.
    const bool passes = gradient[i] && layer.kind != LayerKind::zero && i > 2;
    if (!passes) continue;
    const bool needs_values = layer.kind == LayerKind::relu || layer.kind == LayerKind::batch_norm;
    work.backward +=
        {n * flop_of(plan, layer), n * float_bytes * (written + read + (needs_values ? read : 0))};
  }
  for (const Tap& tap : plan.responses(counting)) {
    if (tap.side == Side::gradient && !gradient[static_cast<std::size_t>(tap.layer)]) continue;
    const Layer& watched = layer_at(plan, tap.layer);
    const double features =
        elements(tap.side == Side::activation ? watched : layer_at(plan, watched.inputs.front()));
    work.correlation += {n * (n + 1) * features, n * float_bytes * features};
  }
  return work;
}

double Machine::seconds(const Work& work) const {
  return std::max(work.flop / flop_per_second, work.bytes / bytes_per_second);
}

Machine measure_machine(const c10::Device& device, int threads) {
  const bool cpu = device.is_cpu();
  const std::int64_t side = cpu ? 1024 : 8192, length = (cpu ? 64 : 256) << 20;
  const int rounds = 5;
  WorkerPool pool(threads, [] { configure_thread(1); });
  const auto on_all = [&](const std::function<void()>& work) {
    std::vector<std::future<void>> running;
    for (int i = 0; i < threads; ++i) running.push_back(pool.submit([&] { work(); }));
    for (std::future<void>& one : running) one.get();
  };
  const at::TensorOptions options = at::TensorOptions(device).dtype(at::kFloat);
  const auto finished = [&] { at::zeros({1}, options).item<float>(); };
  const auto timed = [&](const std::function<at::Tensor()>& work) {
    const auto whole = [&] {
      for (int i = 0; i < 4; ++i) work();
      finished();
    };
    on_all(whole);  // warm
    return best_seconds(rounds, [&] { on_all(whole); }) / 4 / threads;
  };
  const at::Tensor square = at::rand({side, side}, options), vector = at::rand({length}, options);
  const double cubed = std::pow(static_cast<double>(side), 3);
  const double product = timed([&] { return at::mm(square, square); });
  const double sum = timed([&] { return vector.sum(); });
  return {2 * cubed / product, static_cast<double>(length) * sizeof(float) / sum};
}

}  // namespace wrcor
