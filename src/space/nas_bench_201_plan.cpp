#include <array>
#include <string>
#include <utility>
#include <vector>

#include "nas_bench_201_cell.h"

namespace wrcor {
namespace {

/// Appends layers to a plan; each function returns the position of the layer whose output it makes.
class PlanBuilder {
 public:
  explicit PlanBuilder(NetworkPlan& plan) : plan_(plan) {}

  int input(const FeatureShape& shape) {
    return add({.kind = LayerKind::input, .out = shape, .name = "images"});
  }

  /// Padding keeps the size (up to the stride) for every odd kernel.
  int convolution(int from, int channels, int kernel, int stride, std::string name) {
    const FeatureShape in = shape(from);
    return add({.kind = LayerKind::convolution,
                .inputs = {from},
                .out = {channels, in.height / stride, in.width / stride},
                .name = std::move(name),
                .kernel = kernel,
                .stride = stride,
                .padding = kernel / 2});
  }

  int batch_norm(int from, std::string name) {
    return add({.kind = LayerKind::batch_norm,
                .inputs = {from},
                .out = shape(from),
                .name = std::move(name)});
  }

  int relu(int from, std::string name) {
    return add(
        {.kind = LayerKind::relu, .inputs = {from}, .out = shape(from), .name = std::move(name)});
  }

  int average_pool(int from, int kernel, int stride, int padding, std::string name) {
    const FeatureShape in = shape(from);
    return add({.kind = LayerKind::average_pool,
                .inputs = {from},
                .out = {in.channels, in.height / stride, in.width / stride},
                .name = std::move(name),
                .kernel = kernel,
                .stride = stride,
                .padding = padding});
  }

  int zero(int like, std::string name) {
    return add(
        {.kind = LayerKind::zero, .inputs = {like}, .out = shape(like), .name = std::move(name)});
  }

  int sum(std::vector<int> terms, std::string name) {
    const FeatureShape out = shape(terms.front());
    return add(
        {.kind = LayerKind::sum, .inputs = std::move(terms), .out = out, .name = std::move(name)});
  }

  /// A block whose state-dict entries are `path`.op.1 (convolution) and `path`.op.2 (batch norm).
  int relu_conv_bn(int from, int channels, int kernel, int stride, const std::string& path,
                   int unit) {
    const int activated = relu(from, path + ".op.0");
    const int convolved = convolution(activated, channels, kernel, stride, path + ".op.1");
    plan_.sites.push_back({.relu = activated, .convolution = convolved, .unit = unit});
    const int normalised = batch_norm(convolved, path + ".op.2");
    count_modules(activated, 1);
    count_modules(convolved, 1);
    count_modules(normalised, 3);  // itself, the sequence, the block
    return normalised;
  }

  /// The layers after the last cell.
  void head(int from, int classes, int unit) {
    const int normalised = batch_norm(from, "lastact.0");
    const int activated = relu(normalised, "lastact.1");
    count_modules(normalised, 1);
    count_modules(activated, 2);
    plan_.sites.push_back({.relu = activated, .unit = unit, .in_place = true});
    const int channels = shape(from).channels;
    const int pooled = add({.kind = LayerKind::global_average,
                            .inputs = {activated},
                            .out = {channels, 1, 1},
                            .name = "global_pooling"});
    add({.kind = LayerKind::linear,
         .inputs = {pooled},
         .out = {classes, 1, 1},
         .name = "classifier"});
  }

  int channels(int layer) const { return shape(layer).channels; }

  /// Modules of the published network that give the layer's output.
  void count_modules(int layer, int modules) { plan_.layers[layer].modules += modules; }

 private:
  FeatureShape shape(int layer) const { return plan_.layers[layer].out; }

  int add(Layer layer) {
    plan_.layers.push_back(std::move(layer));
    return static_cast<int>(plan_.layers.size()) - 1;
  }

  NetworkPlan& plan_;
};

int add_node(PlanBuilder& builder, std::vector<int> terms, int cell_input, std::string name) {
  if (terms.empty()) return builder.zero(cell_input, std::move(name));
  if (terms.size() == 1) return terms.front();
  return builder.sum(std::move(terms), std::move(name));
}

int add_normal_cell(PlanBuilder& builder, int input, const Genotype& genotype, int unit) {
  const std::string cell = "cells." + std::to_string(unit);
  std::array<int, nb201::node_count> nodes{input};
  for (int node = 1; node < nb201::node_count; ++node) {
    std::vector<int> terms;
    for (int e = 0; e < NasBench201::edge_count; ++e) {
      if (nb201::edges[e].target != node) continue;
      const int source = nodes[nb201::edges[e].source];
      const std::string edge = cell + ".layers." + std::to_string(e);
      const auto convolve = [&](int kernel) {
        return builder.relu_conv_bn(source, builder.channels(source), kernel, 1, edge, unit);
      };
      switch (genotype[e]) {
        case NasBench201::skip_connect:
          builder.count_modules(source, 1);
          terms.push_back(source);
          break;
        case NasBench201::nor_conv_1x1:
          terms.push_back(convolve(1));
          break;
        case NasBench201::nor_conv_3x3:
          terms.push_back(convolve(3));
          break;
        case NasBench201::avg_pool_3x3:
          terms.push_back(builder.average_pool(source, 3, 1, 1, edge + ".op"));
          builder.count_modules(terms.back(), 2);
          break;
        default:
          break;
      }
    }
    nodes[node] =
        add_node(builder, std::move(terms), input, cell + ".nodes." + std::to_string(node));
  }
  return nodes.back();
}

int add_reduction(PlanBuilder& builder, int input, int unit) {
  const std::string cell = "cells." + std::to_string(unit);
  const int width = 2 * builder.channels(input);
  const int halved = builder.relu_conv_bn(input, width, 3, 2, cell + ".conv_a", unit);
  const int main_path = builder.relu_conv_bn(halved, width, 3, 1, cell + ".conv_b", unit);
  const int pooled = builder.average_pool(input, 2, 2, 0, cell + ".downsample.0");
  const int residual = builder.convolution(pooled, width, 1, 1, cell + ".downsample.1");
  builder.count_modules(pooled, 1);
  builder.count_modules(residual, 2);
  return builder.sum({residual, main_path}, cell);
}

}  // namespace

NetworkPlan NasBench201::plan(const Genotype& genotype) const {
  nb201::require_cell(genotype);
  NetworkPlan plan;
  PlanBuilder builder(plan);
  const int images = builder.input({3, macro_.height, macro_.width});
  const int stem = builder.convolution(images, macro_.channels, 3, 1, "stem.0");
  int last = builder.batch_norm(stem, "stem.1");
  builder.count_modules(stem, 1);
  builder.count_modules(last, 2);
  plan.blocks.push_back(last);
  int unit = 0;
  const auto end_cell = [&](int output) {
    builder.count_modules(output, 1);
    plan.blocks.push_back(output);
    last = output;
    ++unit;
  };
  for (int stage = 0; stage < 3; ++stage) {
    if (stage > 0) end_cell(add_reduction(builder, last, unit));
    for (int k = 0; k < macro_.cells_per_stage; ++k)
      end_cell(add_normal_cell(builder, last, genotype, unit));
  }
  builder.head(last, macro_.classes, unit);
  return plan;
}

}  // namespace wrcor
