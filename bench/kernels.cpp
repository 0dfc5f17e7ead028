// Milliseconds, GFLOP/s and GB/s of the parts of an evaluation, compared with libtorch's:
//
//   wrcor_kernels [--benchmark_filter=REGEX]
//
// On one core, for the three stages of a network of 16 channels and a minibatch of 64 images of
// 32x32, and for tensors as large of channels that fill no vectors. Operations and bytes are
// counted from first principles: those of the plain sum, each tensor read or written once.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <benchmark/benchmark.h>

#include <string>
#include <tuple>

#include "eval/device.h"
#include "nn/average_pool.h"
#include "nn/batch_norm.h"
#include "nn/convolution.h"
#include "nn/operator.h"
#include "proxy/correlation.h"

namespace {

using namespace wrcor;
using benchmark::State;

constexpr std::int64_t images = 64;

/// Tensors of one stage. The range of a benchmark is the number of channels.
struct Stage {
  explicit Stage(const State& state)
      : channels(state.range(0)),
        size(512 / channels),
        input(random_images(channels)),
        gradient(random_images(channels)) {
    layer.kernel = 3;
    layer.padding = 1;
    layer.out = {static_cast<int>(channels), static_cast<int>(size), static_cast<int>(size)};
  }

  at::Tensor random_images(std::int64_t of) const {
    return at::randn({images, of, size, size}).contiguous(at::MemoryFormat::ChannelsLast);
  }
  FeatureShape shape() const { return layer.out; }
  double elements() const { return static_cast<double>(input.numel()); }

