#include "cell_network.h"

#include <utility>

namespace wrcor {

CellNetwork::CellNetwork(const FeatureShape& images, int channels) {
  const int input = builder_.input(images);
  const int stem = builder_.convolution(input, channels, PlanBuilder::Window::same(3), "stem.0");
  last_ = builder_.batch_norm(stem, "stem.1");
  builder_.count_modules(stem, 1);
  builder_.count_modules(last_, 2);
  builder_.end_block(last_);
}

/// Adds a block whose state-dict entries are `path`.op.1 (convolution) and `path`.op.2 (batch
/// norm).
int CellNetwork::convolve(int from, int channels, int kernel, int stride, const std::string& path) {
  const int activated = builder_.relu(from, path + ".op.0");
  const int convolved = builder_.convolution(
      activated, channels, PlanBuilder::Window::same(kernel, stride), path + ".op.1");
  const int normalised = builder_.batch_norm(convolved, path + ".op.2");
  builder_.count_modules(convolved, 1);
  record_block(from, activated, normalised);
  return normalised;
}

/// Adds a block whose state-dict entries are `path`.op.1 (depthwise), .op.2 (1x1) and .op.3 (batch
/// norm).
int CellNetwork::convolve_separably(int from, int channels, int kernel, const std::string& path) {
  const int width = builder_.channels(from);
  const int activated = builder_.relu(from, path + ".op.0");
  const int depthwise = builder_.convolution(activated, width, PlanBuilder::Window::same(kernel),
                                             path + ".op.1", {.groups = width, .bias = false});
  const int pointwise = builder_.convolution(depthwise, channels, {}, path + ".op.2");
  const int normalised = builder_.batch_norm(pointwise, path + ".op.3");
  builder_.count_modules(depthwise, 1);
  builder_.count_modules(pointwise, 1);
  record_block(from, activated, normalised);
  return normalised;
}

/// The published code also counts the block as a ReLU, because of its name: the input of the ReLU
/// counts twice, and so does the gradient at the convolution's output, which the batch norm reads.
void CellNetwork::record_block(int from, int activated, int normalised) {
  builder_.count_modules(activated, 1);
  builder_.count_modules(normalised, 3);  // itself, the sequence, the block
  builder_.tap_activation(Counting::paper, from, unit_);
  builder_.tap_gradient(Counting::paper, activated, unit_);
  builder_.tap_activation(Counting::reference, from, unit_, 2);
  builder_.tap_gradient(Counting::reference, activated, unit_);
  builder_.tap_gradient(Counting::reference, normalised, unit_);
}

/// Adds the replacement of an identity where the width changes. The published code also makes a
/// ReLU for it, but never calls it.
int CellNetwork::project(int from, int channels, const std::string& path) {
  const int convolved = builder_.convolution(from, channels, {}, path + ".conv");
  const int normalised = builder_.batch_norm(convolved, path + ".bn");
  builder_.count_modules(convolved, 1);
  builder_.count_modules(normalised, 2);
  return normalised;
}

int CellNetwork::pool(const CellOperation& operation, int source, int channels,
                      const std::string& path) {
  const bool changes_width = builder_.channels(source) != channels;
  const int from = changes_width ? convolve(source, channels, 1, 1, path + ".preprocess") : source;
  const auto window = PlanBuilder::Window::same(operation.kernel);
  const int pooled = operation.form == CellOperation::Form::max_pool
                         ? builder_.max_pool(from, window, path + ".op")
                         : builder_.average_pool(from, window, path + ".op");
  builder_.count_modules(pooled, 2);
  return pooled;
}

int CellNetwork::add_operation(const CellOperation& operation, int source, int channels,
                               const std::string& path) {
  switch (operation.form) {
    case CellOperation::Form::convolution:
      return convolve(source, channels, operation.kernel, 1, path);
    case CellOperation::Form::separable:
      return convolve_separably(source, channels, operation.kernel, path);
    case CellOperation::Form::average_pool:
    case CellOperation::Form::max_pool:
      return pool(operation, source, channels, path);
    case CellOperation::Form::identity:
    case CellOperation::Form::none:
      break;
  }
  if (builder_.channels(source) != channels) return project(source, channels, path);
  builder_.count_modules(source, 1);
  return source;
}

void CellNetwork::add_cell(const std::vector<CellEdge>& edges, int nodes, int channels) {
  std::vector<int> outputs{last_};
  for (int node = 1; node < nodes; ++node) {
    std::vector<int> terms;
    for (std::size_t e = 0; e < edges.size(); ++e) {
      const CellEdge& edge = edges[e];
      if (edge.target != node || edge.operation.form == CellOperation::Form::none) continue;
      const std::string path = cell_path() + ".layers." + std::to_string(e);
      terms.push_back(add_operation(edge.operation, outputs[static_cast<std::size_t>(edge.source)],
                                    channels, path));
    }
    std::string name = cell_path() + ".nodes." + std::to_string(node);
    if (terms.empty()) {
      outputs.push_back(builder_.unary(LayerKind::zero, last_, std::move(name)));
    } else if (terms.size() == 1) {
      outputs.push_back(terms.front());
    } else {
      outputs.push_back(builder_.sum(std::move(terms), std::move(name)));
    }
  }
  end_cell(outputs.back());
}

void CellNetwork::add_reduction(int channels) {
  const std::string cell = cell_path();
  const int halved = convolve(last_, channels, 3, 2, cell + ".conv_a");
  const int main_path = convolve(halved, channels, 3, 1, cell + ".conv_b");
  const int pooled = builder_.average_pool(last_, {2, 2, 0}, cell + ".downsample.0");
  const int residual = builder_.convolution(pooled, channels, {}, cell + ".downsample.1");
  builder_.count_modules(pooled, 1);
  builder_.count_modules(residual, 2);
  end_cell(builder_.sum({residual, main_path}, cell));
}

void CellNetwork::end_cell(int output) {
  builder_.count_modules(output, 1);
  builder_.end_block(output);
  last_ = output;
  ++unit_;
}

/// The published network overwrites the last ReLU's input, so that its output counts instead.
NetworkPlan CellNetwork::finish(int classes) && {
  const int normalised = builder_.batch_norm(last_, "lastact.0");
  const int activated = builder_.relu(normalised, "lastact.1");
  builder_.count_modules(normalised, 1);
  builder_.count_modules(activated, 2);
  builder_.tap_activation(Counting::paper, normalised, unit_);
  builder_.tap_activation(Counting::reference, activated, unit_);
  for (const Counting counting : {Counting::reference, Counting::paper})
    builder_.tap_gradient(counting, activated, unit_);
  builder_.set_features(activated);
  builder_.linear(builder_.global_average(activated, "global_pooling"), classes, "classifier");
  return std::move(builder_).take();
}

}  // namespace wrcor
