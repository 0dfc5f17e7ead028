#include "chain_network.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace wrcor {

int scaled_width(int channels, double factor) {
  return std::max(1, static_cast<int>(std::nearbyint(channels * factor)));
}

ChainNetwork::ChainNetwork(const FeatureShape& images, const ChainDefinition& definition)
    : ChainNetwork(definition) {
  last_ = builder_.input(images);
  const auto add = [&](const ChainDefinition::Stem& stem, bool activated, const std::string& path) {
    last_ = add_part(last_,
                     {.channels = stem.channels,
                      .kernel = stem.kernel,
                      .stride = stem.stride,
                      .activated = activated},
                     path);
  };
  const bool is_one = definition.further_stem.empty();
  add(definition.stem, !activates_first(), is_one ? "stem" : "stem.0");
  int layer = 0;
  for (const ChainDefinition::Stem& stem : definition.further_stem)
    add(stem, true, "stem." + std::to_string(++layer));
  if (!is_one) builder_.count_modules(last_, 1);  // the sequence of the layers
  builder_.end_block(last_);
  ++unit_;
}

NetworkPlan ChainNetwork::stem_plan(const ChainDefinition& definition, const FeatureShape& images) {
  return std::move(ChainNetwork(images, definition).builder_).take();
}

NetworkPlan ChainNetwork::block_plan(const ChainDefinition& definition, const ChainBlock& block,
                                     const FeatureShape& input, const ChainPlace& place) {
  ChainNetwork network(definition);
  network.last_ = network.builder_.input(input);
  network.add_block(block, place);
  return std::move(network.builder_).take();
}

NetworkPlan ChainNetwork::head_plan(const ChainDefinition& definition, const FeatureShape& input,
                                    int classes) {
  ChainNetwork network(definition);
  network.last_ = network.builder_.input(input);
  return std::move(network).finish(classes);
}

int ChainNetwork::add_part(int from, const Part& part, const std::string& path) {
  const bool first = part.activated && activates_first();
  const int read = first ? activate(from, path) : from;
  const int convolved =
      builder_.convolution(read, part.channels, PlanBuilder::Window::same(part.kernel, part.stride),
                           path + ".conv", {.groups = part.groups, .bias = false});
  const int normalised =
      builder_.batch_norm(convolved, path + ".bn", definition_.batch_norm_epsilon);
  const int output = part.activated && !first ? activate(normalised, path) : normalised;
  builder_.count_modules(convolved, 1);
  builder_.count_modules(normalised, 1);
  builder_.count_modules(output, 1);  // the part
  return output;
}

int ChainNetwork::activate(int from, const std::string& path) {
  const bool is_relu = definition_.activation == ChainDefinition::Activation::relu;
  const int activated = builder_.unary(is_relu ? LayerKind::relu : LayerKind::swish, from,
                                       path + (is_relu ? ".relu" : ".swish"));
  builder_.count_modules(activated, 1);
  for (const Counting counting : {Counting::reference, Counting::paper}) {
    builder_.tap_activation(counting, from, unit_);
    builder_.tap_gradient(counting, activated, unit_);
  }
  return activated;
}

void ChainNetwork::add_block(const ChainBlock& block, const ChainPlace& place) {
  if (block.kind == ChainBlock::Kind::none) return;
  const std::string position = "blocks." + std::to_string(position_);
  for (int layer = 0; layer < block.layers; ++layer) {
    path_ = position + (place.numbered ? "." + std::to_string(layer) : "");
    last_ = add_layer(block, place.channels, layer == 0 ? place.stride : 1);
    builder_.count_modules(last_, 1);  // the block
  }
  if (place.numbered) builder_.count_modules(last_, 1);  // the sequence of its layers
  builder_.end_block(last_);
  ++unit_;
  ++position_;
}

int ChainNetwork::add_layer(const ChainBlock& block, int channels, int stride) {
  switch (block.kind) {
    case ChainBlock::Kind::none:
      break;
    case ChainBlock::Kind::identity:
      return shortcut(channels, stride);
    case ChainBlock::Kind::conv:
      return add_part(last_, {.channels = channels, .kernel = block.kernel, .stride = stride},
                      path_ + ".conv");
    case ChainBlock::Kind::residual:
      return residual(block, channels, stride);
    case ChainBlock::Kind::bottleneck:
      return bottleneck(block, channels, stride);
    case ChainBlock::Kind::inverted_residual:
      return inverted_residual(block, channels, stride);
  }
  throw std::logic_error("a block of a chain without layers");
}