  std::int64_t channels, size;
  at::Tensor input, gradient;
  Layer layer;
};

/// Runs a benchmark's work. @param numbers  that it reads or writes
template <typename Work>
void run(State& state, double operations, double numbers, const Work& work) {
  const at::NoGradGuard no_grad;
  for (auto _ : state) benchmark::DoNotOptimize(work());
  using benchmark::Counter;
  constexpr auto rate = Counter::kIsIterationInvariantRate;
  state.counters["FLOP"] = Counter(operations, rate);
  state.counters["B"] = Counter(numbers * sizeof(float), rate);
}

struct Filter {
  int kernel = 3;
  int stride = 1;
  std::int64_t inputs = 0;  ///< channels; 0: those of the stage
};

/// The number of output channels is that of the stage times the stride.
void convolution_of(State& state, bool plain, Filter filter, bool backward) {
  const Stage stage(state);
  const std::int64_t inputs = filter.inputs > 0 ? filter.inputs : stage.channels,
                     outputs = stage.channels * filter.stride;
  Layer layer;
  layer.kernel = filter.kernel;
  layer.stride = filter.stride;
  layer.padding = filter.kernel / 2;
  const at::Tensor input = stage.random_images(inputs);
  const at::Tensor weight = at::randn({outputs, inputs, filter.kernel, filter.kernel});
  const at::Tensor gradient = at::randn_like(convolution(input, weight, layer));
  const FeatureShape shape{static_cast<int>(inputs), static_cast<int>(stage.size),
                           static_cast<int>(stage.size)};
  const double operations =
      2.0 * static_cast<double>(gradient.numel() * inputs) * filter.kernel * filter.kernel;
  run(state, operations, static_cast<double>(input.numel() + gradient.numel()), [&] {
    if (!plain && !backward) return convolution(input, weight, layer);
    if (!plain) return convolution_input_gradient(gradient, shape, weight, layer);
    if (!backward) return at::conv2d(input, weight, {}, layer.stride, layer.padding);
    return std::get<0>(at::convolution_backward(
        gradient, input, weight, at::OptionalIntArrayRef(), {layer.stride, layer.stride},
        {layer.padding, layer.padding}, {1, 1}, false, {0, 0}, 1, {true, false, false}));
  });
}

void depthwise_of(State& state, bool plain, Filter filter, bool backward) {
  const Stage stage(state);
  Layer layer;
  layer.kernel = filter.kernel;
  layer.stride = filter.stride;
  layer.padding = filter.kernel / 2;
  layer.groups = static_cast<int>(stage.channels);
  const at::Tensor weight = at::randn({stage.channels, 1, filter.kernel, filter.kernel});
  const at::Tensor gradient = at::randn_like(convolution(stage.input, weight, layer));
  const double operations =
      2.0 * static_cast<double>(gradient.numel()) * filter.kernel * filter.kernel;
  run(state, operations, static_cast<double>(stage.input.numel() + gradient.numel()), [&] {
    if (!plain && !backward) return convolution(stage.input, weight, layer);
    if (!plain) return convolution_input_gradient(gradient, stage.shape(), weight, layer);
    if (!backward)
      return at::conv2d(stage.input, weight, {}, layer.stride, layer.padding, 1, layer.groups);
    return std::get<0>(at::convolution_backward(
        gradient, stage.input, weight, at::OptionalIntArrayRef(), {layer.stride, layer.stride},
        {layer.padding, layer.padding}, {1, 1}, false, {0, 0}, layer.groups, {true, false, false}));
  });
}

constexpr double epsilon = 1e-5;

void batch_norm_of(State& state, bool plain, bool backward) {
  const Stage stage(state);
  const at::Tensor gamma = at::ones({stage.channels}), beta = at::zeros({stage.channels});
  BatchNormState norm;
  batch_norm(stage.input, gamma, beta, epsilon, norm);
  const auto forward_plain = [&] {
    return at::native_batch_norm(stage.input, gamma, beta, {}, {}, true, 0.1, epsilon);
  };
  const auto saved = forward_plain();
  run(state, (backward ? 8.0 : 5.0) * stage.elements(), (backward ? 3.0 : 2.0) * stage.elements(),
      [&] {
        if (!plain && !backward) return batch_norm(stage.input, gamma, beta, epsilon, norm);
        if (!plain) return batch_norm_backward(stage.gradient, gamma, norm);
        if (!backward) return std::get<0>(forward_plain());
        return std::get<0>(at::native_batch_norm_backward(
            stage.gradient, stage.input, gamma, {}, {}, std::get<1>(saved), std::get<2>(saved),
            true, epsilon, {true, false, false}));
      });
}

void average_pool_of(State& state, bool plain, bool backward) {
  const Stage stage(state);
  run(state, 9 * stage.elements(), 2 * stage.elements(), [&] {
    if (!plain && !backward) return average_pool(stage.input, stage.layer);
    if (!plain) return average_pool_backward(stage.gradient, stage.layer.out, stage.layer);
    if (!backward) return at::avg_pool2d(stage.input, 3, 1, 1, false, false);
    return at::avg_pool2d_backward(stage.gradient, stage.input, {3, 3}, {1, 1}, {1, 1}, false,
                                   false, {});
  });
}

void max_pool_of(State& state, bool plain, bool backward) {
  Stage stage(state);
  stage.layer.kind = LayerKind::max_pool;
  const Operator& pool = operator_of(LayerKind::max_pool);
  const FeatureShape shape = stage.shape();
  run(state, 8 * stage.elements(), (backward ? 3.0 : 2.0) * stage.elements(), [&] {
    if (plain && !backward) return at::max_pool2d(stage.input, 3, 1, 1);
    if (!plain && !backward)
      return pool.forward({.layer = stage.layer, .weights = {}, .inputs = {&stage.input, 1}});
    if (!plain)
      return pool.input_gradient({.layer = stage.layer,
                                  .weights = {},
                                  .gradient = stage.gradient,
                                  .shapes = {&shape, 1},
                                  .inputs = {&stage.input, 1}},
                                 0);
    return at::max_pool2d_with_indices_backward(
        stage.gradient, stage.input, {3, 3}, {1, 1}, {1, 1}, {1, 1}, false,
        std::get<1>(at::max_pool2d_with_indices(stage.input, 3, 1, 1)));
  });
}

void global_average_of(State& state, bool plain) {
  Stage stage(state);
  const Operator& average = operator_of(LayerKind::global_average);
  run(state, stage.elements(), stage.elements(), [&] {
    if (plain) return stage.input.mean({2, 3}, /*keepdim=*/true);
    return average.forward({.layer = stage.layer, .weights = {}, .inputs = {&stage.input, 1}});
  });
}

/// The gradient is the one at the factors.
void scale_of(State& state, bool plain, bool backward) {
  Stage stage(state);
  const Operator& scale = operator_of(LayerKind::scale);
  const at::Tensor inputs[] = {stage.input, at::randn({images, stage.channels, 1, 1})};
  const FeatureShape shapes[] = {stage.shape(), {stage.shape().channels, 1, 1}};
  run(state, (backward ? 2.0 : 1.0) * stage.elements(), 2 * stage.elements(), [&] {
    if (plain && !backward) return inputs[0] * inputs[1];
    if (plain) return (stage.gradient * inputs[0]).sum({2, 3}, /*keepdim=*/true);
    if (!backward) return scale.forward({.layer = stage.layer, .weights = {}, .inputs = inputs});
    return scale.input_gradient({.layer = stage.layer,
                                 .weights = {},
                                 .gradient = stage.gradient,
                                 .shapes = shapes,
                                 .inputs = inputs},
                                1);
  });
}

void correlation_of(State& state, bool plain) {
  const Stage stage(state);
  run(state, static_cast<double>(images + 1) * stage.elements(), stage.elements(), [&] {
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
        ->Arg(24)
        ->Arg(43)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace

int main(int argc, char** argv) {
  wrcor::configure_process();
  wrcor::configure_thread(1);
  for (const bool backward : {false, true}) {
    const std::string direction = backward ? "/backward" : "/forward";
    add("convolution_3x3" + direction, convolution_of, Filter{}, backward);
    add("convolution_3x3_stride_2" + direction, convolution_of, Filter{.stride = 2}, backward);
    add("convolution_1x1" + direction, convolution_of, Filter{.kernel = 1}, backward);
  }
  for (const bool backward : {false, true}) {
    for (const int kernel : {3, 5, 7}) {
      for (const int stride : {1, 2}) {
        add("depthwise_" + std::to_string(kernel) + "x" + std::to_string(kernel) +
                (stride > 1 ? "_stride_2" : "") + (backward ? "/backward" : "/forward"),
            depthwise_of, Filter{.kernel = kernel, .stride = stride}, backward);
      }
    }
  }
  add("convolution_3x3_of_images/forward", convolution_of, Filter{.inputs = 3}, false);
  add("batch_norm/forward", batch_norm_of, false);
  add("batch_norm/backward", batch_norm_of, true);
  add("average_pool/forward", average_pool_of, false);
  add("average_pool/backward", average_pool_of, true);
  add("max_pool/forward", max_pool_of, false);
  add("max_pool/backward", max_pool_of, true);
  add("global_average", global_average_of);
  add("scale/forward", scale_of, false);
  add("scale/backward", scale_of, true);
  add("correlation", correlation_of);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
