#pragma once

#include <string>
#include <vector>

#include "chain_definition.h"
#include "wrcor/space/plan_builder.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A network as a chain of blocks between a stem and a head. Every ReLU is one response, of what it
/// reads and of the gradient there; the stem, each block and the head are units.
///
/// Tensors are named stem.{conv,bn}, blocks.i.<part>.{conv,bn} with the parts expand, depthwise,
/// project, conv, conv1, conv2, conv3, downsample, se.reduce and se.expand, head.{conv,bn} and
/// classifier. A part is a module of its convolution, its batch norm and its ReLU.
class ChainNetwork {
 public:
  /// Begins with the stem.
  ChainNetwork(const FeatureShape& images, const ChainDefinition& definition);

  /// Adds a position.
  /// @param channels  of its output
  void add_block(const ChainBlock& block, int channels, int stride);
  /// Adds the head, where the definition has one, and the classifier.
  NetworkPlan finish(int classes) &&;

  /// A block by itself.
  /// @param input  what it reads
  static NetworkPlan block_plan(const ChainDefinition& definition, const ChainBlock& block,
                                const FeatureShape& input, int channels, int stride);

 private:
  explicit ChainNetwork(const ChainDefinition& definition) : definition_(definition) {}

  /// How a convolution is built, and whether a ReLU follows.
  struct Part {
    int channels = 0;
    int kernel = 1;
    int stride = 1;
    int groups = 1;
    bool activated = true;
  };

  int add_part(int from, const Part& part, const std::string& path);
  int relu(int from, const std::string& path);
  int shortcut(int channels, int stride);
  int residual(const ChainBlock& block, int channels, int stride);
  int bottleneck(const ChainBlock& block, int channels, int stride);
  int inverted_residual(const ChainBlock& block, int channels, int stride);
  int squeeze_excitation(int from, double ratio);
  int add_and_activate(int main_path, int channels, int stride);
  std::string path() const { return "blocks." + std::to_string(position_) + "."; }

  const ChainDefinition& definition_;
  PlanBuilder builder_;
  int last_ = 0;      ///< the layer that gives the output so far
  int unit_ = 0;      ///< of the next responses
  int position_ = 0;  ///< of the next block
};

/// The rounded product, at least 1; halves are rounded to even numbers.
int scaled_width(int channels, double factor);

}  // namespace wrcor
