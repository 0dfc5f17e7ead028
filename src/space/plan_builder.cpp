#include "space/plan_builder.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace wrcor {
namespace {

void require(bool fits, const std::string& layer, const char* what) {
  if (!fits) throw std::logic_error("layer " + layer + " of a network does not fit: " + what);
}

/// The default of frameworks: uniform between -1 / sqrt(fan_in) and 1 / sqrt(fan_in).
Distribution by_fan_in(std::int64_t fan_in) {
  return {Distribution::Kind::uniform, 1.0 / std::sqrt(static_cast<double>(fan_in))};
}

Distribution constant(double value) { return {Distribution::Kind::constant, value}; }

Parameter drawn(std::string name, std::vector<std::int64_t> shape, ParameterRole role,
                std::int64_t fan_in, std::int64_t fan_out) {
  return {std::move(name), std::move(shape), role, fan_in, fan_out, by_fan_in(fan_in)};
}

}  // namespace

int PlanBuilder::add(Layer layer) {
  plan_.layers.push_back(std::move(layer));
  return plan_.logits();
}

const FeatureShape& PlanBuilder::shape(int layer) const {
  return plan_.layers.at(static_cast<std::size_t>(layer)).out;
}

int PlanBuilder::input(const FeatureShape& images) {
  return add({.kind = LayerKind::input, .out = images, .name = "images"});
}

int PlanBuilder::add_window(LayerKind kind, int from, int channels, const Window& window,
                            std::string name) {
  const FeatureShape& in = shape(from);
  const int border = 2 * window.padding;
  const auto length = [&](int size) { return (size + border - window.kernel) / window.stride + 1; };
  require(std::min(in.height, in.width) + border >= window.kernel, name,
          "its kernel is larger than its input");
  return add({.kind = kind,
              .inputs = {from},
              .out = {channels, length(in.height), length(in.width)},
              .name = std::move(name),
              .kernel = window.kernel,
              .stride = window.stride,
              .padding = window.padding});
}

int PlanBuilder::convolution(int from, int channels, const Window& window, std::string name,
                             const ConvolutionOptions& options) {
  const std::int64_t in = shape(from).channels, out = channels, groups = options.groups;
  require(in % groups == 0 && out % groups == 0, name, "its groups do not divide its channels");
  const std::int64_t area = std::int64_t{window.kernel} * window.kernel;
  const std::int64_t fan_in = in / groups * area, fan_out = out * area;
  const int position = add_window(LayerKind::convolution, from, channels, window, std::move(name));
  Layer& layer = plan_.layers.back();
  layer.groups = options.groups;
  layer.parameters.push_back(drawn(layer.name + ".weight",
                                   {out, in / groups, window.kernel, window.kernel},
                                   ParameterRole::weight, fan_in, fan_out));
  if (options.bias) {
    layer.parameters.push_back(
        drawn(layer.name + ".bias", {out}, ParameterRole::bias, fan_in, fan_out));
  }
  return position;
}

int PlanBuilder::batch_norm(int from, std::string name, double epsilon) {
  const int position = unary(LayerKind::batch_norm, from, std::move(name));
  Layer& layer = plan_.layers.back();
  const std::vector<std::int64_t> channels{layer.out.channels};
  layer.epsilon = epsilon;
  layer.parameters = {
      {layer.name + ".weight", channels, ParameterRole::coefficient, 1, 1, constant(1)},
      {layer.name + ".bias", channels, ParameterRole::coefficient, 1, 1, constant(0)}};
  layer.buffers = {{layer.name + ".running_mean", channels, 0},
                   {layer.name + ".running_var", channels, 1},
                   {layer.name + ".num_batches_tracked", {}, 0, /*is_counter=*/true}};
  return position;
}

int PlanBuilder::unary(LayerKind kind, int from, std::string name) {
  return add({.kind = kind, .inputs = {from}, .out = shape(from), .name = std::move(name)});
}

int PlanBuilder::average_pool(int from, const Window& window, std::string name) {
  return add_window(LayerKind::average_pool, from, channels(from), window, std::move(name));
}

int PlanBuilder::max_pool(int from, const Window& window, std::string name) {
  return add_window(LayerKind::max_pool, from, channels(from), window, std::move(name));
}

