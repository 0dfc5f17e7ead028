#include "chain_network.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace wrcor {

int scaled_width(int channels, double factor) {
  return std::max(1, static_cast<int>(std::nearbyint(channels * factor)));
}

ChainNetwork::ChainNetwork(const FeatureShape& images, const ChainDefinition& definition)
    : ChainNetwork(definition) {
  const ChainDefinition::Stem& stem = definition.stem;
  last_ =
      add_part(builder_.input(images),
               {.channels = stem.channels, .kernel = stem.kernel, .stride = stem.stride}, "stem");
  builder_.end_block(last_);
  ++unit_;
}

NetworkPlan ChainNetwork::block_plan(const ChainDefinition& definition, const ChainBlock& block,
                                     const FeatureShape& input, int channels, int stride) {
  ChainNetwork network(definition);
  network.last_ = network.builder_.input(input);
  network.add_block(block, channels, stride);
  return std::move(network.builder_).take();
}

int ChainNetwork::add_part(int from, const Part& part, const std::string& path) {
  const int convolved =
      builder_.convolution(from, part.channels, PlanBuilder::Window::same(part.kernel, part.stride),
                           path + ".conv", {.groups = part.groups, .bias = false});
  const int normalised =
      builder_.batch_norm(convolved, path + ".bn", definition_.batch_norm_epsilon);
  const int output = part.activated ? relu(normalised, path + ".relu") : normalised;
  builder_.count_modules(convolved, 1);
  builder_.count_modules(normalised, 1);
  builder_.count_modules(output, 1);  // the part
  return output;
}

int ChainNetwork::relu(int from, const std::string& path) {
  const int activated = builder_.relu(from, path);
  builder_.count_modules(activated, 1);
  for (const Counting counting : {Counting::reference, Counting::paper}) {
    builder_.tap_activation(counting, from, unit_);
    builder_.tap_gradient(counting, activated, unit_);
  }
  return activated;
}

void ChainNetwork::add_block(const ChainBlock& block, int channels, int stride) {
  switch (block.kind) {
    case ChainBlock::Kind::identity:
      last_ = shortcut(channels, stride);
      break;
    case ChainBlock::Kind::conv:
      last_ = add_part(last_, {.channels = channels, .kernel = block.kernel, .stride = stride},
                       path() + "conv");
      break;
    case ChainBlock::Kind::residual:
      last_ = residual(block, channels, stride);
      break;
    case ChainBlock::Kind::bottleneck:
      last_ = bottleneck(block, channels, stride);
      break;
    case ChainBlock::Kind::inverted_residual:
      last_ = inverted_residual(block, channels, stride);
      break;
  }
  builder_.count_modules(last_, 1);  // the block
  builder_.end_block(last_);
  ++unit_;
  ++position_;
}

/// The input of the block where it fits the output, else a projection of it.
int ChainNetwork::shortcut(int channels, int stride) {
  if (builder_.channels(last_) == channels && stride == 1) return last_;
  return add_part(last_, {.channels = channels, .stride = stride, .activated = false},
                  path() + "downsample");
}

int ChainNetwork::add_and_activate(int main_path, int channels, int stride) {
  const int sum = builder_.sum({main_path, shortcut(channels, stride)}, path() + "sum");
  return relu(sum, path() + "relu");
}

int ChainNetwork::residual(const ChainBlock& block, int channels, int stride) {
  const int first = add_part(
      last_, {.channels = channels, .kernel = block.kernel, .stride = stride}, path() + "conv1");
  const int second = add_part(
      first, {.channels = channels, .kernel = block.kernel, .activated = false}, path() + "conv2");
  return add_and_activate(second, channels, stride);
}

int ChainNetwork::bottleneck(const ChainBlock& block, int channels, int stride) {
  const int width = channels / block.reduction;
  const int first = add_part(last_, {.channels = width}, path() + "conv1");
  const int second = add_part(first, {.channels = width, .kernel = block.kernel, .stride = stride},
                              path() + "conv2");
  const int third = add_part(second, {.channels = channels, .activated = false}, path() + "conv3");
  return add_and_activate(third, channels, stride);
}

int ChainNetwork::inverted_residual(const ChainBlock& block, int channels, int stride) {
  const int in = builder_.channels(last_);
  const int width = scaled_width(in, block.expansion);
  int from = last_;
  if (block.expansion != 1) from = add_part(from, {.channels = width}, path() + "expand");
  from =
      add_part(from, {.channels = width, .kernel = block.kernel, .stride = stride, .groups = width},
               path() + "depthwise");
  if (block.squeeze_excitation > 0) from = squeeze_excitation(from, block.squeeze_excitation);
  const int projected =
      add_part(from, {.channels = channels, .activated = false}, path() + "project");
  if (in != channels || stride != 1) return projected;
  return builder_.sum({projected, last_}, path() + "sum");
}

int ChainNetwork::squeeze_excitation(int from, double ratio) {
  const int channels = builder_.channels(from);
  const int mean = builder_.global_average(from, path() + "se.pool");
  const int reduced =
      add_part(mean, {.channels = scaled_width(channels, ratio)}, path() + "se.reduce");
  const int expanded =
      add_part(reduced, {.channels = channels, .activated = false}, path() + "se.expand");
  const int factors = builder_.unary(LayerKind::sigmoid, expanded, path() + "se.sigmoid");
  const int scaled = builder_.scale(from, factors, path() + "se");
  builder_.count_modules(factors, 1);
  builder_.count_modules(scaled, 1);
  return scaled;
}

NetworkPlan ChainNetwork::finish(int classes) && {
  if (position_ > 0) builder_.count_modules(last_, 1);  // the sequence of the blocks
  if (definition_.head_channels > 0)
    last_ = add_part(last_, {.channels = definition_.head_channels}, "head");
  builder_.set_features(last_);
  builder_.linear(builder_.global_average(last_, "global_pooling"), classes, "classifier");
  return std::move(builder_).take();
}

}  // namespace wrcor
