// Milliseconds, GFLOP/s and GB/s of what an evaluation is made of, beside libtorch's way of the
// same:
//
//   wrcor_kernels [--benchmark_filter=REGEX]
//
// On one core, for the three stages of a network of 16 channels and a minibatch of 64 images of
// 32x32. Operations and bytes are counted from first principles: those of the plain sum, each
// tensor read or written once.

#include <ATen/ATen.h>
#include <benchmark/benchmark.h>

#include "wrcor/eval/device.h"
#include "wrcor/nn/average_pool.h"
#include "wrcor/nn/batch_norm.h"
#include "wrcor/nn/convolution.h"
#include "wrcor/proxy/correlation.h"

namespace {

using namespace wrcor;
using benchmark::State;

constexpr std::int64_t images = 64;

/// Tensors of one stage. The range of a benchmark is the number of channels.
struct Stage {
  explicit Stage(const State& state)
      : channels(state.range(0)),
        size(512 / channels),
        input(random_images()),
        gradient(random_images()) {
    layer.kernel = 3;
    layer.padding = 1;
    layer.out = {static_cast<int>(channels), static_cast<int>(size), static_cast<int>(size)};
  }

  at::Tensor random_images() const {
    return at::randn({images, channels, size, size}).contiguous(at::MemoryFormat::ChannelsLast);
  }
  at::Tensor weight(int kernel) const { return at::randn({channels, channels, kernel, kernel}); }
  double elements() const { return static_cast<double>(input.numel()); }

  std::int64_t channels, size;
  at::Tensor input, gradient;
  Layer layer;
};

/// Runs a benchmark's work. @param tensors  that it reads or writes
template <typename Work>
void run(State& state, const Stage& stage, double operations, double tensors, const Work& work) {
  const at::NoGradGuard no_grad;
  for (auto _ : state) benchmark::DoNotOptimize(work());
  using benchmark::Counter;
  constexpr auto rate = Counter::kIsIterationInvariantRate;
  state.counters["FLOP"] = Counter(operations, rate);
  state.counters["B"] = Counter(tensors * stage.elements() * sizeof(float), rate);
}

void convolution_of(State& state, bool plain, int kernel, bool backward) {
  Stage stage(state);
  stage.layer.kernel = kernel;
  stage.layer.padding = kernel / 2;
  const at::Tensor weight = stage.weight(kernel);
  const double operations =
      2.0 * stage.elements() * static_cast<double>(stage.channels) * kernel * kernel;
  run(state, stage, operations, 2, [&] {
    if (!plain && !backward) return convolution(stage.input, weight, stage.layer);
    if (!plain) return convolution_input_gradient(stage.gradient, stage.input, weight, stage.layer);
    const std::int64_t padding = kernel / 2;
    if (!backward)
      return at::conv2d(stage.input, weight, {}, 1, at::IntArrayRef({padding, padding}));
    return std::get<0>(at::convolution_backward(
        stage.gradient, stage.input, weight, at::OptionalIntArrayRef(), {1, 1}, {padding, padding},
        {1, 1}, false, {0, 0}, 1, {true, false, false}));
  });
}

void batch_norm_of(State& state, bool plain, bool backward) {
  const Stage stage(state);
  const at::Tensor gamma = at::ones({stage.channels}), beta = at::zeros({stage.channels});
  BatchNormState norm;
  batch_norm(stage.input, gamma, beta, norm);
  const auto forward_plain = [&] {
    return at::native_batch_norm(stage.input, gamma, beta, {}, {}, true, 0.1, batch_norm_epsilon);
  };
  const auto saved = forward_plain();
  run(state, stage, (backward ? 8.0 : 5.0) * stage.elements(), backward ? 3 : 2, [&] {
    if (!plain && !backward) return batch_norm(stage.input, gamma, beta, norm);
    if (!plain) return batch_norm_backward(stage.gradient, gamma, norm);
    if (!backward) return std::get<0>(forward_plain());
    return std::get<0>(at::native_batch_norm_backward(stage.gradient, stage.input, gamma, {}, {},
                                                      std::get<1>(saved), std::get<2>(saved), true,
                                                      batch_norm_epsilon, {true, false, false}));
  });
}

void average_pool_of(State& state, bool plain, bool backward) {
  const Stage stage(state);
  run(state, stage, 9 * stage.elements(), 2, [&] {
    if (!plain && !backward) return average_pool(stage.input, stage.layer);
    if (!plain) return average_pool_backward(stage.gradient, stage.input, stage.layer);
    if (!backward) return at::avg_pool2d(stage.input, 3, 1, 1, false, false);
    return at::avg_pool2d_backward(stage.gradient, stage.input, {3, 3}, {1, 1}, {1, 1}, false,
                                   false, {});
  });
}

void correlation_of(State& state, bool plain) {
  const Stage stage(state);
  run(state, stage, static_cast<double>(images + 1) * stage.elements(), 1, [&] {
    return plain ? at::corrcoef(stage.input.to(at::kDouble).reshape({images, -1})).abs()
                 : abs_correlation(stage.input);
  });
}

template <typename... Arguments>
void add(const std::string& name, void (*function)(State&, bool, Arguments...),
         Arguments... arguments) {
  for (const bool plain : {false, true}) {
    benchmark::RegisterBenchmark((name + (plain ? "/libtorch" : "/wrcor")).c_str(),
                                 [=](State& state) { function(state, plain, arguments...); })
        ->Arg(16)
        ->Arg(32)
        ->Arg(64)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace

int main(int argc, char** argv) {
  wrcor::configure_process();
  wrcor::configure_thread(1);
  add("convolution_3x3/forward", convolution_of, 3, false);
  add("convolution_3x3/backward", convolution_of, 3, true);
  add("convolution_1x1/forward", convolution_of, 1, false);
  add("convolution_1x1/backward", convolution_of, 1, true);
  add("batch_norm/forward", batch_norm_of, false);
  add("batch_norm/backward", batch_norm_of, true);
  add("average_pool/forward", average_pool_of, false);
  add("average_pool/backward", average_pool_of, true);
  add("correlation", correlation_of);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