int PlanBuilder::sum(std::vector<int> terms, std::string name) {
  require(terms.size() > 1, name, "it adds fewer than two inputs");
  const FeatureShape out = shape(terms.front());
  for (const int term : terms) require(shape(term) == out, name, "its inputs differ in shape");
  return add(
      {.kind = LayerKind::sum, .inputs = std::move(terms), .out = out, .name = std::move(name)});
}

int PlanBuilder::concat(std::vector<int> parts, std::string name) {
  require(parts.size() > 1, name, "it joins fewer than two inputs");
  FeatureShape out = shape(parts.front());
  out.channels = 0;
  for (const int part : parts) {
    const FeatureShape& in = shape(part);
    require(in.height == out.height && in.width == out.width, name, "its inputs differ in size");
    out.channels += in.channels;
  }
  return add(
      {.kind = LayerKind::concat, .inputs = std::move(parts), .out = out, .name = std::move(name)});
}

int PlanBuilder::narrow(int from, int first_channel, int channels, std::string name) {
  FeatureShape out = shape(from);
  require(first_channel >= 0 && channels > 0 && first_channel + channels <= out.channels, name,
          "its input lacks the channels");
  out.channels = channels;
  return add({.kind = LayerKind::narrow,
              .inputs = {from},
              .out = out,
              .name = std::move(name),
              .first_channel = first_channel});
}

int PlanBuilder::scale(int from, int factors, std::string name) {
  const FeatureShape& out = shape(from);
  require(shape(factors) == FeatureShape{out.channels, 1, 1}, name,
          "its factors are not one a channel");
  return add(
      {.kind = LayerKind::scale, .inputs = {from, factors}, .out = out, .name = std::move(name)});
}

int PlanBuilder::resize(int from, int height, int width, std::string name) {
  return add({.kind = LayerKind::resize,
              .inputs = {from},
              .out = {channels(from), height, width},
              .name = std::move(name)});
}

int PlanBuilder::global_average(int from, std::string name) {
  return add({.kind = LayerKind::global_average,
              .inputs = {from},
              .out = {channels(from), 1, 1},
              .name = std::move(name)});
}

int PlanBuilder::linear(int from, int outputs, std::string name) {
  const FeatureShape& in = shape(from);
  const std::int64_t inputs = std::int64_t{in.channels} * in.height * in.width;
  const int position = add({.kind = LayerKind::linear,
                            .inputs = {from},
                            .out = {outputs, 1, 1},
                            .name = std::move(name)});
  Layer& layer = plan_.layers.back();
  layer.parameters = {
      drawn(layer.name + ".weight", {outputs, inputs}, ParameterRole::weight, inputs, outputs),
      drawn(layer.name + ".bias", {outputs}, ParameterRole::bias, inputs, outputs)};
  return position;
}

void PlanBuilder::set_initial(int layer, ParameterRole role, const Distribution& initial) {
  for (Parameter& parameter : plan_.layers.at(static_cast<std::size_t>(layer)).parameters) {
    if (parameter.role == role) parameter.initial = initial;
  }
}

void PlanBuilder::count_modules(int layer, int modules) {
  plan_.layers.at(static_cast<std::size_t>(layer)).modules += modules;
}

void PlanBuilder::tap_activation(Counting counting, int layer, int unit, int multiplicity) {
  activations_[static_cast<std::size_t>(counting)][{layer, unit}] += multiplicity;
}

void PlanBuilder::tap_gradient(Counting counting, int layer, int unit) {
  plan_.taps[static_cast<std::size_t>(counting)].push_back({layer, Side::gradient, unit});
}

NetworkPlan PlanBuilder::take() && {
  for (std::size_t counting = 0; counting < activations_.size(); ++counting) {
    std::vector<Tap> taps;
    for (const auto& [place, multiplicity] : activations_[counting])
      taps.push_back({place.first, Side::activation, place.second, multiplicity});
    std::vector<Tap>& all = plan_.taps[counting];
    all.insert(all.begin(), taps.begin(), taps.end());
  }
  return std::move(plan_);
}

}  // namespace wrcor
