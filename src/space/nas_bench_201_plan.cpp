#include <array>
#include <string>
#include <utility>
#include <vector>

#include "nas_bench_201_cell.h"
#include "wrcor/space/plan_builder.h"

namespace wrcor {
namespace {

/// Adds a block whose state-dict entries are `path`.op.1 (convolution) and `path`.op.2 (batch
/// norm).
///
/// The published code takes the block for a ReLU as well, by its name: what the ReLU reads counts
/// twice, and so does the gradient at the convolution's output, which the batch norm reads.
int relu_conv_bn(PlanBuilder& builder, int from, int channels, int kernel, int stride,
                 const std::string& path, int unit) {
  const int activated = builder.relu(from, path + ".op.0");
  const int convolved = builder.convolution(
      activated, channels, PlanBuilder::Window::same(kernel, stride), path + ".op.1");
  const int normalised = builder.batch_norm(convolved, path + ".op.2");
  builder.count_modules(activated, 1);
  builder.count_modules(convolved, 1);
  builder.count_modules(normalised, 3);  // itself, the sequence, the block
  builder.tap_activation(Counting::paper, from, unit);
  builder.tap_gradient(Counting::paper, activated, unit);
  builder.tap_activation(Counting::reference, from, unit, 2);
  builder.tap_gradient(Counting::reference, activated, unit);
  builder.tap_gradient(Counting::reference, normalised, unit);
  return normalised;
}

/// Adds the layers after the last cell. The published network overwrites the ReLU's input, so that
/// its output is what counts.
void add_head(PlanBuilder& builder, int from, int classes, int unit) {
  const int normalised = builder.batch_norm(from, "lastact.0");
  const int activated = builder.relu(normalised, "lastact.1");
  builder.count_modules(normalised, 1);
  builder.count_modules(activated, 2);
  builder.tap_activation(Counting::paper, normalised, unit);
  builder.tap_activation(Counting::reference, activated, unit);
  for (const Counting counting : {Counting::reference, Counting::paper})
    builder.tap_gradient(counting, activated, unit);
  builder.set_features(activated);
  builder.linear(builder.global_average(activated, "global_pooling"), classes, "classifier");
}

int add_node(PlanBuilder& builder, std::vector<int> terms, int cell_input, std::string name) {
  if (terms.empty()) return builder.unary(LayerKind::zero, cell_input, std::move(name));
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
        return relu_conv_bn(builder, source, builder.channels(source), kernel, 1, edge, unit);
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
          terms.push_back(builder.average_pool(source, PlanBuilder::Window::same(3), edge + ".op"));
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
  const int halved = relu_conv_bn(builder, input, width, 3, 2, cell + ".conv_a", unit);
  const int main_path = relu_conv_bn(builder, halved, width, 3, 1, cell + ".conv_b", unit);
  const int pooled = builder.average_pool(input, {2, 2, 0}, cell + ".downsample.0");
  const int residual = builder.convolution(pooled, width, {}, cell + ".downsample.1");
  builder.count_modules(pooled, 1);
  builder.count_modules(residual, 2);
  return builder.sum({residual, main_path}, cell);
}

}  // namespace

NetworkPlan NasBench201::plan(const Genotype& genotype) const {
  nb201::require_cell(genotype);
  PlanBuilder builder;
  const int images = builder.input(input().image);
  const int stem =
      builder.convolution(images, macro_.channels, PlanBuilder::Window::same(3), "stem.0");
  int last = builder.batch_norm(stem, "stem.1");
  builder.count_modules(stem, 1);
  builder.count_modules(last, 2);
  builder.end_block(last);
  int unit = 0;
  const auto end_cell = [&](int output) {
    builder.count_modules(output, 1);
    builder.end_block(output);
    last = output;
    ++unit;
  };
  for (int stage = 0; stage < 3; ++stage) {
    if (stage > 0) end_cell(add_reduction(builder, last, unit));
    for (int k = 0; k < macro_.cells_per_stage; ++k)
      end_cell(add_normal_cell(builder, last, genotype, unit));
  }
  add_head(builder, last, macro_.classes, unit);
  return std::move(builder).take();
}

}  // namespace wrcor
