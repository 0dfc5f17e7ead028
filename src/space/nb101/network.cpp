#include "network.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "space/plan_builder.h"

namespace wrcor::nb101 {
namespace {

/// Appends the elements of the published network's list `layers`.
class Stacks {
 public:
  Stacks(const FeatureShape& images, int channels) {
    last_ = convolve(builder_.input(images), channels, 3, element() + ".conv_bn_relu");
    builder_.count_modules(last_, 1);
    builder_.end_block(last_);
    ++unit_;
  }

  void halve() {
    last_ = builder_.max_pool(last_, {2, 2, 0}, element());
    builder_.count_modules(last_, 1);
    ++unit_;
  }

  void add_cell(const Cell& cell, int channels) {
    const auto widths = vertex_channels(cell, channels);
    std::vector<int> outputs(static_cast<std::size_t>(cell.vertices));
    for (int v = 1; v < cell.output(); ++v) {
      const int width = widths[static_cast<std::size_t>(v)];
      outputs[static_cast<std::size_t>(v)] =
          operate(cell.operation(v), vertex_input(cell, v, width, outputs), width, v);
    }
    last_ = cell_output(cell, channels, outputs);
    builder_.count_modules(last_, 1);
    builder_.end_block(last_);
    ++unit_;
  }

  NetworkPlan finish(int classes) && {
    constexpr double deviation = 0.01;
    builder_.set_features(last_);
    const int logits =
        builder_.linear(builder_.global_average(last_, "global_pooling"), classes, "classifier");
    builder_.set_initial(logits, ParameterRole::weight, {Distribution::Kind::normal, deviation});
    builder_.set_initial(logits, ParameterRole::bias, {Distribution::Kind::constant, 0});
    return std::move(builder_).take();
  }

 private:
  std::string element() const { return "layers." + std::to_string(unit_); }
  std::string part(const char* kind, int vertex) const {
    return element() + "." + kind + "." + std::to_string(vertex);
  }

  /// Convolution, batch norm and ReLU: a sequence at `path` in its own module.
  int convolve(int from, int channels, int kernel, const std::string& path) {
    const int convolved =
        builder_.convolution(from, channels, PlanBuilder::Window::same(kernel), path + ".0");
    const double fan_out = static_cast<double>(kernel) * kernel * channels;
    builder_.set_initial(convolved, ParameterRole::weight,
                         {Distribution::Kind::normal, std::sqrt(2 / fan_out)});
    const int normalised = builder_.batch_norm(convolved, path + ".1");
    const int activated = builder_.relu(normalised, path + ".2");
    builder_.count_modules(convolved, 1);
    builder_.count_modules(normalised, 1);
    builder_.count_modules(activated, 2);  // itself and the sequence
    for (const Counting counting : {Counting::reference, Counting::paper}) {
      builder_.tap_activation(counting, normalised, unit_);
      builder_.tap_gradient(counting, activated, unit_);
    }
    return activated;
  }

  int project(int vertex, int channels) {
    const int projected = convolve(last_, channels, 1, part("input_op", vertex) + ".conv_bn_relu");
    builder_.count_modules(projected, 1);
    return projected;
  }

  int operate(int operation, int from, int channels, int vertex) {
    const std::string path = part("vertex_op", vertex);
    if (operation == maxpool3x3) {
      const int pooled = builder_.max_pool(from, PlanBuilder::Window::same(3), path + ".maxpool");
      builder_.count_modules(pooled, 2);  // itself and the vertex
      return pooled;
    }
    const int kernel = operation == conv3x3 ? 3 : 1;
    const int activated = convolve(
        from, channels, kernel, path + (kernel == 3 ? ".conv3x3" : ".conv1x1") + ".conv_bn_relu");
    builder_.count_modules(activated, 2);  // the convolution and the vertex
    return activated;
  }

  int vertex_input(const Cell& cell, int vertex, int channels, const std::vector<int>& outputs) {
    std::vector<int> terms;
    for (int source = 1; source < vertex; ++source) {
      if (!cell.has_edge(source, vertex)) continue;
      const int output = outputs[static_cast<std::size_t>(source)];
      terms.push_back(builder_.channels(output) == channels
                          ? output
                          : builder_.narrow(output, 0, channels,
                                            part("cut", source) + "." + std::to_string(vertex)));
    }
    if (cell.has_edge(0, vertex)) terms.push_back(project(vertex, channels));
    return terms.size() == 1 ? terms.front()
                             : builder_.sum(std::move(terms), part("vertex_input", vertex));
  }

  int cell_output(const Cell& cell, int channels, const std::vector<int>& outputs) {
    std::vector<int> parts;
    for (int v = 1; v < cell.output(); ++v) {
      if (cell.has_edge(v, cell.output())) parts.push_back(outputs[static_cast<std::size_t>(v)]);
    }
    if (parts.empty()) return project(cell.output(), channels);
    const int joined = parts.size() == 1 ? parts.front()
                                         : builder_.concat(std::move(parts), element() + ".concat");
    if (!cell.has_edge(0, cell.output())) return joined;
    return builder_.sum({joined, project(cell.output(), channels)}, element());
  }

  PlanBuilder builder_;
  int last_ = 0;  ///< the layer that gives the output so far
  int unit_ = 0;  ///< position of the next element
};

}  // namespace

std::array<int, most_vertices> vertex_channels(const Cell& cell, int channels) {
  std::array<int, most_vertices> widths{};
  widths[static_cast<std::size_t>(cell.output())] = channels;
  int joined = 0;  // vertices whose outputs the cell concatenates
  for (int v = 1; v < cell.output(); ++v) joined += cell.has_edge(v, cell.output()) ? 1 : 0;
  if (joined == 0) return widths;
  int spare = channels % joined;
  for (int v = 1; v < cell.output(); ++v) {
    if (cell.has_edge(v, cell.output()))
      widths[static_cast<std::size_t>(v)] = channels / joined + (spare-- > 0 ? 1 : 0);
  }
  for (int v = cell.output() - 1; v > 0; --v) {
    if (cell.has_edge(v, cell.output())) continue;
    int& width = widths[static_cast<std::size_t>(v)];
    for (int target = v + 1; target < cell.output(); ++target) {
      if (cell.has_edge(v, target))
        width = std::max(width, widths[static_cast<std::size_t>(target)]);
    }
  }
  return widths;
}

NetworkPlan network_plan(const Cell& cell, const NetworkSizes& sizes) {
  Stacks stacks(sizes.input.image, sizes.stem_channels);
  for (int stack = 0; stack < sizes.stacks; ++stack) {
    if (stack > 0) stacks.halve();
    for (int k = 0; k < sizes.modules; ++k) stacks.add_cell(cell, sizes.stem_channels << stack);
  }
  return std::move(stacks).finish(sizes.input.classes);
}

}  // namespace wrcor::nb101