/// The input of the block where it fits the output, else a projection of it.
int ChainNetwork::shortcut(int channels, int stride) {
  if (builder_.channels(last_) == channels && stride == 1) return last_;
  return add_part(last_, {.channels = channels, .stride = stride, .activated = false},
                  path_ + ".downsample");
}

int ChainNetwork::add_shortcut(int main_path, int channels, int stride) {
  const int sum = builder_.sum({main_path, shortcut(channels, stride)}, path_ + ".sum");
  return activates_first() ? sum : activate(sum, path_);
}

int ChainNetwork::residual(const ChainBlock& block, int channels, int stride) {
  const int first = add_part(
      last_, {.channels = channels, .kernel = block.kernel, .stride = stride}, path_ + ".conv1");
  const int second = add_part(
      first, {.channels = channels, .kernel = block.kernel, .activated = activates_first()},
      path_ + ".conv2");
  return add_shortcut(second, channels, stride);
}

int ChainNetwork::bottleneck(const ChainBlock& block, int channels, int stride) {
  const int width = channels / block.reduction;
  const int first = add_part(last_, {.channels = width}, path_ + ".conv1");
  const int second = add_part(first, {.channels = width, .kernel = block.kernel, .stride = stride},
                              path_ + ".conv2");
  const int third =
      add_part(second, {.channels = channels, .activated = activates_first()}, path_ + ".conv3");
  return add_shortcut(third, channels, stride);
}

int ChainNetwork::inverted_residual(const ChainBlock& block, int channels, int stride) {
  const int in = builder_.channels(last_);
  const int width = scaled_width(in, block.expansion);
  int from = last_;
  if (block.expansion != 1) from = add_part(from, {.channels = width}, path_ + ".expand");
  from =
      add_part(from, {.channels = width, .kernel = block.kernel, .stride = stride, .groups = width},
               path_ + ".depthwise");
  if (block.squeeze_excitation > 0) from = squeeze_excitation(from, block.squeeze_excitation);
  if (block.input_squeeze_excitation > 0)
    from = biased_squeeze_excitation(from, scaled_width(in, block.input_squeeze_excitation));
  const int projected =
      add_part(from, {.channels = channels, .activated = false}, path_ + ".project");
  if (in != channels || stride != 1) return projected;
  return builder_.sum({projected, last_}, path_ + ".sum");
}

int ChainNetwork::squeeze_excitation(int from, double ratio) {
  const int channels = builder_.channels(from);
  const int mean = builder_.global_average(from, path_ + ".se.pool");
  const int reduced =
      add_part(mean, {.channels = scaled_width(channels, ratio)}, path_ + ".se.reduce");
  const int expanded =
      add_part(reduced, {.channels = channels, .activated = false}, path_ + ".se.expand");
  return rescale(from, expanded);
}

int ChainNetwork::biased_squeeze_excitation(int from, int width) {
  const int mean = builder_.global_average(from, path_ + ".se.pool");
  const int reduced =
      activate(biased_convolution(mean, width, path_ + ".se.reduce"), path_ + ".se.reduce");
  builder_.count_modules(reduced, 1);  // the part
  const int expanded = biased_convolution(reduced, builder_.channels(from), path_ + ".se.expand");
  builder_.count_modules(expanded, 1);
  return rescale(from, expanded);
}

int ChainNetwork::biased_convolution(int from, int channels, const std::string& path) {
  const int convolved =
      builder_.convolution(from, channels, {}, path + ".conv", {.groups = 1, .bias = true});
  builder_.count_modules(convolved, 1);
  return convolved;
}

/// Multiplies channels by the sigmoids of the other input.
int ChainNetwork::rescale(int from, int expanded) {
  const int factors = builder_.unary(LayerKind::sigmoid, expanded, path_ + ".se.sigmoid");
  const int scaled = builder_.scale(from, factors, path_ + ".se");
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
